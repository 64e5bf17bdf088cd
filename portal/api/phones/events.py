"""What phones report. The answer comes after the commit; an event that is sent again is known and counts nothing."""

from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from courses.clock import now
from courses.errors import CourseError, Message
from courses.events.ladder import Report
from courses.students.namings import name_late
from portal.i18n import say
from portal.parts import Parts
from portal.platforms import Platform
from portal.student.reports import Refusal, Unreadable, read_events, sort_out
from portal.student.visits import Visit
from portal.web.errors import error_body

BODY_LIMIT = 64 << 10  # bytes
#: how fresh a platform's refusal must be to say something of the present token
FRESH = timedelta(minutes=1)

UNREADABLE = Message("The request could not be read.")


@post("/api/events", status_code=200, request_max_body_size=BODY_LIMIT, include_in_schema=False)
async def record_events(
    request: Request[Any, Any, Any],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Response[bytes]:
    """Body `{"events": […], "as": handle?}` → `{"recorded": n, "known": n}`, with `"refused"` where some do not count.

    Who, on which phone and at which link, the handle of the page says that they were made on; without one the cookie.
    `"counted_for": name` says whose they are where the phone is somebody else's by now.
    `"ended": true` says that the page cannot be opened any more.
    `"retry": true` says that the platform refused a signature and a new hand-off is worth a try.
    """
    try:
        events, handle = read_events(await request.body())
    except Unreadable as error:
        return _json(error_body("bad_request", say(UNREADABLE), {"events": str(error)}), 400)
    received_at = now()
    look = partial(parts.quotas.look, request)
    found = await sort_out(request, parts.settings, parts.platforms, events, received_at, handle, look)
    if not found.reports:
        raise found.refusals[0].error
    with ExitStack() as counted:
        for visit in found.visits:
            rows = sum(report.link == visit.card.link.id for report in found.reports)
            counted.enter_context(parts.quotas.keeping(request, visit, rows))
        recorded = await parts.journal.record(found.reports)
    if recorded.recorded:
        parts.resolver.later(found.reports)
    for visit in found.visits:
        if visit.student is None and visit.device:
            kept = [report.id for report in found.reports if report.link == visit.card.link.id]
            await name_late(visit.card.lesson.course, visit.device, visit.since, kept)
    body: dict[str, Any] = {"recorded": recorded.recorded, "known": recorded.known}
    for visit in found.visits:
        if visit.handed_on and visit.student is not None:
            body["counted_for"] = visit.shown_name
    if any(_ended(visit) for visit in found.visits):
        body["ended"] = True
    if found.refusals:
        body["refused"] = [_refused(refusal) for refusal in found.refusals]
    if any([_note_refusal(report, parts.platforms) for report in found.reports]):
        body["retry"] = True
    return _json(body, 200)


def _ended(visit: Visit) -> bool:
    try:
        visit.card.check_reachable()
    except CourseError:
        return True
    return False


def _refused(refusal: Refusal) -> dict[str, str]:
    return {"id": str(refusal.id), "reason": refusal.error.code, "message": say(refusal.error.message)}


def _note_refusal(report: Report, platforms: dict[str, Platform]) -> bool:
    if report.kind != "fail" or report.platform not in platforms or report.received_at - report.at > FRESH:
        return False
    return platforms[report.platform].note_refusal(str(report.detail.get("message", "")))


def _json(body: dict[str, Any], status: int) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)


routes = [record_events]
