"""What the form's scripts are told of a stored picture or video."""

from typing import Any

from courses.media.values import MediaInfo
from portal.media.addresses import media_path
from portal.settings import Settings


def media_told(settings: Settings, info: MediaInfo, poster: MediaInfo | None = None) -> dict[str, Any]:
    """`width` and `height` in pixels, `size` in bytes; `thumb` and `full` are addresses; a new video's `poster` is a picture;
    a long picture can be split into about so many `parts`.
    """
    picture = info.kind == "image"
    return {
        "id": str(info.id),
        "kind": info.kind,
        "name": info.name,
        "thumb": media_path(settings, info, "thumb") if picture else None,
        "full": media_path(settings, info),
        "width": info.width,
        "height": info.height,
        "size": info.size,
        "seconds": info.seconds,
        "parts": info.parts,
        "poster": media_told(settings, poster) if poster else None,
    }
