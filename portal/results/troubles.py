"""What no machine mends by itself, of all courses, as Today lists it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from courses.catalogue.courses import CourseInfo
from courses.printing.failed_runs import failed_runs
from courses.results.going_on import stopped_by_one_cause
from courses.results.waiting import waiting_doubles
from courses.signed_in import SignedIn
from courses.webhooks.failing import failing_webhooks
from portal.i18n import gettext as _
from portal.i18n import language
from portal.words.causes import cause_name
from portal.words.times import clock_or_day

Courses = Mapping[UUID, CourseInfo]


@dataclass(frozen=True)
class Trouble:
    """What no machine mends: a cause that stopped several phones, a post handed in twice, a webhook or a print run that failed."""

    mark: str
    title: str
    course: str
    count: int
    address: str
    action: str
    about: object = ""


async def troubles_of(person: SignedIn, courses: Courses, zone: ZoneInfo) -> list[Trouble]:
    """Only what the person may mend, in four queries."""
    return [
        *await _stopped(courses, zone),
        *await _doubled(person),
        *await _failing(courses),
        *await _unprinted(courses),
    ]


async def _stopped(courses: Courses, zone: ZoneInfo) -> list[Trouble]:
    return [
        Trouble(
            "failed", cause_name(each.cause), courses[each.course].title, each.students,
            f"/courses/{each.course}/completion?state=stuck&cause={each.cause}", _("Look"),
            _("one cause, since %(time)s") % {"time": clock_or_day(each.since, zone)},
        )
        for each in await stopped_by_one_cause(courses)
    ]  # fmt: skip


async def _doubled(person: SignedIn) -> list[Trouble]:
    found = await waiting_doubles(person)
    by_course: dict[UUID, list[str]] = {}
    for each in found:
        by_course.setdefault(each.course, []).append(each.name)
    first = {each.course: each for each in reversed(found)}
    between = "、" if language() == "zh" else ", "
    return [
        Trouble(
            "linked", _("One post handed in twice"), first[course].course_title, len(names),
            f"/review/{first[course].lesson}/{first[course].student}?course={course}", _("Compare"), between.join(names[:2]),
        )
        for course, names in by_course.items()
    ]  # fmt: skip


async def _failing(courses: Courses) -> list[Trouble]:
    found = await failing_webhooks([course.id for course in courses.values() if course.may("own")])
    return [
        Trouble("failed", _("A webhook is not reached"), courses[course].title, count, f"/courses/{course}/webhooks", _("Look"))
        for course, count in found.items()
    ]  # fmt: skip


async def _unprinted(courses: Courses) -> list[Trouble]:
    found = await failed_runs([course.id for course in courses.values() if course.may("write")])
    return [
        Trouble(
            "failed", _("Print run %(number)s failed") % {"number": run.number}, courses[run.course].title, 1,
            f"/prints/{run.id}", _("Look"),
        )
        for run in found
    ]  # fmt: skip
