"""A lesson as a platform gets it."""

from courses.authoring import LessonInfo
from portal.markdown import plain_text
from portal.media_addresses import media_url
from portal.platforms import Draft, Platform
from portal.settings import Settings


def draft_of(lesson: LessonInfo, settings: Settings) -> Draft:
    """The lesson with its text as it will be published and absolute addresses that need no cookie."""
    return Draft(
        id=str(lesson.id),
        type=lesson.kind,
        title=lesson.title,
        content=plain_text(lesson.body),
        topics=lesson.topics,
        images=tuple(media_url(settings, picture) for picture in lesson.pictures),
        video=media_url(settings, lesson.video) if lesson.video else None,
        cover=media_url(settings, lesson.cover) if lesson.cover else None,
    )


def first_platform(lesson: LessonInfo, platforms: dict[str, Platform]) -> Platform | None:
    """The adapter of the platform that the lesson prefers; None while there is none for it."""
    return next((platforms[slug] for slug in lesson.platforms if slug in platforms), None)
