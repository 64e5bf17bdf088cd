"""One lesson of a course: delete, undo, preview."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from courses.catalogue.courses import course_of
from courses.lessons.authoring import delete_lesson, lesson_of
from courses.signed_in import SignedIn
from portal.platforms import Platform
from portal.preflight.verdicts import verdicts_on
from portal.settings import Settings
from portal.workers.threads import in_thread


@post("/lessons/{lesson_id:uuid}/deletion", status_code=303, include_in_schema=False)
async def delete(person: NamedDependency[SignedIn], lesson_id: FromPath[UUID]) -> Redirect:
    """Into the trash; the notice offers to undo it."""
    lesson = await lesson_of(person, lesson_id, "write", deleted=True)
    await delete_lesson(person, lesson)
    return Redirect(
        f"/courses/{lesson.course}", query_params={"done": "deleted", "lesson": str(lesson.id)}, status_code=303
    )


@post("/lessons/{lesson_id:uuid}/restoration", status_code=303, include_in_schema=False)
async def restore(person: NamedDependency[SignedIn], lesson_id: FromPath[UUID]) -> Redirect:
    """Back from the trash, with its links."""
    lesson = await lesson_of(person, lesson_id, "write", deleted=True)
    await delete_lesson(person, lesson, deleted=False)
    return Redirect(
        f"/courses/{lesson.course}", query_params={"done": "restored", "lesson": str(lesson.id)}, status_code=303
    )


@get("/lessons/{lesson_id:uuid}/preview", include_in_schema=False)
async def preview(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    lesson_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Template:
    """What a student will see, what will be published, and what each platform would say to it."""
    lesson = await lesson_of(person, lesson_id)
    course = await course_of(person, lesson.course)
    context = {
        "person": person,
        "lesson": lesson,
        "verdicts": await in_thread(verdicts_on, settings, platforms, lesson),
        "repairs": f"/lessons/{lesson.id}/repairs" if course.may("write") else None,
        "done": done,
    }
    return Template("lessons/editor/preview.html", context=context)


routes = [delete, restore, preview]
