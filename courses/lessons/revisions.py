"""Revisions: a lesson as it was each time it was saved, by whom and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from piccolo.query import Select

from courses.errors import NotFound
from courses.lessons.values import LessonDraft, decoded
from courses.signed_in import SignedIn
from courses.tables.lessons import Revision

#: autosaves of one person that follow each other within this time are one piece of work in the audit log
RUN = timedelta(minutes=10)


@dataclass(frozen=True)
class RevisionInfo:
    """`note` says how it came about; `restored_from` is the number of the one that was brought back."""

    id: UUID
    number: int
    person: UUID | None
    person_name: str | None
    at: datetime
    note: str
    restored_from: int | None
    draft: LessonDraft


async def write(
    lesson: UUID,
    number: int,
    by: SignedIn | None,
    draft: LessonDraft,
    at: datetime,
    note: str,
    *,
    save: UUID | None = None,
    restored_from: int | None = None,
) -> None:
    """Keep a draft; inside the transaction that changes the lesson. A `save` that is another lesson's is not used."""
    taken = save is not None and await Revision.exists().where(Revision.id == save)
    await Revision.insert(
        Revision(
            id=uuid4() if save is None or taken else save, lesson=lesson, number=number, person=by.id if by else None,
            at=at, content=draft.encoded(), note=note, restored_from=restored_from,
        )
    )  # fmt: skip


async def number_of(lesson: UUID, save: UUID) -> int | None:
    """The number that this save got, if it has come before."""
    row = await Revision.select(Revision.number).where(Revision.id == save, Revision.lesson == lesson).first()
    return row["number"] if row else None


async def saved_lesson(course: UUID, save: UUID) -> UUID | None:
    """The lesson that this save made or changed, if it has come before."""
    row = await Revision.select(Revision.lesson).where(Revision.id == save, Revision.lesson.course == course).first()
    return row["lesson"] if row else None


async def exists(lesson: UUID, number: int) -> bool:
    """Whether this state was kept; lessons of older releases have no revisions until they are changed."""
    return await Revision.exists().where(Revision.lesson == lesson, Revision.number == number)


async def continues(lesson: UUID, number: int, by: SignedIn | None, at: datetime, note: str) -> bool:
    """Whether an autosave goes on with the one before it."""
    if note != "autosave":
        return False
    row = await Revision.select(Revision.person, Revision.at, Revision.note).where(
        Revision.lesson == lesson, Revision.number == number
    ).first()  # fmt: skip
    return row is not None and row["note"] == note and row["person"] == (by.id if by else None) and at - row["at"] < RUN


async def revisions_before(lesson: UUID, number: int, limit: int) -> list[RevisionInfo]:
    """Those under a number, the newest first."""
    rows = await _select().where(Revision.lesson == lesson, Revision.number < number).order_by(
        Revision.number, ascending=False
    ).limit(limit)  # fmt: skip
    return [_info(row) for row in rows]


async def revision_of(lesson: UUID, number: int) -> RevisionInfo:
    """One. Raises NotFound."""
    row = await _select().where(Revision.lesson == lesson, Revision.number == number).first()
    if row is None:
        raise NotFound
    return _info(row)


def _select() -> Select[Revision]:
    return Revision.select(
        Revision.id, Revision.number, Revision.person, Revision.person.name.as_alias("person_name"), Revision.at,
        Revision.note, Revision.restored_from, Revision.content,
    )  # fmt: skip


def _info(row: dict[str, Any]) -> RevisionInfo:
    return RevisionInfo(draft=decoded(row.pop("content")), **row)
