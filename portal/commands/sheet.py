"""Write a course's sheet."""

import os
import tempfile
from argparse import Namespace
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

import httpx

from courses.catalogue.courses import CourseHead, find_course
from courses.database import close_database, open_database, use_database
from courses.errors import Conflict, Message, NotFound
from courses.lessons.links import shared_lessons
from courses.printing.unchecked import note_unchecked
from portal import rehearsal
from portal.i18n import use_language
from portal.platforms import build
from portal.preflight.gate import left_out
from portal.printing.sheets import sheet_look
from portal.printing.slips import course_slips
from portal.settings import Settings
from portal.workers.sheets import draw_sheet
from print.layouts import LAYOUTS


async def sheet(settings: Settings, options: Namespace) -> None:
    """The PDF, whole or not at all."""
    if options.layout not in LAYOUTS:
        raise NotFound(
            Message("There is no layout {name}; there are {known}.", name=options.layout, known=", ".join(LAYOUTS))
        )
    use_database(settings.database_url)
    await open_database()
    try:
        course = await find_course(options.course)
        without = await _checked(settings, course, options)
        data = await sheet_pdf(settings, course, options.layout, options.personal, options.language, without)
    finally:
        await close_database()
    write_whole(options.out, data)
    print(options.out)


async def _checked(settings: Settings, course: CourseHead, options: Namespace) -> frozenset[UUID]:
    """The lessons to leave out. Raises NotPublishable where neither option says what to do; notes what is printed anyway."""
    async with httpx.AsyncClient() as http:
        platforms = build(rehearsal.stand_in(settings), http)
        without = await left_out(
            settings, platforms, course.id, only_publishable=options.only_publishable or options.unchecked
        )
        if not options.unchecked:
            return without
        shared = [lesson for lesson, _ in await shared_lessons(course.id) if lesson.id in without]
        await note_unchecked(None, course.id, shared, "portal sheet --unchecked")
        return frozenset()


async def sheet_pdf(
    settings: Settings,
    course: CourseHead,
    layout: str,
    personal: bool,
    language: str,
    without: Collection[UUID] = (),
) -> bytes:
    """The finished sheet, without some lessons. Raises Conflict where it cannot be printed."""
    use_language(language)
    slips = await course_slips(settings, course.id, course.title, personal, language, without)
    drawn = draw_sheet(slips, sheet_look(layout, course.title, language))
    if isinstance(drawn, Message):
        raise Conflict(drawn)
    return drawn


def write_whole(path: Path, data: bytes) -> None:
    """A file that is never seen half-written."""
    descriptor, part = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(part, 0o644)
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
