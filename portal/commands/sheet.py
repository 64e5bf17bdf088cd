"""Write a course's sheet."""

import os
import tempfile
from argparse import Namespace
from pathlib import Path

import httpx

from courses.catalogue.courses import CourseHead, find_course
from courses.database import close_database, open_database, use_database
from courses.errors import Invalid, NotFound
from courses.printing.printable import Printable, printable
from courses.printing.unchecked import note_unchecked
from portal import rehearsal
from portal.i18n import use_language
from portal.platforms import build
from portal.preflight.gate import left_out
from portal.printing.sheets import check_layout, sheet_look
from portal.printing.slips import course_slips
from portal.settings import Settings
from portal.workers.sheets import draw_sheet


async def sheet(settings: Settings, options: Namespace) -> None:
    """The PDF, whole or not at all."""
    try:
        check_layout(options.layout)
    except Invalid as error:
        raise NotFound(error.fields["layout"]) from error
    use_database(settings.database_url, settings.database_limits)
    await open_database()
    try:
        course = await find_course(options.course)
        found = await _checked(settings, course, options)
        data = sheet_pdf(settings, found, course.title, options.layout, options.personal, options.language)
    finally:
        await close_database()
    write_whole(options.out, data)
    print(options.out)


async def _checked(settings: Settings, course: CourseHead, options: Namespace) -> Printable:
    """What is printed. Raises NotPublishable where neither option says what to do; notes what is printed all the same."""
    found, anyway = await printable(course.id), options.unchecked
    async with httpx.AsyncClient() as http:
        platforms = build(rehearsal.stand_in(settings), http)
        refused = await left_out(
            settings, platforms, found.shared, only_publishable=options.only_publishable or anyway
        )  # fmt: skip
    if not anyway:
        return found.without(refused)
    unchecked = [lesson for lesson in found.shared if lesson.id in refused]
    await note_unchecked(None, course.id, unchecked, "portal sheet --unchecked")
    return found


def sheet_pdf(settings: Settings, found: Printable, title: str, layout: str, personal: bool, language: str) -> bytes:
    """The finished sheet of a course of this title. Raises Conflict where it cannot be printed."""
    use_language(language)
    slips = course_slips(settings, found, title, personal, language)
    return draw_sheet(slips, sheet_look(layout, title, language))


def write_whole(path: Path, data: bytes) -> None:
    """A file that is never seen half-written, nor by other accounts: links open with what is on it."""
    descriptor, part = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
