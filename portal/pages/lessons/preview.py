"""The live preview of the editor."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from courses.catalogue.courses import course_of
from courses.media.library import media_of
from courses.signed_in import SignedIn
from portal.lessons.fields import draft_from, read_fields
from portal.platforms import Platform
from portal.settings import Settings
from portal.student.preview import preview_answer
from portal.web.multipart import multipart_form
from portal.workers.threads import in_thread


@post("/courses/{course_id:uuid}/lesson-preview", status_code=200, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
) -> Response[str]:
    """What is typed, as the student's page; nothing is saved or counted."""
    course = await course_of(person, course_id, "write")
    async with multipart_form(request) as (form, _):
        fields = read_fields(form)
    draft, known = draft_from(fields), await media_of(course.id, fields.media)
    # In a thread: a text of 20,000 characters takes 200 ms, and students scan meanwhile.
    return await in_thread(preview_answer, request, settings, platforms, course, draft, known)


routes = [show]
