"""A stored picture turned by quarters and cropped; the one it is made of stays as it is. Runs in a worker process."""

from dataclasses import dataclass

from PIL import Image

from courses.errors import Invalid, Message
from courses.media.pictures import PreparedPicture, decoded, picture_variants

SIDE_MIN = 16
_QUARTERS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True)
class Crop:
    """A part of the turned picture, in pixels of its full size from the top left corner."""

    x: int
    y: int
    width: int
    height: int


def edit_picture(data: bytes, rotate: int, crop: Crop | None) -> PreparedPicture:
    """Turn by `rotate` degrees clockwise (0, 90, 180, 270), then crop. Raises Invalid, MediaRefused."""
    if rotate not in (0, *_QUARTERS):
        raise Invalid({"rotate": Message("A picture is turned by quarters: 0, 90, 180 or 270.")})
    picture, source = decoded(data)
    if rotate:
        picture = picture.transpose(_QUARTERS[rotate])
    if crop is not None:
        picture = picture.crop(_box(crop, *picture.size))
    return picture_variants(picture, "png" if source == "PNG" or picture.mode == "RGBA" else "jpeg")


def _box(crop: Crop, width: int, height: int) -> tuple[int, int, int, int]:
    """Rounding in a browser may pass the edge by a pixel. Raises Invalid."""
    left, top = max(0, crop.x), max(0, crop.y)
    right, bottom = min(width, crop.x + crop.width), min(height, crop.y + crop.height)
    if right - left < min(SIDE_MIN, width) or bottom - top < min(SIDE_MIN, height):
        raise Invalid({"crop": Message("This part is outside the picture, or smaller than 16 pixels.")})
    return left, top, right, bottom
