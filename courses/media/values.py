"""A picture or video as it is read, apart from the database and the store that keep it."""

from dataclasses import dataclass
from uuid import UUID


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
