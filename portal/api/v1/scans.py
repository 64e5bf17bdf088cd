"""The scan log of a course, page by page."""

from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from courses.catalogue.courses import course_of
from courses.errors import Invalid, Message
from courses.events.scan_log import OUTCOMES, Scan, ScanFilter, scans
from courses.signed_in import SignedIn
from portal.api.failures import FAILURES
from portal.api.v1.periods import check_period
from portal.results.scan_filters import place_text, read_place

USUAL, MOST = 100, 500


class ScanAnswer(Struct):
    """A scan; `at` is the phone's time, `at_doubtful` where that cannot be, `received_at` the server's.

    `outcome` is "opened" or why it was refused, `slip` such as "P3-017", `phone` tells phones apart.
    """

    id: UUID
    at: datetime
    received_at: datetime
    outcome: str
    lesson: UUID | None
    title: str | None
    student: UUID | None
    number: str | None
    name: str | None
    slip: str | None
    phone: str | None
    app: str | None
    at_doubtful: bool


class ScansAnswer(Struct):
    """Some scans, the newest first; `next` is the cursor of the page after it, null on the last."""

    scans: list[ScanAnswer]
    next: str | None


@get("/courses/{course_id:uuid}/scans", responses=FAILURES)
async def index(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = USUAL,
    outcome: FromQuery[str | None] = None,
    lesson: FromQuery[UUID | None] = None,
    student: FromQuery[UUID | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
) -> ScansAnswer:
    """Every scan of the course's links, refused ones too: of a lesson, a student, an outcome ("refused" is any refusal), a time."""
    course = await course_of(person, course_id)
    check_limit(limit, MOST)
    before = read_place(cursor) if cursor else None
    if cursor and before is None:
        raise Invalid({"cursor": Message("This is no cursor of ours.")})
    if outcome is not None and outcome not in OUTCOMES:
        raise Invalid({"outcome": Message("Choose one of: {outcomes}.", outcomes=", ".join(OUTCOMES))})
    wanted = ScanFilter(lesson, student, outcome, *check_period(since, until))
    found = await scans(course.id, wanted, before, limit + 1)
    following = place_text(found[limit - 1]) if len(found) > limit else None
    return ScansAnswer([_answer(scan) for scan in found[:limit]], following)


def check_limit(limit: int, most: int) -> None:
    """Raises Invalid."""
    if not 1 <= limit <= most:
        raise Invalid({"limit": Message("Choose 1 to {most}.", most=most)})


def _answer(scan: Scan) -> ScanAnswer:
    slip = f"P{scan.run}-{scan.serial or 0:03d}" if scan.run is not None else None
    return ScanAnswer(
        scan.id, scan.at, scan.received_at, scan.outcome, scan.lesson, scan.title, scan.student, scan.number, scan.name,
        slip, scan.device[:6] if scan.device else None, scan.app, scan.at_doubtful,
    )  # fmt: skip


routes = [index]
