"""A stored picture made anew in a form that a platform takes; the one it is made of stays. Runs in a worker process."""

from collections.abc import Collection
from dataclasses import dataclass

from PIL import Image

from courses.errors import MediaRefused, Message
from courses.media.pictures import PreparedPicture, decoded, picture_variants
from courses.media.values import is_long

SIDE_MIN = 16
#: pixels across, below which the text of a long picture is hard to read on a phone
LEGIBLE_WIDTH = 600


@dataclass(frozen=True)
class Room:
    """What there is room for: formats as they are stored, and bytes and pixels at most; None is no limit."""

    formats: Collection[str]
    bytes: int | None = None
    width: int | None = None
    longest_side: int | None = None


def fit_picture(data: bytes, room: Room) -> PreparedPicture:
    """Convert to JPEG where the format is not taken, then reduce until it fits. Raises MediaRefused."""
    picture, source = decoded(data)
    form = {"PNG": "png", "WEBP": "webp"}.get(source, "jpeg")
    if form not in room.formats:
        form = "jpeg"
    picture = _reduced(picture, min(_part(room.width, picture.width), _part_of_side(room, *picture.size)))
    while min(picture.size) >= SIDE_MIN:
        prepared = picture_variants(_opaque(picture) if form == "jpeg" else picture, form)
        if prepared.format not in room.formats:
            break
        size = len(prepared.full)
        if room.bytes is None or size <= room.bytes:
            return prepared
        if form != "jpeg" and "jpeg" in room.formats:
            form = "jpeg"
        else:
            # Bytes grow with the area, and a little more is taken off so that the loop ends soon.
            picture = _reduced(picture, (room.bytes / size) ** 0.5 * 0.95)
    raise MediaRefused(Message("This picture cannot be made small enough. Choose another one."))


def _part_of_side(room: Room, width: int, height: int) -> float:
    """Never so small that a long picture cannot be read: it should be split instead."""
    part = _part(room.longest_side, max(width, height))
    return max(part, _part(LEGIBLE_WIDTH, width)) if is_long(width, height) else part


def _part(most: int | None, value: int) -> float:
    return 1.0 if most is None else min(1.0, most / value)


def _reduced(picture: Image.Image, factor: float) -> Image.Image:
    if factor >= 1:
        return picture
    # Rounded down, as the limit is one.
    size = max(1, int(picture.width * factor)), max(1, int(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _opaque(picture: Image.Image) -> Image.Image:
    """On white, as JPEG knows nothing that one can see through."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground
