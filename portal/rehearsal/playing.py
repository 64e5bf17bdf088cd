"""A class that is played: phones that nobody holds walk a lesson, so that wall and completion move as in class."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from courses.clock import now
from courses.errors import Conflict, CourseError, Message
from courses.events.journal import Journal
from courses.lessons.links import LinkInfo
from courses.students.claims import claim_student
from courses.students.values import StudentInfo
from portal.demo.walks import Step, class_walks, device_of, report_of, some_paths

logger = logging.getLogger("portal")

#: how a class goes that is played
WEIGHTS = {"linked": 52, "mended": 12, "claimed": 12, "failed": 8, "looked": 8, "app": 4, "absent": 4}
#: seconds from the first phone to the last; the most phones, and the most classes at a time
SECONDS, PHONES, CLASSES = 120.0, 200, 3


class Plays:
    """One per process: at most one class of a course, CLASSES in all. `sleep` waits so many seconds."""

    def __init__(self, journal: Journal, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._journal = journal
        self._sleep = sleep
        self._tasks: dict[UUID, asyncio.Task[None]] = {}

    def goes_on(self, course: UUID) -> bool:
        """Whether a class of this course is being played."""
        task = self._tasks.get(course)
        return task is not None and not task.done()

    def start(self, course: UUID, link: LinkInfo, students: Sequence[StudentInfo]) -> None:
        """Let the students' phones walk the link's lesson. Raises Conflict."""
        if self.goes_on(course):
            raise Conflict(Message("A class of this course is being played. Stop it first."))
        if sum(not task.done() for task in self._tasks.values()) >= CLASSES:
            raise Conflict(Message("Other classes are being played. Try again in two minutes."))
        self._tasks[course] = asyncio.create_task(self._play(course, link, students[:PHONES]), name="play")

    async def stop(self, course: UUID | None = None) -> None:
        """End the class of a course, or all; what its phones have reported stays."""
        tasks = [task for at, task in self._tasks.items() if course in (None, at)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks = {at: task for at, task in self._tasks.items() if not task.done()}

    async def _play(self, course: UUID, link: LinkInfo, students: Sequence[StudentInfo]) -> None:
        chance = random.Random()  # noqa: S311 -- plays, guards nothing
        steps = class_walks(chance, some_paths(chance, len(students), WEIGHTS), spread=400.0)
        pace = SECONDS / max(step.after for step in steps)
        devices: dict[int, str] = {}
        at = 0.0
        for step in steps:
            await self._sleep((step.after - at) * pace)
            at = step.after
            try:
                if step.student not in devices:
                    devices[step.student] = device_of(chance)
                    await claim_student(course, devices[step.student], students[step.student].number)
                await self._report(step, link, students[step.student].id, devices[step.student])
            except CourseError as error:
                logger.info("a phone of a played class was refused: %s", error)

    async def _report(self, step: Step, link: LinkInfo, student: UUID, device: str) -> None:
        moment = now() - timedelta(seconds=1)
        await self._journal.record([report_of(step, moment, link.lesson, link.id, student, device)])
