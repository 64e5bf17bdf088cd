"""The trash of a course: look at what was deleted, take it back, or let it go for good."""

from contextlib import suppress
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template
from obstore.store import ObjectStore

from courses.catalogue.courses import course_of
from courses.clock import now
from courses.errors import NotFound
from courses.lessons.authoring import lesson_of
from courses.lessons.trash import (
    TRASH_LIFE,
    in_trash_until,
    purge_lessons,
    restore_lessons,
    trash_count,
    trashed,
    what_goes,
)
from courses.lessons.values import LessonInfo
from courses.paging import page_of
from courses.signed_in import SignedIn
from portal.web.forms import Form, many, one
from portal.web.typed import lookup_id, read_id, read_moment

PAGE = 50


@get("/courses/{course_id:uuid}/trash", include_in_schema=False)
async def index(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    page: FromQuery[int] = 1,
    done: FromQuery[str] = "",
    count: FromQuery[int] = 0,
    lesson: FromQuery[str] = "",
) -> Template:
    """What is in it, the last deleted first; `done`, `count` and `lesson` say what a notice is about."""
    course = await course_of(person, course_id)
    total = await trash_count(course.id)
    at = page_of(total, PAGE, page)
    context = {
        "person": person,
        "course": course,
        "items": await trashed(course.id, PAGE, at.offset),
        "total": total,
        "losses": await what_goes(course.id) if total and course.may("own") else None,
        "life": TRASH_LIFE.days,
        "until": now().isoformat(),
        "page": at.page,
        "pages": at.pages,
        "done": done,
        "count": count,
        "about": await _back_again(person, course.id, lesson) if done == "restored" and lesson else None,
    }
    return Template("lessons/trash/index.html", context=context)


async def _back_again(person: SignedIn, course_id: UUID, lesson: str) -> LessonInfo | None:
    with suppress(NotFound):
        found = await lesson_of(person, lookup_id(lesson))
        return found if found.course == course_id else None
    return None


@get("/courses/{course_id:uuid}/trash/{trashed_id:uuid}", include_in_schema=False)
async def show(person: NamedDependency[SignedIn], course_id: FromPath[UUID], trashed_id: FromPath[UUID]) -> Template:
    """A deleted lesson as students saw it, and what would go with it."""
    course = await course_of(person, course_id)
    lesson = await _in_trash(person, course.id, trashed_id)
    context = {
        "person": person,
        "course": course,
        "lesson": lesson,
        "gone_at": lesson.deleted_at + TRASH_LIFE if lesson.deleted_at else None,
        "losses": await what_goes(course.id, lesson.id),
    }
    return Template("lessons/trash/show.html", context=context)


@post("/courses/{course_id:uuid}/trash/restorations", status_code=303, include_in_schema=False)
async def restore(person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]) -> Redirect:
    """Take lessons back to their places, with their links."""
    course = await course_of(person, course_id, "write")
    back = await restore_lessons(person, course.id, _ids(data))
    query = {"done": "restored", "count": str(len(back))} | ({"lesson": str(back[0])} if len(back) == 1 else {})
    return Redirect(f"/courses/{course.id}/trash", query_params=query, status_code=303)


@post("/courses/{course_id:uuid}/trash/{trashed_id:uuid}/removal", status_code=303, include_in_schema=False)
async def remove(
    person: NamedDependency[SignedIn],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    trashed_id: FromPath[UUID],
) -> Redirect:
    """Let one lesson go for good."""
    course = await course_of(person, course_id, "own")
    lesson = await _in_trash(person, course.id, trashed_id)
    return _gone(course.id, len(await purge_lessons(person, store, course.id, [lesson.id])))


@post("/courses/{course_id:uuid}/trash/removals", status_code=303, include_in_schema=False)
async def empty(
    person: NamedDependency[SignedIn],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect:
    """Empty the trash of what was in it when the page was opened."""
    course = await course_of(person, course_id, "own")
    until = read_moment(one(data, "until"))
    if until is None:
        raise NotFound
    ids = await in_trash_until(course.id, until)
    return _gone(course.id, len(await purge_lessons(person, store, course.id, ids)))


def _gone(course_id: UUID, count: int) -> Redirect:
    return Redirect(f"/courses/{course_id}/trash", query_params={"done": "gone", "count": str(count)}, status_code=303)


async def _in_trash(person: SignedIn, course_id: UUID, lesson_id: UUID) -> LessonInfo:
    """Raises NotFound, also for a lesson that is not deleted."""
    lesson = await lesson_of(person, lesson_id, deleted=True)
    if lesson.deleted_at is None or lesson.course != course_id:
        raise NotFound
    return lesson


def _ids(data: Form) -> list[UUID]:
    return [found for text in many(data, "lesson") if (found := read_id(text))]


routes = [index, show, restore, remove, empty]
