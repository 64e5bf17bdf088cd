"""Figures of published notes, as programs send them: what a creator centre or a crawler of one's own says at a time."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from courses.catalogue.courses import course_of
from courses.clock import now
from courses.errors import Invalid, Message
from courses.results.note_figures import FIGURES, LARGEST, Given, add_figures, notes_of
from courses.signed_in import SignedIn
from portal.api.failures import FAILURES, PROBLEMS_TOLD
from portal.platforms import Platform
from portal.results.note_figures import ROWS_MAX, Wrong, note_finder, note_reader

Figure = Annotated[int, Meta(ge=0, le=LARGEST)]
Time = Annotated[datetime, Meta(tz=True, description="With its offset from UTC, such as 2026-09-01T08:00:00Z.")]


class NewFigures(Struct, forbid_unknown_fields=True):
    """A note by its address, with at least one figure; `snapshot_at` is what they are true of, now where it is not said."""

    note: str
    snapshot_at: Time | None = None
    impressions: Figure | None = None
    views: Figure | None = None
    likes: Figure | None = None
    collects: Figure | None = None
    comments: Figure | None = None
    shares: Figure | None = None


class KeptAnswer(Struct):
    """To how many notes figures were kept; of a note that two students gave, to both."""

    notes: int


class SnapshotAnswer(Struct):
    """A note with its newest figures; all of them are null while nobody has given any."""

    number: str
    name: str
    lesson: UUID
    title: str
    platform: str
    note: str
    snapshot_at: datetime | None
    fetched_at: datetime | None
    source: str | None
    impressions: int | None
    views: int | None
    likes: int | None
    collects: int | None
    comments: int | None
    shares: int | None


@post("/courses/{course_id:uuid}/figures", status_code=200, responses=FAILURES)
async def keep(
    person: NamedDependency[SignedIn],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    data: JSONBody[list[NewFigures]],
) -> KeptAnswer:
    """Keep all of them or, when one is wrong, none; the same note and time again replaces what was sent before."""
    course = await course_of(person, course_id, "mark")
    if not 0 < len(data) <= ROWS_MAX:
        raise Invalid({"body": Message("Send 1 to {most} objects.", most=ROWS_MAX)})
    find = note_finder(await notes_of(course.id), note_reader(platforms))
    moment, given, problems = now(), [], {}
    for place, row in enumerate(data, start=1):
        figures = {name: getattr(row, name) for name in FIGURES}
        try:
            given += [Given(note.publication, row.snapshot_at or moment, figures) for note in find(row.note)]
        except Wrong as wrong:
            problems[f"{place}.note"] = wrong.message
        if all(figure is None for figure in figures.values()):
            problems[f"{place}.views"] = Message("Write at least one figure.")
        if len(problems) >= PROBLEMS_TOLD:
            break
    if problems:
        raise Invalid(problems)
    await add_figures(
        person, course.id, "api", list({(one.publication, one.snapshot_at): one for one in given}.values())
    )
    return KeptAnswer(len({one.publication for one in given}))


@get("/courses/{course_id:uuid}/figures", responses=FAILURES)
async def index(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> list[SnapshotAnswer]:
    """Every note that a student gave, by lesson and number, with its newest figures."""
    course = await course_of(person, course_id)
    names = ("snapshot_at", "fetched_at", "source", *FIGURES)
    return [
        SnapshotAnswer(note.number, note.name, note.lesson, note.title, note.platform, note.note_url,
                       *(getattr(note.snapshot, name, None) for name in names))
        for note in await notes_of(course.id)
    ]  # fmt: skip


routes = [keep, index]
