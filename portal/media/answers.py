"""What the form's scripts are told of a stored picture or video."""

from typing import Any

from courses.media.conversions import Conversion
from courses.media.library import media_of
from courses.media.values import MediaInfo
from portal.i18n import say
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


def conversion_told(waiting: Conversion, media: dict[str, Any] | None = None) -> dict[str, Any]:
    """`state` is "queued", "working", "done" or "failed", `problem` why in the latter case; `media` is what was made."""
    return {
        "id": str(waiting.id),
        "name": waiting.name,
        "state": waiting.state,
        "percent": waiting.percent,
        "problem": say(waiting.problem) if waiting.problem else "",
        "media": media,
    }


async def conversion_result(settings: Settings, waiting: Conversion) -> dict[str, Any]:
    """As `conversion_told`, with the video and its poster."""
    known = await media_of(waiting.course, [each for each in (waiting.media, waiting.poster) if each is not None])
    video, poster = (
        known.get(waiting.media) if waiting.media else None,
        known.get(waiting.poster) if waiting.poster else None,
    )
    return conversion_told(waiting, media_told(settings, video, poster) if video else None)
