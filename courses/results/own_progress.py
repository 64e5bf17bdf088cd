"""A student's own lessons of a course: how far each is, and nothing of anybody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.catalogue.shown import students_see
from courses.clock import now
from courses.events.done import DoneRule, is_done
from courses.events.ladder import RANK, RUNGS, rung
from courses.events.rebuilding import progress_of_phone
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


async def own_lessons(
    course_id: UUID, student_id: UUID, shown: UUID | None = None, phone: str | None = None
) -> list[OwnLesson]:
    """In the course's order, in four queries. What has not opened yet and was never begun is left out.

    `shown` is a lesson that the phone is at, which is never left out. With `phone` (16 hexadecimal digits) only what that
    phone reported itself, and no excuse.
    """
    lessons = await Lesson.select(Lesson.id, Lesson.title, Lesson.due_at, *RULE_COLUMNS).where(
        students_see(course_id)
    ).order_by(Lesson.created_at, Lesson.id)  # fmt: skip
    rows = await (_of_phone(student_id, phone) if phone else _of_student(student_id))
    best: dict[UUID, dict[str, Any]] = {}
    reached: dict[UUID, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: RANK[row["rung"]]):
        best[row["lesson"]] = row
        reached.setdefault(row["lesson"], {})[row["platform"]] = row["rung"]
    excuses = Excuse.select(Excuse.lesson).where(Excuse.student == student_id, Excuse.undone_at.is_null())
    excused = set() if phone else set(await excuses.output(as_list=True))
    links, moment = await class_links([row["id"] for row in lessons]), now()
    found = []
    for row in lessons:
        link, mine = links.get(row["id"]), best.get(row["id"])
        link = link if link is not None and link.state(moment) == "open" else None
        if link is None and mine is None and row["id"] != shown:
            continue
        reached_rung = mine["rung"] if mine else RUNGS[0]
        note = mine["note_url"] if mine and reached_rung in ("linked", "confirmed") else None
        rule = rule_of(row)
        done = is_done(rule, reached.get(row["id"], {}))
        found.append(
            OwnLesson(
                row["id"], row["title"], row["due_at"], reached_rung, row["id"] in excused, note, link, rule, done
            )
        )
    return found


async def _of_student(student_id: UUID) -> list[dict[str, Any]]:
    return await Publication.select(
        Publication.lesson, Publication.platform, Publication.rung, Publication.note_url
    ).where(Publication.student == student_id)  # fmt: skip


async def _of_phone(student_id: UUID, phone: str) -> list[dict[str, Any]]:
    return [
        {"lesson": lesson, "platform": platform, "rung": rung(progress)[0], "note_url": progress.note_url}
        for (lesson, platform), progress in (await progress_of_phone(student_id, phone)).items()
    ]
