"""What texts of forms and addresses say: an id, a whole number, a page, a day, a moment. What is wrong with one is the caller's."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from courses.clock import FIRST_YEAR, LAST_YEAR

#: as many digits as every database's whole numbers hold
DIGITS = 9


def read_id(text: str) -> UUID | None:
    """None for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        return None


def lookup_id(text: str) -> UUID:
    """An id to look something up by: what is no id becomes one that nothing has, so that the domain says "not there"."""
    return read_id(text) or UUID(int=0)


def read_number(text: str, digits: int = DIGITS) -> int | None:
    """A whole number from 0, of at most so many digits, which may be full-width as Chinese keyboards type them; else None."""
    return int(text) if text.isdecimal() and len(text) <= digits else None


def lookup_number(number: int) -> int:
    """A number to look something up by: what no column holds becomes 0, which nothing has."""
    return number if abs(number) < 10**DIGITS else 0


def read_page(text: str) -> int:
    """A page's number from 1, which may be behind the last one; 1 for what is none."""
    return read_number(text) or 1


def read_day(text: str) -> date | None:
    """`2026-09-01`; None for what is no day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def read_moment(text: str) -> datetime | None:
    """A time of the ISO form that says its zone, in UTC; None for what is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo and FIRST_YEAR <= at.year <= LAST_YEAR else None


def days_between(since: date | None, until: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """The first moment of the first day, and the first that is too late for the last one, which is meant too; in UTC."""
    start, end = (
        datetime.combine(day, time(), zone).astimezone(UTC) if day else None
        for day in (since, until + timedelta(days=1) if until else None)
    )
    return start, end
