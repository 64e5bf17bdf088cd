"""Write and change a lesson."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect, Template
from obstore.store import ObjectStore

from courses.authoring import LessonInfo, edit_lesson, lesson_of
from courses.catalogue import CourseInfo, course_of
from courses.drafts import checked_draft
from courses.errors import Invalid
from courses.links import create_shared_lesson
from courses.media import media_of
from courses.people import SignedIn
from portal.forms import errors_of, no_errors
from portal.lesson_fields import FileProblem, LessonFields, draft_from, fields_of, keep_uploads, read_fields
from portal.multipart import multipart_form
from portal.platforms import Platform
from portal.uploads import UPLOAD_LIMIT


@get("/courses/{course_id:uuid}/lessons/new", include_in_schema=False)
async def new(
    person: NamedDependency[SignedIn], platforms: NamedDependency[dict[str, Platform]], course_id: FromPath[UUID]
) -> Template:
    """The empty form."""
    return await _page(person, platforms, await course_of(person, course_id, "write"), None, LessonFields())


@post(
    "/courses/{course_id:uuid}/lessons",
    status_code=303,
    request_max_body_size=UPLOAD_LIMIT,
    include_in_schema=False,
)
async def create(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    platforms: NamedDependency[dict[str, Platform]],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
) -> Redirect | Template:
    """Make a lesson with its link; or give the form back with all that was in it."""
    course = await course_of(person, course_id, "write")
    fields, problems = await _received(request, course.id, store)
    try:
        draft = await checked_draft(course.id, draft_from(fields))
    except Invalid as error:
        return await _page(person, platforms, course, None, fields, error, problems)
    if problems:
        return await _page(person, platforms, course, None, fields, None, problems)
    lesson = await create_shared_lesson(person, course.id, draft)
    return Redirect(f"/lessons/{lesson}", query_params={"done": "created"}, status_code=303)


@get("/lessons/{lesson_id:uuid}/edit", include_in_schema=False)
async def edit(
    person: NamedDependency[SignedIn], platforms: NamedDependency[dict[str, Platform]], lesson_id: FromPath[UUID]
) -> Template:
    """The form with the lesson in it."""
    lesson = await lesson_of(person, lesson_id, "write")
    return await _page(person, platforms, await course_of(person, lesson.course, "write"), lesson, fields_of(lesson))


@post("/lessons/{lesson_id:uuid}", status_code=303, request_max_body_size=UPLOAD_LIMIT, include_in_schema=False)
async def update(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    platforms: NamedDependency[dict[str, Platform]],
    store: NamedDependency[SkipValidation[ObjectStore]],
    lesson_id: FromPath[UUID],
) -> Redirect | Template:
    """Change a lesson; its links and printed codes stay good."""
    lesson = await lesson_of(person, lesson_id, "write")
    course = await course_of(person, lesson.course, "write")
    fields, problems = await _received(request, course.id, store)
    try:
        draft = await checked_draft(course.id, draft_from(fields))
    except Invalid as error:
        return await _page(person, platforms, course, lesson, fields, error, problems)
    if problems:
        return await _page(person, platforms, course, lesson, fields, None, problems)
    await edit_lesson(person, lesson, draft)
    return Redirect(f"/lessons/{lesson.id}", query_params={"done": "saved"}, status_code=303)


async def _received(
    request: Request[Any, Any, Any], course_id: UUID, store: ObjectStore
) -> tuple[LessonFields, list[FileProblem]]:
    async with multipart_form(request) as (form, uploads):
        return await keep_uploads(read_fields(form), uploads, course_id, store)


async def _page(
    person: SignedIn,
    platforms: dict[str, Platform],
    course: CourseInfo,
    lesson: LessonInfo | None,
    fields: LessonFields,
    error: Invalid | None = None,
    problems: list[FileProblem] | None = None,
) -> Template:
    known = await media_of(course.id, fields.media)
    context = {
        "person": person,
        "course": course,
        "lesson": lesson,
        "fields": fields,
        "pictures": [known[identity] for identity in fields.pictures if identity in known],
        "cover": known.get(fields.cover) if fields.cover else None,
        "video": known.get(fields.video) if fields.video else None,
        "poster": known.get(fields.poster) if fields.poster else None,
        "values": {"title": fields.title, "body": fields.body, "topics": fields.topics},
        "errors": errors_of(error) if error else no_errors(),
        "problems": problems or [],
        "platforms": platforms,
    }
    return Template("lessons/form.html", context=context, status_code=422 if error or problems else 200)


routes = [new, create, edit, update]
