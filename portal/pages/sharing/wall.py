"""The wall for the projector: the code, and a tile for each student that changes while the class works."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation
from litestar.response import ServerSentEvent, ServerSentEventMessage, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import CourseInfo, course_of
from courses.clock import now
from courses.errors import CourseError, NotFound
from courses.events.ladder import RUNGS
from courses.lessons.authoring import lesson_of
from courses.lessons.links import class_links
from courses.lessons.values import LessonInfo
from courses.people.sessions import session_person
from courses.results.wall import STATES, Wall, wall
from courses.signed_in import SignedIn
from portal.parts import Parts
from portal.results.wall_board import board, is_long
from portal.settings import Settings
from portal.sharing.addresses import only_here, typed_address
from portal.sharing.projection import projection
from portal.sharing.wall_feed import WallView
from portal.web.apart import page_apart
from portal.web.auth import session_secret
from portal.web.fragments import template_of
from portal.web.typed import read_number
from portal.words.rungs import rung_name
from portal.words.wall import state_name, tile_words

#: minutes without news after which a phone is called stuck
MINUTES, USUAL = (2, 5, 10, 20), 5
#: seconds: a sign of life on a quiet stream, and whether the watcher may still watch
BEAT, CHECK = 15.0, 10.0
#: milliseconds after which a browser that lost the stream comes back
AGAIN = 1_000


@get("/courses/{course_id:uuid}/lessons/{lesson_id:uuid}/wall", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    lesson_id: FromPath[UUID],
    minutes: FromQuery[str] = "",
) -> Response[bytes]:
    """The page as it stands now; its script keeps it so, and without scripts it is loaded again."""
    course, lesson = await _lesson(person, course_id, lesson_id)
    return await page_apart(request, lambda: _page(person, settings, course, lesson, _minutes(minutes)))


async def _page(person: SignedIn, settings: Settings, course: CourseInfo, lesson: LessonInfo, quiet: int) -> Template:
    link = (await class_links([lesson.id])).get(lesson.id)
    context = {
        "person": person, "course": course, "lesson": lesson, "minutes": quiet, "choices": MINUTES,
        "code": projection(settings, lesson, link, now()),
        "address": typed_address(settings), "only_here": only_here(settings),
        **board_context(await wall(course.id, lesson.id, timedelta(minutes=quiet)), course.id, lesson.id),
    }  # fmt: skip
    return Template("sharing/wall/show.html", context=context)


@get("/courses/{course_id:uuid}/lessons/{lesson_id:uuid}/wall/stream", include_in_schema=False)
async def stream(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
    course_id: FromPath[UUID],
    lesson_id: FromPath[UUID],
    minutes: FromQuery[str] = "",
) -> ServerSentEvent:
    """Server-sent events: the board as HTML, whole, at once and after each change. Who takes no events gets one."""
    course, lesson = await _lesson(person, course_id, lesson_id)
    view = WallView(course.id, lesson.id, timedelta(minutes=_minutes(minutes)))
    endless = "text/event-stream" in request.headers.get("accept", "")
    return ServerSentEvent(_events(request, parts, view, person.id, endless), headers={"Cache-Control": "no-store"})


async def _events(
    request: Request[Any, Any, Any], parts: Parts, view: WallView, who: UUID, endless: bool
) -> AsyncIterator[ServerSentEventMessage]:
    template = template_of(request, "sharing/wall/_board.html")
    async with parts.walls.watch(view, who) as watcher:
        yield ServerSentEventMessage(data=None, retry=AGAIN)
        checked, news = time.monotonic(), True
        while True:
            if news:
                board = board_context(watcher.wall, view.course, view.lesson)
                yield ServerSentEventMessage(await asyncio.to_thread(template.render, board))
            else:
                yield ServerSentEventMessage(data=None, comment="nothing new")
            if not endless:
                return
            news = await watcher.changed(BEAT)
            if watcher.crowded:
                yield ServerSentEventMessage(event="crowded")
            if watcher.ended or watcher.crowded:
                return
            if time.monotonic() - checked > CHECK:
                if not await _may_watch(request, parts.settings, view):
                    yield ServerSentEventMessage(event="ended")
                    return
                checked = time.monotonic()


async def _may_watch(request: Request[Any, Any, Any], settings: Settings, view: WallView) -> bool:
    """Whether who opened the stream is still signed in, and still works on the course."""
    # Only a look: an open wall is no sign of somebody in front of it, and must not keep a session alive.
    person = await session_person(session_secret(request, settings) or "", seen=False)
    if person is None:
        return False
    try:
        await course_of(person, view.course)
    except CourseError:
        return False
    return True


async def _lesson(person: SignedIn, course_id: UUID, lesson_id: UUID) -> tuple[CourseInfo, LessonInfo]:
    course, lesson = await course_of(person, course_id), await lesson_of(person, lesson_id)
    if lesson.course != course.id:
        raise NotFound
    return course, lesson


def _minutes(text: str) -> int:
    minutes = read_number(text)
    return minutes if minutes in MINUTES else USUAL


def board_context(found: Wall, course_id: UUID, lesson_id: UUID) -> dict[str, Any]:
    """What the board's template needs."""
    return {
        "wall": found, "board": board(found), "is_long": is_long, "words": tile_words,
        "state_name": state_name, "states": STATES, "rungs": RUNGS,
        "rung_name": rung_name, "completion": f"/courses/{course_id}/completion", "of_lesson": lesson_id,
        "phones": f"/courses/{course_id}/phones",
    }  # fmt: skip


routes: list[ControllerRouterHandler] = [show, stream]
