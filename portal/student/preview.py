"""The student's page of a lesson that is being written: the same templates, and nothing is counted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import MediaType, Request, Response
from markupsafe import Markup

from courses.catalogue.courses import CourseInfo
from courses.clock import now
from courses.events.done import USUAL
from courses.lessons.drafts import BODY_LENGTH, TITLE_LENGTH, TOPIC_LENGTH, TOPICS
from courses.lessons.values import LessonDraft, LessonInfo
from courses.media.values import MediaInfo
from courses.texts import trimmed
from portal.i18n import language
from portal.lessons.platform_drafts import draft_of, first_platform
from portal.platforms import Platform
from portal.platforms.declarations import steps
from portal.settings import Settings
from portal.student.lesson_page import copied_texts, same_for_all
from portal.student.looks import OWN, Looks
from portal.web.forms import no_errors
from portal.web.fragments import template_of


def preview_answer(
    request: Request[Any, Any, Any],
    settings: Settings,
    platforms: Mapping[str, Platform],
    course: CourseInfo,
    draft: LessonDraft,
    known: Mapping[UUID, MediaInfo],
) -> Response[str]:
    """The whole page as a phone gets it that has scanned the code and is known; media not in `known` are left out."""
    lesson = _as_saved(course, draft, known)
    platform = first_platform(lesson, platforms)
    slug = platform.slug if platform else next(iter(lesson.platforms), "")
    ready = (
        platform is not None and platform.configured and (platform.launch != "js_sdk" or platform.sdk_url is not None)
    )
    shared = {
        "lesson": lesson,
        **copied_texts(draft_of(lesson, settings), platform),
        "platform_name": platform.names[language()] if platform else slug,
        "declaring": steps(platform.declarations, lesson.declarations) if platform else None,
        "launch": platform.launch if platform and ready else "assist",
        "open_app": platform.app_url if platform else "",
        "sdk": platform.sdk_url if platform is not None and ready else None,
        "app": None,
    }
    page: dict[str, Any] = {
        "platform": platform, "platform_slug": slug, "public_id": "", "typed_address": "", "spoken_code": "",
        "values": {}, "errors": no_errors(), "published": False, "preview": True,
        "several": len(lesson.platforms) > 1, **dict.fromkeys(OWN, ""),
    }  # fmt: skip
    parts: dict[str, Markup] = same_for_all(request, shared)
    template = template_of(request, "student/lesson/show.html")
    return Response(template.render(Looks()._asdict() | shared | page | parts), media_type=MediaType.HTML)


def _as_saved(course: CourseInfo, draft: LessonDraft, known: Mapping[UUID, MediaInfo]) -> LessonInfo:
    """The lesson as it would be if it were saved now. What is too long to be saved is cut: it is not worth the time."""
    body = trimmed(draft.body[:BODY_LENGTH].replace("\r\n", "\n"))
    return LessonInfo(
        UUID(int=0), course.id, course.title, draft.kind, " ".join(draft.title[:TITLE_LENGTH].split()), body,
        tuple(topic[:TOPIC_LENGTH] for topic in draft.topics[:TOPICS]), tuple(draft.platforms),
        tuple(
            _described(known[picture], draft.alts.get(picture, "")) for picture in draft.pictures if picture in known
        ),
        known.get(draft.video) if draft.video else None, known.get(draft.cover) if draft.cover else None, now(), now(),
        declarations=tuple(draft.declarations),
        done=draft.done if draft.done.known else USUAL,
    )  # fmt: skip


def _described(picture: MediaInfo, alt: str) -> MediaInfo:
    return replace(picture, alt=alt) if alt else picture
