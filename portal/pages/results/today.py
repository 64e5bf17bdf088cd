"""Today: over all courses what goes on, what waits, who falls behind and what comes next."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta
from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import present_courses
from courses.clock import now
from courses.lessons.upcoming import Upcoming, upcoming
from courses.printing.first_steps import first_steps, hide_first_steps
from courses.results.going_on import live_lessons
from courses.results.undone import falling_behind, still_to_do
from courses.results.waiting import waiting_by_lesson
from courses.signed_in import SignedIn
from portal.i18n import language
from portal.results.troubles import troubles_of
from portal.settings import Settings
from portal.words.first_steps import STEPS
from portal.words.times import day_name

#: rows of what waits, of which so many are lessons whatever else there is; and of the other lists
ROWS, LESSONS_LEAST, BEHIND, AHEAD = 7, 3, 3, 6


@get("/today", include_in_schema=False)
async def show(person: NamedDependency[SignedIn], settings: NamedDependency[Settings]) -> Template:
    """In about a dozen queries, however many courses there are."""
    zone = ZoneInfo(settings.time_zone)
    courses = {course.id: course for course in await present_courses(person)}
    lessons, troubles = await waiting_by_lesson(person), await troubles_of(person, courses, zone)
    rows = lessons[: max(LESSONS_LEAST, ROWS - len(troubles))]
    rows = lessons if len(lessons) == len(rows) + 1 else rows
    ahead = await upcoming(courses, AHEAD)
    writes = [course.id for course in courses.values() if course.may("write")]
    context = {
        "person": person, "courses": courses, "today": now().astimezone(zone).date(),
        "date": format_date(now().astimezone(zone), "M月d日 EEEE" if language() == "zh" else "EEEE, d MMMM", language()),
        "live": await live_lessons(courses), "waits": rows, "more": lessons[len(rows) :], "troubles": troubles,
        "count": sum(each.count for each in lessons), "in_courses": len({each.course for each in lessons}),
        "oldest": _ago(lessons[0].oldest) if lessons else "", "behind": await falling_behind(courses, BEHIND),
        "ahead": ahead, "to_do": await _to_do(ahead),
        "steps": await first_steps(person, writes) if writes or not courses else None, "step_words": STEPS,
        "step_course": writes[0] if writes else None,
        "local": lambda at: at.astimezone(zone), "day_name": day_name,
        "ago": _ago,
    }  # fmt: skip
    return Template("results/today/show.html", context=context)


@post("/today/steps", status_code=303, include_in_schema=False)
async def hide(person: NamedDependency[SignedIn]) -> Redirect:
    """Put the first steps away."""
    await hide_first_steps(person)
    return Redirect("/today", status_code=303)


async def _to_do(ahead: Sequence[Upcoming]) -> dict[UUID, int]:
    """How many have not done what is due next."""
    return await still_to_do({each.lesson: each.rule for each in ahead if each.kind == "due"})


def _ago(at: datetime) -> str:
    """ "4 days": in one unit."""
    return format_timedelta(now() - at, locale=language())


routes: list[ControllerRouterHandler] = [show, hide]
