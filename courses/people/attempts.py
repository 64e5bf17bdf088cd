"""Limits on guessing that hold across app processes."""

from datetime import timedelta

from courses.clock import now
from courses.errors import TooMany
from courses.tables.people import Attempt

KEPT = timedelta(days=1)


async def check_attempts(subject: str, limit: int, window: timedelta) -> None:
    """Raises TooMany when `subject` (a keyed hash) has failed `limit` times within `window`."""
    rows = await Attempt.select(Attempt.at).where(Attempt.subject == subject, Attempt.at > now() - window).order_by(
        Attempt.at
    )  # fmt: skip
    if len(rows) >= limit:
        raise TooMany(int((rows[-limit]["at"] + window - now()).total_seconds()) + 1)


async def record_attempt(subject: str) -> None:
    """Count a failure, and forget those of yesterday."""
    await Attempt.delete().where(Attempt.at < now() - KEPT)
    await Attempt.insert(Attempt(subject=subject, at=now()))


async def forget_attempts(subject: str) -> None:
    """After a success."""
    await Attempt.delete().where(Attempt.subject == subject)
