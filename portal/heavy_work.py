"""What runs in worker processes. Imports little, as each worker waits for it at its start."""

from pathlib import Path

from courses.errors import Message
from courses.picture_formats import refuse_too_many_bytes
from courses.pictures import PreparedPicture, prepare_picture
from print.layouts import Layout, SheetRefused
from print.sheets import Slip, render


def prepare_picture_file(path: Path) -> PreparedPicture:
    """As `prepare_picture`, from an uploaded file of any size. Raises MediaRefused."""
    refuse_too_many_bytes(path.stat().st_size)
    return prepare_picture(path.read_bytes())


def draw_sheet(slips: list[Slip], layout: Layout, title: str, language: str) -> bytes | Message:
    """The PDF, or why it cannot be printed."""
    try:
        return render(slips, layout, title=title, language=language)
    except SheetRefused as error:
        return Message(error.reason, **error.values)
