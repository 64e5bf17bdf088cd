"""When what a phone reports happened: by the phone's clock where that is possible, else its time is doubtful."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: how late a report may come, and how far ahead of ours a clock may be that is right enough
LATEST, AHEAD = timedelta(days=30), timedelta(minutes=2)
#: the most that a clock can be off, in milliseconds: a phone that begins with 1970, or one set to 2200
OFFSET_MOST = 300 * 366 * 86_400_000


@dataclass(frozen=True)
class PhoneTime:
    """`at` is the phone's time, put right by what its clock was off; where it is doubtful, as the phone gave it."""

    at: datetime
    doubtful: bool


def phone_time(
    given: datetime, received_at: datetime, since: datetime | None = None, offset: int | None = None
) -> PhoneTime:
    """`offset` is the server's clock minus the phone's, in milliseconds, as it was measured there; None where nobody has.

    Possible is what is neither before `since`, when the link was made, nor older than LATEST, nor still to come.
    """
    given = given.astimezone(UTC)
    at = given + timedelta(milliseconds=offset or 0) if _in_range(given, offset or 0) else given
    first = received_at - LATEST if since is None else max(since, received_at - LATEST)
    possible = first <= at <= received_at + AHEAD
    return PhoneTime(at if possible else given, not possible)


def _in_range(given: datetime, offset: int) -> bool:
    # Far beyond both ends lies no time that `datetime` can hold.
    return 1000 < given.year + offset / (366 * 86_400_000) < 9000
