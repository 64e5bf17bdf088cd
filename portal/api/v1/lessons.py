"""Lessons: write, list, look at, change, delete."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Struct, UnsetType, structs

from courses.catalogue.courses import course_of
from courses.errors import Invalid, Message
from courses.events.done import USUAL, DoneRule
from courses.lessons.authoring import delete_lesson, edit_lesson, lesson_of, lessons_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft, LessonInfo
from courses.signed_in import SignedIn
from portal.api.answers import LessonAnswer, lesson_answer
from portal.api.failures import FAILURES
from portal.platforms import PLATFORMS
from portal.settings import Settings

FIRST_PLATFORMS = ("xiaohongshu",)
#: what the API calls the fields of a draft
NAMES = {"kind": "type", "body": "content", "pictures": "images"}


class Done(Struct, forbid_unknown_fields=True):
    """When it is done: on "any" or "all" of its platforms, or "these"; from "claimed", "linked" or "confirmed" on."""

    which: str = USUAL.which
    platforms: list[str] = []
    rung: str = USUAL.rung


class NewLesson(Struct, forbid_unknown_fields=True):
    """A lesson to write: `type` is "normal" (pictures) or "video", `content` Markdown; `images` … are media ids.

    `declarations` are of "ai", "fiction", "opinion" and "advertising", and "in_text" where the text is to say so, too.
    """

    type: str
    title: str
    content: str = ""
    topics: list[str] = []
    platforms: list[str] = msgspec.field(default_factory=lambda: list(FIRST_PLATFORMS))
    images: list[UUID] = []
    video: UUID | None = None
    cover: UUID | None = None
    declarations: list[str] = []
    done: Done = msgspec.field(default_factory=Done)


class LessonChange(Struct, forbid_unknown_fields=True):
    """What to change; what is not named stays."""

    type: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    topics: list[str] | UnsetType = UNSET
    platforms: list[str] | UnsetType = UNSET
    images: list[UUID] | UnsetType = UNSET
    video: UUID | UnsetType | None = UNSET
    cover: UUID | UnsetType | None = UNSET
    declarations: list[str] | UnsetType = UNSET
    done: Done | UnsetType = UNSET


@post("/courses/{course_id:uuid}/lessons", responses=FAILURES)
async def create(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    data: JSONBody[NewLesson],
) -> LessonAnswer:
    """Write a lesson; it comes with a link for the class."""
    course = await course_of(person, course_id, "write")
    _check_platforms(data.platforms)
    try:
        lesson_id = await create_shared_lesson(person, course.id, _draft(data))
    except Invalid as error:
        raise _in_our_words(error) from error
    return await _answer(settings, await lesson_of(person, lesson_id, "write"))


@get("/courses/{course_id:uuid}/lessons", responses=FAILURES)
async def index(
    person: NamedDependency[SignedIn], settings: NamedDependency[Settings], course_id: FromPath[UUID]
) -> list[LessonAnswer]:
    """The lessons of a course in the order they were made."""
    lessons = await lessons_of((await course_of(person, course_id)).id)
    links = await class_links([lesson.id for lesson in lessons])
    return [lesson_answer(settings, lesson, [links[lesson.id]] if lesson.id in links else []) for lesson in lessons]


@get("/lessons/{lesson_id:uuid}", responses=FAILURES)
async def show(
    person: NamedDependency[SignedIn], settings: NamedDependency[Settings], lesson_id: FromPath[UUID]
) -> LessonAnswer:
    """A lesson of yours."""
    return await _answer(settings, await lesson_of(person, lesson_id))


@patch("/lessons/{lesson_id:uuid}", responses=FAILURES)
async def change(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    lesson_id: FromPath[UUID],
    data: JSONBody[LessonChange],
) -> LessonAnswer:
    """Change what is named; links and printed codes stay good."""
    lesson = await lesson_of(person, lesson_id, "write")
    given = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    _check_platforms(given.get("platforms", []))
    try:
        draft = replace(_draft(structs.replace(_present(lesson), **given)), alts=lesson.draft.alts)
        await edit_lesson(person, lesson, draft)
    except Invalid as error:
        raise _in_our_words(error) from error
    return await _answer(settings, await lesson_of(person, lesson_id, "write"))


@delete("/lessons/{lesson_id:uuid}", responses=FAILURES)
async def remove(person: NamedDependency[SignedIn], lesson_id: FromPath[UUID]) -> None:
    """Put a lesson into the trash; its links say so (410, `lesson_in_trash`)."""
    await delete_lesson(person, await lesson_of(person, lesson_id, "write"))


def _check_platforms(slugs: Sequence[str]) -> None:
    unknown = [slug for slug in slugs if slug not in PLATFORMS]
    if unknown:
        known = ", ".join(PLATFORMS)
        raise Invalid(
            {"platforms": Message("There is no platform {slug}; choose from {known}.", slug=unknown[0], known=known)}
        )


def _draft(lesson: NewLesson) -> LessonDraft:
    return LessonDraft(
        lesson.type, lesson.title, lesson.content, lesson.topics, lesson.platforms,
        lesson.images, lesson.video, lesson.cover, declarations=lesson.declarations,
        done=DoneRule(lesson.done.which, tuple(lesson.done.platforms), lesson.done.rung),
    )  # fmt: skip


def _present(lesson: LessonInfo) -> NewLesson:
    return NewLesson(
        lesson.kind, lesson.title, lesson.body, list(lesson.topics), list(lesson.platforms),
        [picture.id for picture in lesson.pictures], lesson.video.id if lesson.video else None,
        lesson.cover.id if lesson.cover else None, list(lesson.declarations),
        Done(lesson.done.which, list(lesson.done.platforms), lesson.done.rung),
    )  # fmt: skip


def _in_our_words(error: Invalid) -> Invalid:
    return Invalid({NAMES.get(name, name): problem for name, problem in error.fields.items()}, error.message)


async def _answer(settings: Settings, lesson: LessonInfo) -> LessonAnswer:
    links = await class_links([lesson.id])
    return lesson_answer(settings, lesson, list(links.values()))


routes = [create, index, show, change, remove]
