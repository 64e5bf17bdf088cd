"""Server time, the only time that decides anything."""

from datetime import UTC, datetime

#: years that can be told in every time zone and kept by every database
FIRST_YEAR, LAST_YEAR = 2000, 2999


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def milliseconds(moment: datetime) -> int:
    """Since 1970, as the clocks of browsers count."""
    return int(moment.timestamp() * 1_000)
