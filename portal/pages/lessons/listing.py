"""The lessons of a course: searched, filtered, sorted, and many of them changed at once."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import Conflict, Invalid, Message, NotAllowed, NotFound
from courses.lessons.authoring import lesson_of
from courses.lessons.bulk import add_topic, copy_lessons, delete_lessons, deleted_at, restore_deleted
from courses.lessons.moving import links_that_end, move_lessons, moved_at, return_lessons
from courses.lessons.ordering import move_lesson, put_before, put_into_section
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from portal.lessons.filters import chosen_lessons, copy_title, filter_params, read_back, read_filter, with_query
from portal.lessons.rows import lesson_list
from portal.platforms import Platform
from portal.settings import Settings
from portal.web.forms import Form, one
from portal.web.typed import lookup_id, read_moment, read_number, read_page

#: a request for the list alone, of the script that searches as one types
PART = "x-part"


@get("/courses/{course_id:uuid}", include_in_schema=False)
async def index(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    done: FromQuery[str] = "",
    lesson: FromQuery[str] = "",
    at: FromQuery[str] = "",
    n: FromQuery[str] = "",
    to: FromQuery[str] = "",
) -> Template:
    """The list; `done` and what is beside it say what a notice is about."""
    course = await course_of(person, course_id)
    wanted, page = read_filter(request.query_params), read_page(request.query_params.get("page", ""))
    if request.headers.get(PART) == "list":
        return await lesson_list(person, settings, platforms, course, wanted, page, part=True)
    return await lesson_list(
        person, settings, platforms, course, wanted, page, done=done,
        about=await _mine(person, lesson) if done in ("deleted", "restored") and lesson else None,
        undo=await _undo(course, at) if done == "deleted" and at else None,
        moved=await _moved(person, course, to, at) if done == "moved" and at and to else None,
        count=read_number(n) or 0,
        to=await _course(person, to) if to else None,
    )  # fmt: skip


async def _mine(person: SignedIn, lesson: str) -> LessonInfo | None:
    try:
        return await lesson_of(person, lookup_id(lesson), deleted=True)
    except NotFound:
        return None


async def _undo(course: CourseInfo, at: str) -> tuple[str, int] | None:
    """The moment of a deletion, and how many lessons it took that are still in the trash."""
    moment = read_moment(at)
    count = await deleted_at(course.id, moment) if moment else 0
    return (at, count) if count else None


async def _moved(person: SignedIn, course: CourseInfo, to: str, at: str) -> tuple[str, int] | None:
    """The moment of a move, and how many of its lessons are still where they went."""
    moment, target = read_moment(at), await _course(person, to)
    if moment is None or target is None or not course.may("write") or not target.may("write"):
        return None
    count = len(await moved_at(course, target, moment))
    return (at, count) if count else None


async def _course(person: SignedIn, course: str) -> CourseInfo | None:
    try:
        return await course_of(person, lookup_id(course))
    except NotFound:
        return None


@post("/courses/{course_id:uuid}/lessons/deletion", status_code=303, include_in_schema=False)
async def delete(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Into the trash; the notice offers to undo it for all."""

    async def act(course: CourseInfo, ids: list[UUID]) -> dict[str, str]:
        return {"done": "deleted", "at": (await delete_lessons(person, course.id, ids)).isoformat()}

    return await _do(act, person, settings, platforms, course_id, data)


@post("/courses/{course_id:uuid}/lessons/restoration", status_code=303, include_in_schema=False)
async def restore(person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]) -> Redirect:
    """Back from the trash: all that was deleted at one moment."""
    course, moment = await course_of(person, course_id, "write"), read_moment(one(data, "at"))
    count = await restore_deleted(person, course.id, moment) if moment else 0
    return _back(course, data, {"done": "restored", "n": str(count)})


@post("/courses/{course_id:uuid}/lessons/topics", status_code=303, include_in_schema=False)
async def topics(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Add a topic to those that lack it."""

    async def act(course: CourseInfo, ids: list[UUID]) -> dict[str, str]:
        return {"done": "topic", "n": str(await add_topic(person, course.id, ids, one(data, "add_topic")))}

    return await _do(act, person, settings, platforms, course_id, data)


@post("/courses/{course_id:uuid}/lessons/sections", status_code=303, include_in_schema=False)
async def section(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Together under one heading, or under none."""

    async def act(course: CourseInfo, ids: list[UUID]) -> dict[str, str]:
        return {"done": "section", "n": str(await put_into_section(person, course, ids, one(data, "section")))}

    return await _do(act, person, settings, platforms, course_id, data)


@post("/courses/{course_id:uuid}/lessons/places", status_code=303, include_in_schema=False)
async def place(person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]) -> Redirect:
    """The lesson `up` or `down` by one, or `lesson` to the place of another (`before`; "" is the end)."""
    course, up, down = await course_of(person, course_id, "write"), one(data, "up"), one(data, "down")
    named = up or down or one(data, "lesson")
    if not named:
        raise Conflict(Message("Choose at least one lesson."))
    lesson = lookup_id(named)
    if up or down:
        await move_lesson(person, course, lesson, -1 if up else 1)
    else:
        await put_before(person, course, lesson, lookup_id(one(data, "before")) if one(data, "before") else None)
    wanted, page = read_back(one(data, "back"))
    return Redirect(f"{with_query(f'/courses/{course.id}', wanted, page)}#lesson-{lesson}", status_code=303)


@post("/courses/{course_id:uuid}/lessons/copies", status_code=303, include_in_schema=False)
async def copy(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Duplicate them here, or with `course` in another course, where they keep their titles."""

    async def act(course: CourseInfo, ids: list[UUID]) -> dict[str, str]:
        target = await _target(person, one(data, "course")) if one(data, "elsewhere") else course
        copies = await copy_lessons(person, course.id, ids, target.id, str if target.id != course.id else copy_title)
        return {"done": "copied", "n": str(len(copies))} | ({"to": str(target.id)} if target.id != course.id else {})

    return await _do(act, person, settings, platforms, course_id, data)


@post("/courses/{course_id:uuid}/lessons/moves", status_code=303, include_in_schema=False)
async def move(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Into another course, with pictures and history; where links end by it, only after somebody was told (`sure`)."""

    async def act(course: CourseInfo, ids: list[UUID]) -> dict[str, str]:
        target = await _target(person, one(data, "course"))
        ending = 0 if one(data, "sure") else await links_that_end(course, ids, target)
        if ending:
            raise LinksWouldEnd(ending, len(ids), target)
        count, moment = await move_lessons(person, course, ids, target)
        return {"done": "moved", "n": str(count), "to": str(target.id), "at": moment.isoformat()}

    return await _do(act, person, settings, platforms, course_id, data)


class LinksWouldEnd(Exception):
    """Not an error: what has to be said before lessons move."""

    def __init__(self, links: int, lessons: int, target: CourseInfo) -> None:
        super().__init__()
        self.links, self.lessons, self.target = links, lessons, target


@post("/courses/{course_id:uuid}/lessons/returns", status_code=303, include_in_schema=False)
async def bring_back(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """What was moved into another course at one moment, with the links that ended by it."""
    course, moment = await course_of(person, course_id, "write"), read_moment(one(data, "at"))
    wanted, page = read_back(one(data, "back"))
    try:
        target = await _target(person, one(data, "course"))
        if moment is None:
            raise Conflict(Message("There is nothing to undo here."))
        count = await return_lessons(person, course, target, moment)
    except (Conflict, Invalid) as error:
        return await lesson_list(person, settings, platforms, course, wanted, page, error=error)
    return _back(course, data, {"done": "returned", "n": str(count)})


async def _target(person: SignedIn, course: str) -> CourseInfo:
    """Raises Invalid."""
    try:
        return await course_of(person, lookup_id(course), "write")
    except (NotFound, NotAllowed) as error:
        raise Invalid({"course": Message("Choose a course.")}) from error


async def _do(
    act: Callable[[CourseInfo, list[UUID]], Awaitable[dict[str, str]]],
    person: SignedIn,
    settings: Settings,
    platforms: dict[str, Platform],
    course_id: UUID,
    form: Form,
) -> Redirect | Template:
    """Back to the list as it was, with a notice; or the list with what is wrong, and the same lessons chosen."""
    course = await course_of(person, course_id, "write")
    ids = await chosen_lessons(form, course.id)
    wanted, page = read_back(one(form, "back"))
    try:
        return _back(course, form, await act(course, ids))
    except LinksWouldEnd as ending:
        typed = {"topic": "", "course": str(ending.target.id), "section": ""}
        return await lesson_list(
            person, settings, platforms, course, wanted, page, chosen=tuple(ids), typed=typed, ending=ending
        )  # fmt: skip
    except (Conflict, Invalid) as error:
        return await lesson_list(
            person, settings, platforms, course, wanted, page, error=error, chosen=tuple(ids),
            typed={"topic": one(form, "add_topic"), "course": one(form, "course"), "section": one(form, "section")},
        )  # fmt: skip


def _back(course: CourseInfo, form: Form, notice: dict[str, str]) -> Redirect:
    wanted, page = read_back(one(form, "back"))
    return Redirect(f"/courses/{course.id}", query_params=filter_params(wanted, page) | notice, status_code=303)


routes = [index, delete, restore, topics, section, place, copy, move, bring_back]
