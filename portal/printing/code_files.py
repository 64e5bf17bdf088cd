"""All codes of a course as files in a zip, drawn and sent by and by."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID
from zipfile import ZipFile

from courses.errors import Conflict, Message
from courses.exchange.reading.names import slug
from courses.exchange.zip_pipe import ZipPipe, zip_entry
from courses.lessons.links import LinkInfo, shared_lessons
from courses.students.roster import students_of
from portal.settings import Settings
from portal.sharing.addresses import share_url
from portal.web.downloads import FileNames
from portal.workers.codes import CodeSize, draw_codes
from portal.workers.pool import in_worker

#: codes in one archive; 3 ms each make it a minute and a half of a worker
CODES_MAX = 20_000
#: codes drawn at once, so that sheets and pictures have their turn in between; fewer of large ones
BATCH, BATCH_PIXELS = 200, 60_000_000


@dataclass(frozen=True)
class CodeFile:
    """A code and what its file is called, without an extension."""

    stem: str
    link: LinkInfo
    seat: int | None = None


async def course_codes(course_id: UUID, personal: bool, only: Collection[UUID] = ()) -> list[CodeFile]:
    """A code for each shared lesson, or for each student of it; `only` are lessons that are meant, all where empty.

    Named by lesson and student. Raises Conflict where there is nothing, or too much.
    """
    shared = [pair for pair in await shared_lessons(course_id) if not only or pair[0].id in only]
    if not shared:
        raise Conflict(Message("No lesson of this course has a live link. Issue one on a lesson’s page first."))
    names = FileNames()
    lessons = [(names.give(slug(lesson.title, "lesson")), link) for lesson, link in shared]
    if not personal:
        return [CodeFile(name, link) for name, link in lessons]
    students = await students_of(course_id)
    if not students:
        raise Conflict(Message("Personal slips need students. Add them to the course’s list first."))
    if len(lessons) * len(students) > CODES_MAX:
        count = len(lessons) * len(students)
        raise Conflict(
            Message(
                "These are {count} codes; {limit} go into one file. Choose fewer lessons.", count=count, limit=CODES_MAX
            )
        )
    names = FileNames()
    people = [(names.give(slug(f"{student.number} {student.name}", "student")), student.seat) for student in students]
    return [CodeFile(f"{folder}/{name}", link, seat) for folder, link in lessons for name, seat in people]


async def codes_zip(settings: Settings, files: Sequence[CodeFile], size: CodeSize) -> AsyncIterator[bytes]:
    """The archive in pieces, one batch in memory at a time; what `size` makes of the first code has been checked.

    Raises WorkFailed.
    """
    pipe = ZipPipe()
    step = max(1, min(BATCH, BATCH_PIXELS // max(1, round(size.side / 25.4 * size.dpi) ** 2)))
    with ZipFile(pipe, "w") as archive:
        for start in range(0, len(files), step):
            batch = files[start : start + step]
            urls = [share_url(settings, file.link, file.seat) for file in batch]
            for file, data in zip(batch, await in_worker(draw_codes, urls, size), strict=True):
                archive.writestr(zip_entry(f"{file.stem}.{size.format}", packed=size.format == "svg"), data)
            yield pipe.take()
    yield pipe.take()
