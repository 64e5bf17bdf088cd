"""A person's printers: print a ruler, type what it measures, and sheets fit from then on."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Invalid, Message
from courses.printing.printers import add_printer, checked_name, delete_printer, prefer_printer, printer_of, printers_of
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.i18n import language
from portal.printing.printer_forms import DISTANCES, fit_of, read_fit, words_of
from portal.settings import Settings
from portal.web.downloads import disposition
from portal.web.forms import Form, errors_of, no_errors, one
from portal.workers.pool import in_worker
from portal.workers.rulers import draw_ruler
from print.fit import RULERS
from print.options import AS_IT_IS

FIELDS = ("name", "paper", *DISTANCES)


@get("/account/printers", include_in_schema=False)
async def show(person: NamedDependency[SignedIn], done: FromQuery[str] = "") -> Template:
    """Those that were measured, and the form for one more."""
    return await _page(person, done=done)


@get("/account/printers/ruler.pdf", media_type="application/pdf", include_in_schema=False)
async def ruler(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    paper: FromQuery[str] = "a4",
    printer: FromQuery[UUID | None] = None,
) -> Response[bytes]:
    """The page to measure; with a printer, made for it, so that its distances come out right."""
    if paper not in RULERS:
        raise Invalid({"paper": Message("Choose the paper that the ruler is on.")})
    known = await printer_of(person, printer) if printer else None
    meant = RULERS[paper]
    title = _("Check of %(name)s") % {"name": known.name} if known else _("Ruler for your printer")
    lines = [
        _("Print this at 100 %, not “fit to page”. Then measure with a ruler, to half a millimetre:"),
        _("1 from the paper’s left edge to the left line"),
        _("2 from the left line to the right line"),
        _("3 from the paper’s upper edge to the upper line"),
        _("4 from the upper line to the lower line"),
    ]
    lines += (
        [_("It fits when you measure %(left)s, %(across)s, %(top)s and %(down)s mm.")
         % {name: f"{getattr(meant, name):g}" for name in DISTANCES}]
        if known else [_("Type the numbers at %(address)s") % {"address": f"{settings.host}/account/printers"}]
    )  # fmt: skip
    drawn = await in_worker(draw_ruler, paper, title, lines, language(), fit_of(known) if known else AS_IT_IS)
    headers = {"Content-Disposition": disposition(title, "pdf", fallback=f"ruler-{paper}")}
    return Response(drawn, media_type="application/pdf", headers=headers)


@post("/account/printers", status_code=303, include_in_schema=False)
async def measure(person: NamedDependency[SignedIn], data: URLEncodedBody[Form]) -> Redirect | Template:
    """Keep what was measured; `do=show` only says what it comes to."""
    typed = {name: one(data, name) for name in FIELDS}
    try:
        made = read_fit(typed)
        if one(data, "do") == "show":
            return await _page(person, values=typed, result=words_of(made))
        await add_printer(person, typed["name"], (made.offset_x, made.offset_y), (made.scale_x, made.scale_y))
    except Invalid as error:
        errors = errors_of(error) | (_name_error(typed["name"]) if one(data, "do") != "show" else {})
        return await _page(person, 422, values=typed, errors=errors)
    return _back("saved")


@post("/account/printers/{printer_id:uuid}/default", status_code=303, include_in_schema=False)
async def prefer(person: NamedDependency[SignedIn], printer_id: FromPath[UUID]) -> Redirect:
    """Sheets are made for this one unless another is chosen."""
    await prefer_printer(person, printer_id)
    return _back("preferred")


@post("/account/printers/{printer_id:uuid}/removal", status_code=303, include_in_schema=False)
async def remove(person: NamedDependency[SignedIn], printer_id: FromPath[UUID]) -> Redirect:
    """Forget one."""
    await delete_printer(person, printer_id)
    return _back("removed")


def _name_error(name: str) -> dict[str, str]:
    """Beside what else is wrong, so that all is said at once."""
    try:
        checked_name(name)
    except Invalid as error:
        return errors_of(error)
    return {}


def _back(done: str) -> Redirect:
    return Redirect("/account/printers", query_params={"done": done}, status_code=303)


async def _page(person: SignedIn, status_code: int = 200, **more: Any) -> Template:
    printers = await printers_of(person)
    context = {
        "person": person, "done": "", "errors": no_errors(), "result": None,
        "values": {"name": "", "paper": "a4"} | dict.fromkeys(DISTANCES, ""),
        "printers": [(printer, words_of(fit_of(printer))) for printer in printers],
        "rulers": RULERS,
    }  # fmt: skip
    return Template("printing/printers/index.html", context=context | more, status_code=status_code)


routes = [show, ruler, measure, prefer, remove]
