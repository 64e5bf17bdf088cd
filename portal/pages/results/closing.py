"""Closing sheets: made by instructors, printed, and checked by whoever holds the paper."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import course_of
from courses.clock import now
from courses.errors import NotFound, TooMany
from courses.people.attempts import count_try, give_back
from courses.results.closing_sheets import close, closing_by_code, closing_of, closings_of, read_code, show_code
from courses.results.statistics import STEPS, statistics
from courses.signed_in import SignedIn
from portal.i18n import language, say
from portal.settings import Settings
from portal.student.turned_away import STUDENT_HANDLERS
from portal.web.apart import page_apart
from portal.web.bodies import FORM_LIMIT
from portal.web.downloads import disposition
from portal.web.forms import Form, one
from portal.web.networks import network_tries
from portal.words.causes import cause_name
from portal.words.closing_sheets import closing_texts
from portal.words.rungs import rung_name
from portal.workers.closing_sheets import draw_closing
from portal.workers.pool import in_worker

#: wrong codes of one network in a quarter of an hour
LIMIT, WINDOW = 60, timedelta(minutes=15)
LETTERS = 40


@get("/courses/{course_id:uuid}/closing", include_in_schema=False)
async def index(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Response[bytes]:
    """The sheets that were made, and the button for one more."""
    course = await course_of(person, course_id)

    async def page() -> Template:
        sheets = await closings_of(course.id)
        context = {"person": person, "course": course, "sheets": sheets, "show_code": show_code, "done": done}
        return Template("results/closing/index.html", context=context)

    return await page_apart(request, page)


@post("/courses/{course_id:uuid}/closing", status_code=303, include_in_schema=False)
async def make(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], settings: NamedDependency[Settings]
) -> Redirect:
    """Keep the figures of this moment."""
    course, moment = await course_of(person, course_id, "write"), now()
    await close(person, course, await statistics(course.id, ZoneInfo(settings.time_zone), moment), moment)
    return Redirect(f"/courses/{course.id}/closing", query_params={"done": "made"}, status_code=303)


@get(
    "/courses/{course_id:uuid}/closing/{sheet_id:uuid}/sheet.pdf", media_type="application/pdf", include_in_schema=False
)
async def sheet(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    sheet_id: FromPath[UUID],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """The paper, in the language of whoever asks; its figures are those that were kept."""
    course = await course_of(person, course_id)
    closing = await closing_of(course.id, sheet_id)
    parts = urlsplit(settings.public_url)
    url = f"{parts.scheme}://{parts.netloc.upper()}/V/{closing.code}"
    drawn = await in_worker(draw_closing, closing_texts(closing, settings), url, language())
    headers = {
        "Content-Disposition": disposition(
            f"{closing.course} {closing.as_of:%Y-%m-%d}", "pdf", fallback="closing-sheet"
        )
    }
    return Response(drawn, media_type="application/pdf", headers=headers)


@get(["/v", "/V"], exception_handlers=STUDENT_HANDLERS, include_in_schema=False)
async def ask() -> Template:
    """The form for those who cannot scan."""
    return Template("results/closing/ask.html", context={"values": {"code": ""}, "errors": {"code": ""}})


@post(
    ["/v", "/V"],
    status_code=303,
    request_max_body_size=FORM_LIMIT,
    exception_handlers=STUDENT_HANDLERS,
    include_in_schema=False,
)
async def find(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], settings: NamedDependency[Settings]
) -> Redirect | Template:
    """On to the figures, as if the code had been scanned."""
    typed = one(data, "code")[:LETTERS]
    try:
        counted = await count_try(*network_tries(request, settings, LIMIT, WINDOW, "closing"))
        closing = await closing_by_code(typed)
    except (NotFound, TooMany) as error:
        context = {"values": {"code": typed}, "errors": {"code": say(error.message)}}
        return Template(
            "results/closing/ask.html", context=context, status_code=429 if isinstance(error, TooMany) else 422
        )
    await give_back(counted)
    return Redirect(f"/v/{closing.code}", status_code=303)


@get(["/v/{code:str}", "/V/{code:str}"], exception_handlers=STUDENT_HANDLERS, include_in_schema=False)
async def check(code: FromPath[str]) -> Template:
    """What was put on the paper with this code, for whoever holds it; figures only, no names of students."""
    closing = await closing_by_code(read_code(code))
    names = {name: rung_name(name) for name in (*STEPS, "failed")}
    context = {"closing": closing, "steps": STEPS, "names": names, "cause_name": cause_name, "show_code": show_code}
    return Template("results/closing/check.html", context=context)


routes: list[ControllerRouterHandler] = [index, make, sheet, ask, find, check]
