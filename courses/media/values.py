"""A picture or video as it is read, apart from the database and the store that keep it."""

from dataclasses import dataclass
from uuid import UUID

#: how many times as high as wide a picture is that is read from top to bottom, as a screenshot of a whole page
LONG = 2.5
#: of a part of a long picture, height by width: from 2:1 to 3:4, which is what the strictest of the platforms shows whole
PART_LEAST, PART_MOST = 1 / 2, 4 / 3


@dataclass(frozen=True)
class MediaInfo:
    """A stored picture or video: `kind` is "image" or "video", `size` in bytes, `width` and `height` in pixels."""

    id: UUID
    course: UUID
    kind: str
    sha256: str
    format: str
    width: int
    height: int
    size: int
    seconds: float | None
    name: str
    #: of a picture: a few pixels as a data: address, "" where there is none
    blur: str = ""
    #: of a picture in a lesson: what it shows
    alt: str = ""

    @property
    def long(self) -> bool:
        """As `is_long`."""
        return is_long(self.width, self.height)

    @property
    def parts(self) -> int:
        """About how many pictures a long one can be split into; 0 of another, and of a video."""
        return parts_guessed(self.width, self.height) if self.kind == "image" and self.long else 0


def is_long(width: int, height: int) -> bool:
    """Whether a picture of so many pixels is read from top to bottom, so that its width says how legible it is."""
    return height > LONG * width


def parts_guessed(width: int, height: int) -> int:
    """How many parts a picture of so many pixels has at least when it is split."""
    return max(2, -(-height // max(1, int(PART_MOST * width))))
