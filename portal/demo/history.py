"""What happened in the demo's other classes, told through the same functions that a class uses."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from courses.catalogue.courses import CourseInfo, course_of, courses_of, edit_course, remove_course
from courses.clock import now
from courses.events.journal import SMALL, Journal
from courses.events.ladder import Report
from courses.lessons.authoring import edit_lesson, lesson_of, lessons_of
from courses.lessons.copying import copy_course
from courses.lessons.links import class_links
from courses.lessons.schedule import schedule_lesson, set_due
from courses.lessons.values import LessonInfo
from courses.printing.starting import RunRequest, pairs_for, start_run
from courses.printing.values import PrintOptions
from courses.privacy.retention import set_retention
from courses.results.marking import mark_cells
from courses.signed_in import SignedIn
from courses.students.roster import add_students, students_of
from courses.students.values import StudentInfo
from portal.demo.classes import CLASSES, SEED, TODAY, DemoClass, given_at, roster
from portal.demo.walks import Step, class_walks, device_of, note, report_of, some_paths

#: of a course that is being made: one that stopped half-way is never taken for a whole one
UNFINISHED = " …"
#: from the beginning of a lesson until it is due, and until it closes
DUE, CLOSES = timedelta(days=3, hours=10), timedelta(days=10)
KEPT_DAYS = 365
#: seconds in which a class begins, and at most how much later who is late
SPREAD, LATE = 900.0, 5 * 86_400.0
SLIP = ("address", "course", "serial", "spoken", "student", "title")
Pair = tuple[int, int]


async def load_classes(teacher: SignedIn, first: CourseInfo, reset: bool = False) -> None:
    """The courses of CLASSES with the lessons of the first one; made where they are not there, anew with `reset`."""
    known = {course.title: course for course in [*await courses_of(teacher), *await courses_of(teacher, archived=True)]}
    for each in CLASSES:
        half = known.get(each.title + UNFINISHED)
        old = known.get(each.title)
        for course in filter(None, (half, old if reset else None)):
            await remove_course(None, course)
        if reset or old is None:
            await _Loading(teacher, each, now()).load(first)


class _Loading:
    """One class while it is made."""

    def __init__(self, teacher: SignedIn, plan: DemoClass, moment: datetime) -> None:
        self.teacher, self.plan, self.moment = teacher, plan, moment
        self.chance = random.Random(f"{SEED} {plan.title}")  # noqa: S311 -- tells a story, guards nothing
        self.begins = given_at(plan, moment)

    async def load(self, first: CourseInfo) -> None:
        title = self.plan.title
        course = await copy_course(self.teacher, first, title + UNFINISHED, self.plan.term)
        await add_students(self.teacher, course, roster(self.chance, self.plan))
        lessons, students = await lessons_of(course), await students_of(course)
        await self._set_times(lessons)
        await self._revise(lessons[-1])
        await self._print(course, lessons[len(self.plan.days) - 1])
        handed_in = await self._walk(lessons, students)
        await self._judge(course, lessons, students, handed_in)
        if self.plan.finished:
            await set_retention(self.teacher, course, self.begins[-1] + CLOSES, KEPT_DAYS)
        await edit_course(self.teacher, await course_of(self.teacher, course), title, self.plan.term, "")

    async def _set_times(self, lessons: Sequence[LessonInfo]) -> None:
        for lesson, begins in zip(lessons, self.begins, strict=True):
            closes = begins + CLOSES if self.plan.finished else None
            to_come = begins > self.moment
            if closes or to_come:
                await schedule_lesson(self.teacher, lesson, begins if to_come else None, closes)
            await set_due(self.teacher, lesson, (begins + DUE).replace(hour=12, minute=0, second=0, microsecond=0))

    async def _revise(self, lesson: LessonInfo) -> None:
        """The text grew twice: its history has something to compare."""
        for line in ("**小提示**：先写标题，再选照片。", "**Tip**: write the title first, then choose the photos."):
            present = await lesson_of(self.teacher, lesson.id)
            await edit_lesson(self.teacher, present, replace(present.draft, body=f"{present.body}\n\n{line}"))

    async def _print(self, course: UUID, lesson: LessonInfo) -> None:
        """A slip for each student."""
        pairs = await pairs_for(course, "personal", [lesson.id])
        options = PrintOptions(parts=SLIP, language="zh")
        await start_run(self.teacher, course, RunRequest("personal", "a4-24", options, pairs))

    async def _walk(self, lessons: Sequence[LessonInfo], students: Sequence[StudentInfo]) -> dict[Pair, str]:
        """Everything that phones reported until now; the path of each (student, lesson) that has handed in."""
        links = await class_links([lesson.id for lesson in lessons])
        devices = [device_of(self.chance) for _ in students]
        paths: dict[Pair, str] = {}
        reports: list[Report] = []
        for place, begins in enumerate(self.begins[: len(self.plan.days)]):
            today = begins + DUE > self.moment and not self.plan.finished
            chosen = some_paths(self.chance, len(students), TODAY if today else self.plan.weights)
            spread = (self.moment - begins).total_seconds() if today else SPREAD
            late = {} if today else {who: LATE for who in range(len(students)) if self.chance.random() < 0.06}
            steps = _doubled(
                self.chance, class_walks(self.chance, chosen, spread, late), place == len(self.plan.days) - 2
            )
            lesson = lessons[place]
            for step in steps:
                at = begins + timedelta(seconds=step.after)
                if at < self.moment:
                    who = students[step.student].id
                    reports.append(report_of(step, at, lesson.id, links[lesson.id].id, who, devices[step.student]))
                    if step.kind in ("claim", "link"):
                        paths[step.student, place] = chosen[step.student]
        await _record(reports)
        return paths

    async def _judge(
        self, course: UUID, lessons: Sequence[LessonInfo], students: Sequence[StudentInfo], handed_in: dict[Pair, str]
    ) -> None:
        """Of the lessons that were looked at nearly all notes are confirmed; some are sent back, and one comes again."""
        given = range(len(self.plan.days))
        missing = [(who, at) for at in given for who in range(len(students)) if (who, at) not in handed_in]
        looked_at = [
            pair for pair, path in sorted(handed_in.items()) if pair[1] < self.plan.reviewed and path != "claimed"
        ]
        sent_back = self.chance.sample(looked_at, 4)
        excused = self.chance.sample(missing, 3)
        left_open = set(sent_back) | set(self.chance.sample(looked_at, 0 if self.plan.finished else 3))

        async def mark(pairs: Sequence[Pair], action: str, reason: str = "") -> None:
            cells = [(students[who].id, lessons[at].id) for who, at in pairs]
            await mark_cells(self.teacher, course, cells, action, reason)

        await mark([pair for pair in looked_at if pair not in left_open], "confirm")
        await mark(sent_back, "refuse", "笔记里没有照片，请补一张再交。 There is no photo in the note; please add one.")
        await mark(excused, "excuse", "病假 Sick leave")
        links = await class_links([lesson.id for lesson in lessons])
        who, at = sent_back[0]
        again = Step(who, 0, "link", note(self.chance))
        came = report_of(
            again, now(), lessons[at].id, links[lessons[at].id].id, students[who].id, device_of(self.chance)
        )
        await _record([came])


def _doubled(chance: random.Random, steps: list[Step], wanted: bool) -> list[Step]:
    """Two students hand in the same note, where that is wanted."""
    links = [place for place, step in enumerate(steps) if step.kind == "link"]
    if wanted and len(links) > 1:
        one, other = chance.sample(links, 2)
        steps[other] = replace(steps[other], detail=steps[one].detail)
    return steps


async def _record(reports: Sequence[Report]) -> None:
    """By the journal, in so few transactions as it makes of small requests that come together."""
    journal = Journal()
    await journal.start()
    try:
        await asyncio.gather(
            *(journal.record(reports[start : start + SMALL]) for start in range(0, len(reports), SMALL))
        )
    finally:
        await journal.stop()
