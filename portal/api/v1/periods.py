"""Two moments of an address that bound what is asked for."""

from datetime import UTC, datetime

from courses.clock import FIRST_YEAR, LAST_YEAR
from courses.errors import Invalid, Message


def check_period(since: datetime | None, until: datetime | None) -> tuple[datetime | None, datetime | None]:
    """Both in UTC. Raises Invalid for one without a zone, and for a year that no clock shows."""
    return _utc("since", since), _utc("until", until)


def _utc(name: str, moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Invalid({name: Message("Write the time with its offset from UTC, such as 2026-09-01T08:00:00Z.")})
    return moment.astimezone(UTC)
