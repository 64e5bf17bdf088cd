"""What phones report of scans that were turned away; a refusal that is sent again is known and counts nothing."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from courses.errors import Message
from portal.i18n import say
from portal.parts import Parts
from portal.student.reports import CLOCK_YEARS, ClockOffset
from portal.web.errors import error_body

BODY_LIMIT = 4 << 10  # bytes
UNREADABLE = Message("The request could not be read.")


class RefusedReport(msgspec.Struct, forbid_unknown_fields=True):
    """As the page's script sends it; `ticket` is what the page gave it, and is good for one row whatever `id` says.

    `offset` is as of events.
    """

    id: UUID
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    ticket: Annotated[str, msgspec.Meta(max_length=100)]
    offset: ClockOffset | None = None


_report = msgspec.json.Decoder(RefusedReport)


@post("/api/refusals", status_code=200, request_max_body_size=BODY_LIMIT, include_in_schema=False)
async def record_refusal(
    request: Request[Any, Any, Any], parts: NamedDependency[SkipValidation[Parts]]
) -> Response[bytes]:
    """Body `{"id", "at", "ticket", "offset"?}` → `{"recorded": n, "known": n}`."""
    try:
        report = _report.decode(await request.body())
        if report.at.year not in CLOCK_YEARS:
            raise msgspec.DecodeError("at: no clock shows that")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        return _json(error_body("bad_request", say(UNREADABLE), {"refusal": str(error)}), 400)
    new = await parts.refused_scans.report(request, report.ticket, report.at, report.offset)
    return _json({"recorded": int(new), "known": int(not new)}, 200)


def _json(body: dict[str, Any], status: int) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)


routes = [record_refusal]
