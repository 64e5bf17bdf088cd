"""When lessons open, are due and close: a course's month, the times of one lesson, and due times for many in a row."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import CourseInfo, course_of
from courses.clock import FIRST_YEAR, LAST_YEAR, now
from courses.errors import Invalid, Message, NotFound
from courses.lessons.authoring import lesson_of
from courses.lessons.schedule import Scheduled, schedule_lesson, scheduled_lessons, set_due
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from portal.settings import Settings
from portal.web.forms import Form, errors_of, many, no_errors, one
from portal.web.typed import lookup_id, read_number
from portal.words.times import day_name, month_name, read_times, weekday_name

TIMES, DUE = ("opens_at", "closes_at"), "due_at"
#: days between two lessons of a row
DAYS_MAX = 366


@dataclass(frozen=True)
class Entry:
    """A lesson that opens, is due or closes at a time of a day; `kind` is "opens", "due" or "closes"."""

    lesson: Scheduled
    kind: str
    at: datetime


@dataclass(frozen=True)
class Month:
    """A month in weeks that start on Monday, with the first days of the months before and after it."""

    first: date
    weeks: list[list[date]]
    before: date | None
    after: date | None


@get("/courses/{course_id:uuid}/calendar", include_in_schema=False)
async def show(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    month: FromQuery[str] = "",
    lesson: FromQuery[str] = "",
    done: FromQuery[str] = "",
    n: FromQuery[str] = "",
) -> Template:
    """A month; without one the present one."""
    course = await course_of(person, course_id)
    return await _page(person, settings, course, month, {"lesson": lesson}, done=done, count=read_number(n) or 0)


@post("/courses/{course_id:uuid}/calendar", status_code=303, include_in_schema=False)
async def schedule_from_calendar(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Set the times of the lesson that was chosen; when it is due only where that was sent."""
    course = await course_of(person, course_id, "write")
    typed = {name: one(data, name) for name in ("lesson", *TIMES, DUE)}
    month = one(data, "month")
    try:
        lesson = await _lesson(person, course, typed["lesson"])
        zone = ZoneInfo(settings.time_zone)
        times, due = read_times(typed, TIMES, zone), read_times(typed, (DUE,), zone)
        await schedule_lesson(person, lesson, *times)
        if DUE in data:
            await set_due(person, lesson, *due)
    except Invalid as error:
        return await _page(person, settings, course, month, typed, error=error)
    return Redirect(
        f"/courses/{course.id}/calendar", query_params={"month": month, "done": "times"}, status_code=303
    )  # fmt: skip


@post("/courses/{course_id:uuid}/calendar/series", status_code=303, include_in_schema=False)
async def schedule_in_a_row(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """The lessons that were chosen are due one after another, so many days apart, in the order of the list."""
    course = await course_of(person, course_id, "write")
    typed = {name: one(data, name) for name in ("first", "days")}
    chosen, month = many(data, "lesson"), one(data, "month")
    try:
        (first,) = read_times(typed, ("first",), ZoneInfo(settings.time_zone))
        days = read_number(typed["days"])
        if first is None:
            raise Invalid({"first": Message("Write date and time, such as 2026-09-01T08:00.")})
        if days is None or not 0 < days <= DAYS_MAX:
            raise Invalid({"days": Message("Choose from {least} to {most} days.", least=1, most=DAYS_MAX)})
        if not chosen:
            raise Invalid({"series": Message("Choose at least one lesson.")})
        lessons = [await _lesson(person, course, text) for text in chosen]
        for place, lesson in enumerate(lessons):
            await set_due(person, lesson, _days_later(first, days * place))
    except Invalid as error:
        return await _page(person, settings, course, month, typed, error=error, chosen=chosen)
    query = {"month": f"{first:%Y-%m}", "done": "series", "n": str(len(lessons))}
    return Redirect(f"/courses/{course.id}/calendar", query_params=query, status_code=303)


def _days_later(at: datetime, days: int) -> datetime:
    """At the same time of the day, also where clocks are put forward between. Raises Invalid behind the last year."""
    try:
        return at + timedelta(days=days)
    except OverflowError as error:
        raise Invalid({"days": Message("Choose from {least} to {most} days.", least=1, most=DAYS_MAX)}) from error


async def _lesson(person: SignedIn, course: CourseInfo, text: str) -> LessonInfo:
    """Raises Invalid."""
    try:
        lesson = await lesson_of(person, lookup_id(text), "write")
    except NotFound:
        lesson = None
    if lesson is None or lesson.course != course.id or lesson.template:
        raise Invalid({"lesson": Message("Choose a lesson of this course.")})
    return lesson


async def _page(
    person: SignedIn,
    settings: Settings,
    course: CourseInfo,
    month: str,
    typed: dict[str, str],
    *,
    done: str = "",
    error: Invalid | None = None,
    chosen: Sequence[str] = (),
    count: int = 0,
) -> Template:
    zone = ZoneInfo(settings.time_zone)
    today = now().astimezone(zone).date()
    shown = read_month(month, today)
    lessons = await scheduled_lessons(course.id)
    entries = _entries(lessons, zone)
    context = {
        "person": person,
        "course": course,
        "lessons": lessons,
        "month": shown,
        "today": today,
        "entries": entries,
        "any": any(day in entries for week in shown.weeks for day in week),
        "typed": {"lesson": ""} | typed,
        "errors": errors_of(error) if error else no_errors(),
        "done": done,
        "chosen": frozenset(chosen),
        "count": count,
        "month_name": month_name,
        "weekday_name": weekday_name,
        "day_name": day_name,
    }
    return Template("lessons/calendar/show.html", context=context, status_code=422 if error else 200)


def read_month(text: str, today: date) -> Month:
    """ "2026-11"; the present month for anything else."""
    try:
        first = datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        first = today.replace(day=1)
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        first = today.replace(day=1)
    weeks = calendar.Calendar(firstweekday=calendar.MONDAY).monthdatescalendar(first.year, first.month)
    return Month(first, weeks, _beside(first, -1), _beside(first, 1))


def _beside(first: date, step: int) -> date | None:
    year, month = divmod(first.year * 12 + first.month - 1 + step, 12)
    return date(year, month + 1, 1) if FIRST_YEAR <= year <= LAST_YEAR else None


def _entries(lessons: list[Scheduled], zone: ZoneInfo) -> dict[date, list[Entry]]:
    """What happens on each day, in its order."""
    found: list[Entry] = []
    for lesson in lessons:
        for kind, at in (("opens", lesson.opens_at), ("due", lesson.due_at), ("closes", lesson.closes_at)):
            if at is not None:
                found.append(Entry(lesson, kind, at.astimezone(zone)))
    days: dict[date, list[Entry]] = {}
    for entry in sorted(found, key=lambda entry: entry.at):
        days.setdefault(entry.at.date(), []).append(entry)
    return days


routes: list[ControllerRouterHandler] = [show, schedule_from_calendar, schedule_in_a_row]
