"""A message for the class's group: who still has to do which lesson, until when, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from courses.results.narrowing import Narrowed
from courses.results.values import LessonHead
from courses.students.values import StudentInfo
from portal.i18n import catalogue
from portal.words.done_rules import rule_words

TITLE = 40


@dataclass(frozen=True)
class Reminded:
    """A lesson, those who are reminded of it, and where it is; no address while it has no live link."""

    lesson: LessonHead
    students: list[StudentInfo]
    url: str


def parts_of(found: Narrowed, urls: Mapping[UUID, str]) -> list[Reminded]:
    """The wanted cells lesson by lesson, students in the order of the rows."""
    parts = []
    for lesson in found.lessons:
        students = [row.student for row in found.rows if found.wanted.means(row.cells[lesson.id])]
        if students:
            parts.append(Reminded(lesson, students, urls.get(lesson.id, "")))
    return parts


def message(course: str, parts: list[Reminded], language: str, zone: ZoneInfo, *, by_number: bool = False) -> str:
    """The text in "zh" or "en", with names or with numbers."""
    gettext = catalogue(language).gettext
    lines = [gettext("[%(course)s] These lessons are still to be done:") % {"course": course}]
    for part in parts:
        lesson = gettext("“%(title)s”") % {"title": _short(part.lesson.title)}
        if part.lesson.due_at:
            lesson += gettext(" (due %(time)s)") % {"time": _time(part.lesson.due_at, zone, language)}
        lesson += gettext(" (done means: %(rule)s)") % {"rule": rule_words(part.lesson.done, language)}
        names = [student.number if by_number else student.name for student in part.students]
        lines += ["", lesson, ("、" if language == "zh" else ", ").join(names), *([part.url] if part.url else [])]
    lines += ["", gettext("Open the link with your phone, publish, and paste the note’s link there.")]
    return "\n".join(lines)


def _short(title: str) -> str:
    return title if len(title) <= TITLE else f"{title[: TITLE - 1]}…"


def _time(at: datetime, zone: ZoneInfo, language: str) -> str:
    local = at.astimezone(zone)
    return f"{format_skeleton('MMMd', local, locale=language)} {local:%H:%M}"
