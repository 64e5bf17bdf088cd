"""Print runs: start one, see how far it is, take its file, replace a slip, withdraw the lot."""

from typing import Any
from uuid import UUID

import obstore
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Stream, Template
from obstore.store import ObjectStore

from courses.catalogue.courses import course_of
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.paging import page_of
from courses.printing.ending import FILES_KEPT, cancel_run, withdraw_run
from courses.printing.queue import retry_run
from courses.printing.runs import (
    PAGE,
    links_in_run,
    run_of,
    runs_of,
    scans_of_links,
    scans_of_runs,
    slip_of_run,
    slips_of_run,
)
from courses.printing.starting import RunRequest, reissue_slip, start_run
from courses.printing.unchecked import checked_reason, note_unchecked
from courses.printing.values import PrintRunInfo
from courses.signed_in import SignedIn
from portal.pages.printing._options import options_page
from portal.parts import Parts
from portal.printing.characters import check_run_characters
from portal.printing.choice import read_choice
from portal.printing.half_used import half_used_sheets
from portal.printing.plan import plan_for
from portal.printing.run_slips import layout_of
from portal.web.downloads import disposition
from portal.web.errors import wants_json
from portal.web.forms import Form


@get("/courses/{course_id:uuid}/prints", include_in_schema=False)
async def index(person: NamedDependency[SignedIn], course_id: FromPath[UUID], page: FromQuery[int] = 1) -> Template:
    """All runs of a course, the newest first."""
    course = await course_of(person, course_id)
    found = await runs_of(course.id, page)
    scans = await scans_of_runs([run.id for run in found.runs])
    return Template(
        "printing/prints/index.html", context={"person": person, "course": course, "found": found, "scans": scans}
    )


@post("/courses/{course_id:uuid}/prints", status_code=303, include_in_schema=False)
async def start(
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Queue what was chosen. Raises Conflict where it is nothing, or cannot be printed."""
    course = await course_of(person, course_id, "write")
    choice = read_choice(data)
    plan = await plan_for(person, parts.settings, parts.platforms, course, choice)
    try:
        reason = checked_reason(choice.reason) if choice.anyway and plan.refused else ""
        if plan.problem:
            raise Invalid({"": plan.problem}, plan.problem)
    except Invalid as error:
        return options_page(person, parts.settings, course, plan, error)
    layout = plan.named
    wanted = RunRequest(choice.kind, layout.layout.name, plan.options, plan.pairs, layout.grid)
    run = await start_run(person, course.id, wanted)
    if reason:
        await note_unchecked(person, course.id, [each.lesson for each in plan.refused], reason)
    parts.print_run_queued.set()
    return Redirect(f"/prints/{run}", status_code=303)


@get("/prints/{run_id:uuid}", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any], person: NamedDependency[SignedIn], run_id: FromPath[UUID], page: FromQuery[int] = 1
) -> Response[dict[str, Any]] | Template:
    """How far it is, then what came of it; for scripts the figures alone."""
    run = await run_of(person, run_id)
    if wants_json(request):
        figures = {"state": run.state, "done": run.done, "slips": run.slips}
        return Response(figures, headers={"Cache-Control": "no-store"})
    links, alive = await links_in_run(run.id)
    at = page_of(links, PAGE, page)
    slips = await slips_of_run(run.id, offset=at.offset)
    context = {
        "person": person, "course": await course_of(person, run.course), "run": run, "slips": slips, "links": links,
        "alive": alive, "page": at.page, "pages": at.pages, "days": FILES_KEPT.days,
        "scans": (await scans_of_runs([run.id])).get(run.id), "scanned": await scans_of_links([s.link.id for s in slips]),
    }  # fmt: skip
    return Template("printing/prints/show.html", context=context)


@get("/prints/{run_id:uuid}/sheet.pdf", include_in_schema=False)
async def download(
    person: NamedDependency[SignedIn], store: NamedDependency[SkipValidation[ObjectStore]], run_id: FromPath[UUID]
) -> Stream:
    """The finished file. Raises NotFound while there is none, and when it is no longer kept."""
    run = await run_of(person, run_id)
    try:
        found = await obstore.get_async(store, _file(run))
    except FileNotFoundError as error:
        raise NotFound from error
    headers = {
        "Content-Disposition": disposition(f"{run.course_title} {run.name}", "pdf", fallback=run.name),
        "Content-Length": str(found.meta["size"]),
        "Cache-Control": "private, no-store",
    }
    return Stream((bytes(chunk) async for chunk in found.stream()), media_type="application/pdf", headers=headers)


def _file(run: PrintRunInfo) -> str:
    if not run.file:
        raise NotFound
    return run.file


@post("/prints/{run_id:uuid}/cancellation", status_code=303, include_in_schema=False)
async def cancel(person: NamedDependency[SignedIn], run_id: FromPath[UUID]) -> Redirect:
    """Stop it before it is done. Raises Conflict."""
    run = await run_of(person, run_id, "write")
    await cancel_run(person, run)
    return _to(run.id)


@post("/prints/{run_id:uuid}/attempts", status_code=303, include_in_schema=False)
async def again(
    person: NamedDependency[SignedIn], parts: NamedDependency[SkipValidation[Parts]], run_id: FromPath[UUID]
) -> Redirect:
    """Draw it again. Raises Conflict."""
    run = await run_of(person, run_id, "write")
    await check_run_characters(run)
    await retry_run(person, run)
    parts.print_run_queued.set()
    return _to(run.id)


@post("/prints/{run_id:uuid}/withdrawal", status_code=303, include_in_schema=False)
async def withdraw(
    person: NamedDependency[SignedIn], store: NamedDependency[SkipValidation[ObjectStore]], run_id: FromPath[UUID]
) -> Redirect:
    """End all its links at once."""
    run = await run_of(person, run_id, "write")
    await withdraw_run(person, store, run)
    return _to(run.id)


@post("/prints/{run_id:uuid}/slips/{slip_id:uuid}/replacement", status_code=303, include_in_schema=False)
async def replace(
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
    run_id: FromPath[UUID],
    slip_id: FromPath[UUID],
) -> Redirect:
    """Print one slip anew, on the half-used sheet of labels; the old one ends. Raises Conflict where it has ended already."""
    run = await run_of(person, run_id, "write")
    slip = await slip_of_run(run.id, slip_id)
    if run.under_way:
        raise Conflict(Message("This run is under way. Wait until it is done."))
    await check_run_characters(run, slip)
    left = await half_used_sheets(run.course, layout_of(run.layout, dict(run.grid)))
    new = await reissue_slip(person, run, slip, left[0].used if left else ())
    parts.print_run_queued.set()
    return _to(new)


def _to(run: UUID) -> Redirect:
    return Redirect(f"/prints/{run}", status_code=303)


routes = [index, start, show, download, cancel, again, withdraw, replace]
