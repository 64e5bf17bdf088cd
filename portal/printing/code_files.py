"""All codes of a course as files in a zip, drawn and sent by and by."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from zipfile import ZipFile

from courses.errors import Conflict, Message
from courses.exchange.reading.names import slug
from courses.exchange.zip_pipe import ZipPipe, zip_entry
from courses.lessons.links import LinkInfo
from courses.printing.printable import Printable
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


def course_codes(found: Printable, personal: bool) -> list[CodeFile]:
    """A code for each shared lesson, or for each student of it, named by lesson and student.

    Raises Conflict where there is nothing, or too much.
    """
    found.check_codes(personal)
    names = FileNames()
    lessons = [(names.give(slug(lesson.title, "lesson")), found.links[lesson.id]) for lesson in found.shared]
    if not personal:
        return [CodeFile(name, link) for name, link in lessons]
    count = len(lessons) * len(found.students)
    if count > CODES_MAX:
        raise Conflict(
            Message(
                "These are {count} codes; {limit} go into one file. Choose fewer lessons.", count=count, limit=CODES_MAX
            )
        )
    names = FileNames()
    people = [
        (names.give(slug(f"{student.number} {student.name}", "student")), student.seat) for student in found.students
    ]
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
