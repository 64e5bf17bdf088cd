"""Pictures and videos, prepared in worker processes. Imports little, as each worker waits for it at its start."""

from pathlib import Path

from courses.media.formats import refuse_too_many_bytes
from courses.media.picture_edits import Crop, edit_picture
from courses.media.picture_parts import SplitPicture, split_picture
from courses.media.pictures import PreparedPicture, prepare_picture


def prepare_picture_file(path: Path) -> PreparedPicture:
    """As `prepare_picture`, from an uploaded file of any size. Raises MediaRefused."""
    refuse_too_many_bytes(path.stat().st_size)
    return prepare_picture(path.read_bytes())


def edit_picture_file(path: Path, rotate: int, crop: Crop | None) -> PreparedPicture:
    """As `edit_picture`, from a stored file. Raises Invalid, MediaRefused."""
    return edit_picture(path.read_bytes(), rotate, crop)


def split_picture_file(path: Path, room: int) -> SplitPicture:
    """As `split_picture`, from a stored file. Raises Invalid, MediaRefused."""
    return split_picture(path.read_bytes(), room)
