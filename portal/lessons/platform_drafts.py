"""A lesson as a platform gets it."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from courses.errors import Invalid, Message
from courses.lessons.drafts import BODY_LENGTH
from courses.lessons.values import LessonDraft, LessonInfo
from courses.media.values import MediaInfo
from courses.texts import trimmed
from portal.lessons.published_text import published
from portal.media.addresses import media_url
from portal.platforms import Draft, Picture, Platform, Video
from portal.platforms.declarations import with_declared
from portal.settings import Settings


def draft_of(lesson: LessonInfo, settings: Settings) -> Draft:
    """The lesson with its text as it will be published and absolute addresses that need no cookie."""
    text = published(lesson.body)
    return Draft(
        id=str(lesson.id),
        type=lesson.kind,
        title=lesson.title,
        content=with_declared(text.text, lesson.declarations),
        topics=lesson.topics,
        images=tuple(_picture(settings, picture) for picture in lesson.pictures),
        video=_video(settings, lesson.video) if lesson.video else None,
        cover=_picture(settings, lesson.cover) if lesson.cover else None,
        source=lesson.body,
        linked=with_declared(text.linked, lesson.declarations) if text.addresses else "",
        declarations=lesson.declarations,
    )


def draft_typed(draft: LessonDraft, known: Mapping[UUID, MediaInfo], settings: Settings) -> Draft:
    """As it would be if it were saved now; media that are not in `known` are left out."""
    body = trimmed(draft.body.replace("\r\n", "\n"))
    # What is too long to be saved is not worth the time to read its Markdown.
    text, rest = published(body[:BODY_LENGTH]), body[BODY_LENGTH:]
    return Draft(
        id="",
        type=draft.kind,
        title=" ".join(draft.title.split()),
        content=with_declared(text.text + rest, draft.declarations),
        topics=tuple(draft.topics),
        images=tuple(_picture(settings, known[picture]) for picture in draft.pictures if picture in known),
        video=_video(settings, known[draft.video]) if draft.video and draft.video in known else None,
        cover=_picture(settings, known[draft.cover]) if draft.cover and draft.cover in known else None,
        source=body,
        linked=with_declared(text.linked + rest, draft.declarations) if text.addresses else "",
        declarations=tuple(draft.declarations),
    )


def _picture(settings: Settings, info: MediaInfo) -> Picture:
    return Picture(media_url(settings, info), info.format, info.width, info.height, info.size)


def _video(settings: Settings, info: MediaInfo) -> Video:
    # An upload becomes an MP4 with H.264 or is refused: courses/media/videos.py.
    return Video(media_url(settings, info), info.format, "h264", info.width, info.height, info.size, info.seconds or 0)


def first_platform(lesson: LessonInfo, platforms: Mapping[str, Platform]) -> Platform | None:
    """The adapter of the platform that the lesson prefers; None while there is none for it."""
    return next((platforms[slug] for slug in lesson.platforms if slug in platforms), None)


def asked_platform(lesson: LessonInfo, platforms: Mapping[str, Platform], slug: str) -> Platform | None:
    """The adapter of the platform that is asked for, "" for the lesson's first. Raises Invalid where it is not chosen."""
    if not slug:
        return first_platform(lesson, platforms)
    if slug not in lesson.platforms or slug not in platforms:
        raise Invalid({"platform": Message("This lesson does not go to this platform.")})
    return platforms[slug]


def chosen_platforms(slugs: Iterable[str], platforms: Mapping[str, Platform]) -> list[Platform]:
    """The adapters of the platforms that a lesson is for."""
    return [platforms[slug] for slug in slugs if slug in platforms]
