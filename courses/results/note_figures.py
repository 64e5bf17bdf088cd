"""How published notes do: figures that people read off a platform, each with the time it is true of and its source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from piccolo.columns.combination import WhereRaw

from courses.audit import record
from courses.clock import FIRST_YEAR, now
from courses.database import reads_apart, unit_of_work, writing
from courses.engine import ROWS
from courses.errors import Invalid, Message, NotFound
from courses.signed_in import SignedIn
from courses.tables.events import Publication, Snapshot
from courses.tables.lessons import Lesson
from courses.tables.roster import Student

FIGURES = ("impressions", "views", "likes", "collects", "comments", "shares")
LARGEST = 10**12
Source = Literal["typed", "csv", "api"]


@dataclass(frozen=True)
class Note:
    """A note that a student gave the link of, or that was confirmed; with its newest figures, none where nobody gave any."""

    publication: UUID
    platform: str
    rung: str
    note_url: str
    note_id: str | None
    student: UUID
    number: str
    name: str
    lesson: UUID
    title: str
    snapshot: "Figures | None" = None


@dataclass(frozen=True)
class Figures:
    """A note's figures at `snapshot_at`, learnt at `fetched_at`; None is a figure that nobody gave."""

    id: UUID
    publication: UUID
    snapshot_at: datetime
    fetched_at: datetime
    source: str
    impressions: int | None = None
    views: int | None = None
    likes: int | None = None
    collects: int | None = None
    comments: int | None = None
    shares: int | None = None


@dataclass(frozen=True)
class Given:
    """Figures as they came in for a publication, by the names of FIGURES."""

    publication: UUID
    snapshot_at: datetime
    figures: Mapping[str, int | None]


@reads_apart
async def notes_of(course_id: UUID) -> list[Note]:
    """The notes of a course's students, with the newest figures of each; in two queries, by number and lesson."""
    rows = await Publication.select(
        Publication.id.as_alias("publication"), Publication.platform, Publication.rung, Publication.note_url,
        Publication.note_id, Publication.student.id.as_alias("student"), Publication.student.number.as_alias("number"),
        Publication.student.name.as_alias("name"), Publication.lesson.id.as_alias("lesson"),
        Publication.lesson.title.as_alias("title"),
    ).where(
        Publication.lesson.is_in(Lesson.select(Lesson.id).where(Lesson.course == course_id, Lesson.deleted_at.is_null())),
        Publication.student.is_in(
            Student.select(Student.id).where(Student.course == course_id, Student.left_at.is_null())
        ),
        Publication.note_url.is_not_null(),
        # Not by the index of rungs, which leads through the notes of all courses.
        WhereRaw("COALESCE(publication.rung, '') IN ('linked', 'confirmed')"),
    ).order_by(Publication.lesson.created_at, Publication.lesson.id, Publication.student.number)  # fmt: skip
    newest: dict[UUID, Figures] = {}
    if rows:
        for figures in await _snapshots([row["publication"] for row in rows]):
            newest[figures.publication] = figures
    return [Note(**row, snapshot=newest.get(row["publication"])) for row in rows]


async def note_of(course_id: UUID, publication: UUID) -> Note:
    """One of them. Raises NotFound."""
    for note in await notes_of(course_id):
        if note.publication == publication:
            return note
    raise NotFound


async def history_of(publication: UUID) -> list[Figures]:
    """All figures of a note, the oldest first."""
    return await _snapshots([publication])


async def _snapshots(publications: Sequence[UUID]) -> list[Figures]:
    rows = await Snapshot.select(
        Snapshot.id, Snapshot.publication, Snapshot.snapshot_at, Snapshot.fetched_at, Snapshot.source,
        *(getattr(Snapshot, name) for name in FIGURES),
    ).where(Snapshot.publication.is_in(list(publications))).order_by(
        Snapshot.snapshot_at, Snapshot.fetched_at, Snapshot.id
    )  # fmt: skip
    return [Figures(**row) for row in rows]


@unit_of_work
async def add_figures(by: SignedIn, course_id: UUID, source: Source, given: Sequence[Given]) -> None:
    """Keep figures of notes of the course; the same note, time and source again replaces what was given before.

    Raises Invalid for figures that cannot be, NotFound for a publication of another course.
    """
    moment = now()
    known = {note.publication for note in await notes_of(course_id)}
    for one in given:
        if one.publication not in known:
            raise NotFound
        check_figures(one.figures)
        if one.snapshot_at.year < FIRST_YEAR:
            raise Invalid(
                {"snapshot_at": Message("Choose a year from {first} to {last}.", first=FIRST_YEAR, last=moment.year)}
            )
        if one.snapshot_at > moment:
            raise Invalid({"snapshot_at": Message("This time has not come yet.")})
    snapshots = [
        Snapshot(
            {Snapshot._meta.get_column_by_name(name): one.figures.get(name) for name in FIGURES},
            id=uuid4(), publication=one.publication, snapshot_at=one.snapshot_at, fetched_at=moment, source=source,
        )
        # In one order everywhere, so that no two wait for each other.
        for one in sorted(given, key=lambda one: (one.publication, one.snapshot_at))
    ]  # fmt: skip
    async with writing():
        for at in range(0, len(snapshots), ROWS):
            await Snapshot.insert(*snapshots[at : at + ROWS]).on_conflict(
                action="DO UPDATE",
                target=(Snapshot.publication, Snapshot.snapshot_at, Snapshot.source),
                values=[Snapshot.fetched_at, *(getattr(Snapshot, name) for name in FIGURES)],
            )
        await record(
            "publication.figures", by, course=course_id, detail={"notes": len({one.publication for one in given})}
        )


def check_figures(figures: Mapping[str, int | None]) -> None:
    """Raises Invalid, by the name of each figure that cannot be, or for none at all."""
    problems = {
        name: Message("Write a whole number, such as 1200 or 1.2万.")
        for name, figure in figures.items()
        if figure is not None and not 0 <= figure <= LARGEST
    }
    if problems:
        raise Invalid(problems)
    if all(figure is None for figure in figures.values()):
        raise Invalid({"views": Message("Write at least one figure.")})


@unit_of_work
async def remove_figures(by: SignedIn, course_id: UUID, publication: UUID, snapshot: UUID) -> bool:
    """Take figures back that were given by mistake; False where they are gone already. Raises NotFound."""
    note = await note_of(course_id, publication)
    async with writing():
        gone = await Snapshot.delete().where(
            Snapshot.id == snapshot, Snapshot.publication == publication
        ).returning(Snapshot.id)  # fmt: skip
        if gone:
            await record(
                "publication.figures_removed", by, course=course_id, object=note.student, label=note.number,
                detail={"title": note.title},
            )  # fmt: skip
    return bool(gone)
