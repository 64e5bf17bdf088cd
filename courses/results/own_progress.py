"""A student's own lessons of a course: how far each is, and nothing of anybody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.catalogue.shown import students_see
from courses.clock import now
from courses.events.done import DoneRule, is_done
from courses.events.ladder import RANK, RUNGS
from courses.lessons.done_counts import RULE_COLUMNS, rule_of
from courses.lessons.links import LinkInfo, class_links
from courses.tables.events import Publication
from courses.tables.lessons import Lesson
from courses.tables.roster import Excuse


@dataclass(frozen=True)
class OwnLesson:
    """A lesson that is open or was begun; `link` is the class link where it is open now, `done` is by the `rule`.

    `note_url` is the student's own.
    """

    id: UUID
    title: str
    due_at: datetime | None
    rung: str
    excused: bool
    note_url: str | None
    link: LinkInfo | None
    rule: DoneRule
    done: bool


async def own_lessons(course_id: UUID, student_id: UUID, shown: UUID | None = None) -> list[OwnLesson]:
    """In the course's order, in four queries. What has not opened yet and was never begun is left out.

    `shown` is a lesson that the phone is at, which is never left out.
    """
    lessons = await Lesson.select(Lesson.id, Lesson.title, Lesson.due_at, *RULE_COLUMNS).where(
        students_see(course_id)
    ).order_by(Lesson.created_at, Lesson.id)  # fmt: skip
    rows = await Publication.select(
        Publication.lesson, Publication.platform, Publication.rung, Publication.note_url
    ).where(Publication.student == student_id)  # fmt: skip
    best: dict[UUID, dict[str, Any]] = {}
    reached: dict[UUID, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: RANK[row["rung"]]):
        best[row["lesson"]] = row
        reached.setdefault(row["lesson"], {})[row["platform"]] = row["rung"]
    excused = set(await Excuse.select(Excuse.lesson).where(
        Excuse.student == student_id, Excuse.undone_at.is_null()
    ).output(as_list=True))  # fmt: skip
    links, moment = await class_links([row["id"] for row in lessons]), now()
    found = []
    for row in lessons:
        link, mine = links.get(row["id"]), best.get(row["id"])
        link = link if link is not None and link.state(moment) == "open" else None
        if link is None and mine is None and row["id"] != shown:
            continue
        rung = mine["rung"] if mine else RUNGS[0]
        note = mine["note_url"] if mine and rung in ("linked", "confirmed") else None
        rule = rule_of(row)
        done = is_done(rule, reached.get(row["id"], {}))
        found.append(
            OwnLesson(row["id"], row["title"], row["due_at"], rung, row["id"] in excused, note, link, rule, done)
        )
    return found
