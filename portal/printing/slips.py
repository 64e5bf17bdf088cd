"""What a course's sheet is made of: a slip for each lesson that has a live class link, or for each student and lesson."""

import hashlib
from base64 import b32encode
from itertools import product

from courses.lessons.links import LinkInfo
from courses.lessons.values import LessonInfo
from courses.printing.printable import Printable
from courses.spoken import show_spoken
from portal.i18n import catalogue
from portal.settings import Settings
from portal.sharing.addresses import share_url, typed_address
from print.sheets import Slip


def course_slips(settings: Settings, found: Printable, course_title: str, personal: bool, language: str) -> list[Slip]:
    """Slips in the order of the lessons; with `personal` student by student, each with all lessons.

    `language` ("zh" or "en") is that of the steps. Empty where there is no shared lesson, or nobody to hand a slip to.
    """
    steps = poster_steps(language)
    shared = [(lesson, found.links[lesson.id]) for lesson in found.shared]
    if not personal:
        return [_slip(settings, lesson, link, course_title, steps) for lesson, link in shared]
    return [
        _slip(settings, lesson, link, course_title, steps, student.seat, student.name, student.number)
        for student, (lesson, link) in product(found.students, shared)
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
