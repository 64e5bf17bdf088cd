"""Courses as files to download: the archive, and the list of lessons."""

from collections.abc import Sequence
from uuid import UUID

from litestar import Response
from litestar.response import Stream
from obstore.store import ObjectStore

from courses.catalogue.courses import CourseInfo
from courses.errors import NotFound
from courses.exchange.reading.found import FoundCourse
from courses.exchange.reading.lesson_csv import lessons_csv
from courses.exchange.writing import archive_chunks
from courses.lessons.authoring import lessons_by_id
from courses.lessons.values import LessonInfo
from portal.exchange.importing import present_lessons
from portal.settings import Settings
from portal.web.downloads import disposition
from portal.web.large_answers import LargeAnswers
from portal.workers.threads import in_thread


async def archive_answer(
    answers: LargeAnswers,
    who: UUID,
    store: ObjectStore,
    settings: Settings,
    course: CourseInfo,
    chosen: Sequence[UUID] | None,
) -> Response[bytes] | Stream:
    """The zip, sent as it is made. Raises Busy, and NotFound when none of the chosen lessons is there."""
    head = FoundCourse(course.title, course.term, course.description)
    chunks = archive_chunks(store, settings.keyring, head, await _lessons(course, chosen))
    name = disposition(course.title, "zip", fallback="course")
    return await answers.answer(who, chunks, "application/zip", {"Content-Disposition": name})


async def list_answer(course: CourseInfo, chosen: Sequence[UUID] | None) -> Response[bytes]:
    """The CSV. Raises NotFound when none of the chosen lessons is there."""
    name = disposition(course.title, "csv", fallback="lessons")
    data = await in_thread(lessons_csv, await _lessons(course, chosen))
    return Response(data, media_type="text/csv", headers={"Content-Disposition": name})


async def _lessons(course: CourseInfo, chosen: Sequence[UUID] | None) -> list[LessonInfo]:
    if not chosen:
        return await present_lessons(course.id)
    found = await lessons_by_id(course.id, list(chosen))
    if not found:
        raise NotFound
    return found
