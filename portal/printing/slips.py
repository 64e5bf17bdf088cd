"""What a course's sheet is made of: a slip for each lesson that has a live class link, or for each student and lesson."""

import hashlib
from base64 import b32encode
from collections.abc import Collection
from itertools import product
from uuid import UUID

from courses.lessons.links import LinkInfo, shared_lessons
from courses.lessons.values import LessonInfo
from courses.spoken import show_spoken
from courses.students.roster import students_of
from portal.i18n import catalogue
from portal.settings import Settings
from portal.sharing.addresses import share_url, typed_address
from print.sheets import Slip


async def course_slips(
    settings: Settings,
    course_id: UUID,
    course_title: str,
    personal: bool,
    language: str,
    without: Collection[UUID] = (),
) -> list[Slip]:
    """Slips in the order of the lessons; with `personal` student by student, each with all lessons.

    `language` ("zh" or "en") is that of the steps; `without` are lessons that are left out. Empty where there is no shared
    lesson, or nobody to hand a slip to.
    """
    shared = [pair for pair in await shared_lessons(course_id) if pair[0].id not in without]
    steps = poster_steps(language)
    if not personal:
        return [_slip(settings, lesson, link, course_title, steps) for lesson, link in shared]
    return [
        _slip(settings, lesson, link, course_title, steps, student.seat, student.name, student.number)
        for student, (lesson, link) in product(await students_of(course_id), shared)
    ]


def poster_steps(language: str) -> tuple[str, ...]:
    """What a student does, in three steps."""
    say = catalogue(language).gettext
    return (
        say("Scan the code with your phone’s camera"),
        say("Look at the preview and save what you need"),
        say("Tap Publish, then paste your note’s link"),
    )


def sample_address(settings: Settings, number: int, personal: bool) -> str:
    """As long as a link's, and of nobody: whoever scans a preview is told so."""
    scheme, _, host = settings.public_url.partition("://")
    text = b32encode(hashlib.sha256(b"preview%d" % number).digest()).decode()[: 39 if personal else 36]
    return f"{scheme}://{host.upper()}/S/{text}"


def _slip(
    settings: Settings,
    lesson: LessonInfo,
    link: LinkInfo,
    course_title: str,
    steps: tuple[str, ...],
    seat: int | None = None,
    student: str = "",
    number: str = "",
) -> Slip:
    return Slip(
        url=share_url(settings, link, seat),
        title=lesson.title,
        course=course_title,
        student=student,
        number=number,
        spoken=show_spoken(link.spoken),
        address=typed_address(settings),
        steps=steps,
    )
