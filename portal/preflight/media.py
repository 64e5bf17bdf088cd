"""Checks of pictures and video: there, not too many, fetchable, in a form that the platform takes."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from courses.errors import Message
from courses.media.picture_fitting import LEGIBLE_WIDTH
from courses.media.values import is_long
from portal.platforms.addresses import is_address
from portal.platforms.limits import Between, Level, PictureLimits, VideoLimits
from portal.platforms.protocol import Draft, Picture, Ruled, Video
from portal.preflight.findings import Finding, Named, by_level

#: pictures are cut to whole pixels
_ROUNDING = 0.01


def media_findings(draft: Draft, platform: Ruled, name: Named) -> Iterator[Finding]:
    """What the lesson's kind needs, and nothing of the other kind."""
    limits = platform.limits
    if draft.type == "video":
        if limits.video is None:
            yield Finding("kind_not_taken", "error", "kind", Message("{platform} takes no videos.", platform=name))
            return
        if draft.images and limits.mixed:
            message = Message("Beside the video the lesson has pictures, which {platform} leaves out.", platform=name)
            yield Finding("media_mixed", limits.mixed, "pictures", message)
        yield from _video(draft, limits.video, name)
    else:
        if limits.pictures is None:
            yield Finding("kind_not_taken", "error", "kind", Message("{platform} takes only videos.", platform=name))
            return
        if draft.video and limits.mixed:
            message = Message("Beside the pictures the lesson has a video, which {platform} leaves out.", platform=name)
            yield Finding("media_mixed", limits.mixed, "video", message)
        yield from _pictures(draft, limits.pictures, name)
    if draft.cover is not None and draft.cover not in draft.images:
        yield from _picture(draft.cover, limits.pictures, "cover", name)
    yield from _reach(draft, platform, name)


def _pictures(draft: Draft, limits: PictureLimits, name: Named) -> Iterator[Finding]:
    count = len(draft.images)
    if not count:
        yield Finding("pictures_missing", "error", "pictures", Message("The lesson has no pictures."))
    if passed := limits.number.passed(count):
        level, most = passed
        values = {"count": count, "platform": name, "limit": most}
        message = by_level(
            level,
            Message("The lesson has {count} pictures; {platform} takes {limit}.", **values),
            Message("The lesson has {count} pictures; as far as we know {platform} may take only {limit}.", **values),
        )
        yield Finding("pictures_too_many", level, "pictures", message)
    for place, picture in enumerate(draft.images):
        where = f"pictures[{place}]"
        yield from _picture(picture, limits, where, name)
        if count > 1 and picture.format in limits.alone:
            message = Message(
                "{platform} takes a {format} only as the one picture of a note.",
                platform=name, format=picture.format.upper(),
            )  # fmt: skip
            yield Finding("picture_not_alone", "error", where, message)
        if picture in draft.images[:place]:
            message = Message("Picture {number} is there twice.", number=place + 1)
            yield Finding("picture_twice", "warning", where, message)


def _picture(picture: Picture, limits: PictureLimits | None, where: str, name: Named) -> Iterator[Finding]:
    if not is_address(picture.url):
        yield Finding("media_unreachable", "error", where, _unreachable(where, name))
    if limits is None:
        return
    if picture.format and picture.format not in limits.formats.taken:
        level, form = limits.formats.level, {"platform": name, "format": picture.format.upper()}
        message = by_level(
            level,
            Message("{platform} takes no {format} pictures.", **form),
            Message("As far as we know {platform} may take no {format} pictures.", **form),
        )
        yield Finding("picture_format", level, where, message, "convert" if "jpeg" in limits.formats.taken else None)
    if passed := limits.bytes.passed(picture.bytes):
        level, most = passed
        values = {"size": f"{picture.bytes / 1e6:.1f}", "platform": name, "limit": f"{most / 1e6:.0f}"}
        message = by_level(
            level,
            Message("The picture has {size} MB; {platform} takes {limit}.", **values),
            Message("The picture has {size} MB; as far as we know {platform} may take only {limit}.", **values),
        )
        yield Finding("picture_too_large", level, where, message, "shrink")
    if picture.width and picture.height:
        yield from _shape(picture, limits, where, name)


def _shape(picture: Picture, limits: PictureLimits, where: str, name: Named) -> Iterator[Finding]:
    size = {"width": picture.width, "height": picture.height, "platform": name}
    longest = max(picture.width, picture.height)
    if _is_too_long(limits.longest_side, picture.width, picture.height):
        message = Message("The picture is too long for {platform}. Split it into several.", platform=name)
        yield Finding("picture_too_big", limits.longest_side.level, where, message)
    elif _above(limits.width, picture.width) or _above(limits.longest_side, longest):
        message = Message("The picture has {width} × {height} pixels, more than {platform} takes.", **size)
        level = limits.width.level if _above(limits.width, picture.width) else limits.longest_side.level
        yield Finding("picture_too_big", level, where, message, "shrink")
    if _below(limits.width, picture.width) or _below(limits.longest_side, longest):
        message = Message("The picture has {width} × {height} pixels; on {platform} it would look blurred.", **size)
        level = limits.width.level if _below(limits.width, picture.width) else limits.longest_side.level
        yield Finding("picture_too_small", level, where, message)
    ratio = picture.width / picture.height
    if _below(limits.ratio, ratio * (1 + _ROUNDING)):
        crops = Message("The picture is so tall that {platform} crops it.", platform=name)
        refuses = Message("The picture is so tall that {platform} may not take it.", platform=name)
        yield Finding("picture_shape", limits.ratio.level, where, crops if limits.cropped else refuses)
    elif _above(limits.ratio, ratio * (1 - _ROUNDING)):
        crops = Message("The picture is so wide that {platform} crops it.", platform=name)
        refuses = Message("The picture is so wide that {platform} may not take it.", platform=name)
        yield Finding("picture_shape", limits.ratio.level, where, crops if limits.cropped else refuses)


def _video(draft: Draft, limits: VideoLimits, name: Named) -> Iterator[Finding]:
    if draft.video is None:
        yield Finding("video_missing", "error", "video", Message("The lesson has no video."))
    else:
        yield from _film(draft.video, limits, name)
    if draft.cover is None and limits.cover:
        yield Finding(
            "cover_missing", limits.cover, "cover", Message("The video has no cover; the app may ask for one.")
        )


def _film(video: Video, limits: VideoLimits, name: Named) -> Iterator[Finding]:
    if not is_address(video.url):
        yield Finding("media_unreachable", "error", "video", _unreachable("video", name))
    if level := _not_taken(video, limits):
        form = {"platform": name, "format": video.format.upper(), "codec": video.codec.upper() or "?"}
        message = by_level(
            level,
            Message("{platform} takes no {format} videos coded as {codec}.", **form),
            Message("As far as we know {platform} may take no {format} videos coded as {codec}.", **form),
        )
        yield Finding("video_format", level, "video", message)
    if passed := limits.seconds.passed(video.seconds):
        level, most = passed
        long = {"minutes": f"{video.seconds / 60:.1f}", "platform": name, "limit": f"{most / 60:g}"}
        message = by_level(
            level,
            Message("The video is {minutes} minutes long; {platform} takes {limit}.", **long),
            Message("The video is {minutes} minutes long; as far as we know {platform} may take only {limit}.", **long),
        )
        yield Finding("video_too_long", level, "video", message)
    if passed := limits.bytes.passed(video.bytes):
        level, most = passed
        large = {"size": f"{video.bytes / 1e6:.0f}", "platform": name, "limit": f"{most / 1e6:.0f}"}
        message = by_level(
            level,
            Message("The video has {size} MB; {platform} takes {limit}.", **large),
            Message("The video has {size} MB; as far as we know {platform} may take only {limit}.", **large),
        )
        yield Finding("video_too_large", level, "video", message)
    if video.width and video.height and _below(limits.shortest_side, min(video.width, video.height)):
        message = Message(
            "The video has {width} × {height} pixels; on {platform} it would look blurred.",
            width=video.width, height=video.height, platform=name,
        )  # fmt: skip
        yield Finding("video_too_small", limits.shortest_side.level, "video", message)


def _not_taken(video: Video, limits: VideoLimits) -> Level | None:
    """How bad its container and codec are together; None where both fit or are not known."""
    found = {
        one.level
        for one, value in ((limits.formats, video.format), (limits.codecs, video.codec))
        if value and value not in one.taken
    }
    return "error" if "error" in found else "warning" if found else None


def _reach(draft: Draft, platform: Ruled, name: Named) -> Iterator[Finding]:
    """The portal's own address is the same for all media, so it is told once."""
    level = platform.limits.private_media
    media: list[Picture | Video] = [*draft.images, *(each for each in (draft.video, draft.cover) if each)]
    if level is None or not platform.configured:
        return
    far = next((each.url for each in media if is_address(each.url) and not platform.fetches(each.url)), None)
    if far is not None:
        message = Message(
            "{platform} fetches media only from a public https:// address; this portal is at {host}.",
            platform=name,
            host=urlsplit(far)._replace(path="", query="", fragment="").geturl(),
        )
        yield Finding("media_private", level, "video" if draft.type == "video" else "pictures", message)


def _unreachable(where: str, name: Named) -> Message:
    if where == "video":
        return Message("{platform} cannot fetch the video: its address must begin with https://.", platform=name)
    if where == "cover":
        return Message("{platform} cannot fetch the cover: its address must begin with https://.", platform=name)
    number = int(where.partition("[")[2][:-1]) + 1
    return Message(
        "{platform} cannot fetch picture {number}: its address must begin with https://.", platform=name, number=number
    )


def _below(bounds: Between, value: float) -> bool:
    return bounds.least is not None and value < bounds.least


def _is_too_long(bounds: Between, width: int, height: int) -> bool:
    """Whether a long picture could not be read any more once it were as small as the platform asks."""
    return bounds.most is not None and is_long(width, height) and width * bounds.most < LEGIBLE_WIDTH * height


def _above(bounds: Between, value: float) -> bool:
    return bounds.most is not None and value > bounds.most
