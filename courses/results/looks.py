"""What a cell is when somebody looks at it, so that who decides later than another one is told, and overwrites nothing."""

import hashlib
from uuid import UUID

import msgspec

from courses.errors import Conflict, Message
from courses.events.publications import lock_publications
from courses.results.cells import excuse_of
from courses.tables.events import Publication

LENGTH = 16


async def look_of(student: UUID, lesson: UUID) -> str:
    """A short text that is another one once a rung, a note or an excuse of the cell is."""
    rows = await Publication.select(
        Publication.platform, Publication.rung, Publication.at, Publication.note_url
    ).where(Publication.student == student, Publication.lesson == lesson).order_by(Publication.platform)  # fmt: skip
    told = [(row["platform"], row["rung"], row["at"].timestamp(), row["note_url"]) for row in rows]
    excused = await excuse_of(lesson, student) is not None
    return hashlib.sha256(msgspec.json.encode((told, excused))).hexdigest()[:LENGTH]


async def check_unchanged(student: UUID, lesson: UUID, seen: str) -> None:
    """Inside the transaction of a decision. Raises Conflict."""
    await lock_publications(student)
    if await look_of(student, lesson) != seen:
        raise changed_meanwhile()


def changed_meanwhile() -> Conflict:
    """What the second of two is told."""
    return Conflict(
        Message("Somebody decided on this post, or the student sent something new. Nothing was changed. Look again.")
    )
