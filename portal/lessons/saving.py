"""Saves that are sent again: after a lost answer, with the browser's "back", out of what a device kept."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import MediaType, Response

from courses.clock import now
from courses.errors import NotFound
from courses.lessons.authoring import edit_lesson, lesson_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.revisions import number_of, revision_of, saved_lesson
from courses.lessons.values import LessonDraft, LessonInfo
from courses.signed_in import SignedIn
from portal.lessons.fields import LessonFields


async def create_once(person: SignedIn, course: UUID, draft: LessonDraft, save: UUID | None) -> tuple[UUID, int]:
    """Make a lesson, or find the one that this save has made; its id and version.

    Other words under a known save are a change of that lesson. Raises EditConflict.
    """
    made = await create_shared_lesson(person, course, draft, save=save)
    version = (await number_of(made, save) if save else None) or 1
    if save is not None and (await revision_of(made, version)).draft.encoded() != draft.encoded():
        version = await edit_lesson(person, await lesson_of(person, made, "write"), draft, base=version)
    return made, version


async def restored(
    person: SignedIn, course: UUID, lesson: LessonInfo | None, fields: LessonFields
) -> tuple[LessonInfo | None, LessonFields]:
    """What a device kept, on top of the version that its own last save made, if that save has arrived after all."""
    if lesson is None and fields.save is not None:
        made = await saved_lesson(course, fields.save)
        try:
            lesson = await lesson_of(person, made, "write") if made else None
        except NotFound:
            lesson = None
    arrived = await number_of(lesson.id, fields.save) if lesson and fields.save else None
    return lesson, replace(fields, save=None, base=arrived or fields.base)


def saved_answer(lesson: UUID, version: int) -> Response[Any]:
    """What the editor is told of its save."""
    body = {
        "lesson": str(lesson),
        "version": version,
        "saved_at": now().isoformat(timespec="seconds"),
        "edit_url": f"/lessons/{lesson}/edit",
    }
    return Response(body, status_code=200, media_type=MediaType.JSON)
