"""Write a course's sheet."""

import os
import tempfile
from argparse import Namespace
from pathlib import Path

from courses.catalogue import CourseHead, find_course
from courses.database import close_database, open_database, use_database
from courses.errors import Message, NotFound
from portal.i18n import use_language
from portal.settings import Settings
from portal.slips import course_slips
from print.layouts import LAYOUTS
from print.sheets import render


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
        data = await sheet_pdf(settings, course, options.layout, options.personal, options.language)
    finally:
        await close_database()
    write_whole(options.out, data)
    print(options.out)


async def sheet_pdf(settings: Settings, course: CourseHead, layout: str, personal: bool, language: str) -> bytes:
    """The finished sheet. Raises what the slips and the layout refuse."""
    use_language(language)
    slips = await course_slips(settings, course.id, course.title, personal, language)
    return render(slips, LAYOUTS[layout], title=course.title, language=language)


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
