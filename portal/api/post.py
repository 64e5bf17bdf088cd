"""A lesson for programs: the draft as it was written, and the hand-over to the platform's app."""

from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from courses.authoring import LessonInfo
from portal.drafts import draft_of, first_platform
from portal.errors import error_body
from portal.i18n import gettext as _
from portal.i18n import say
from portal.media_addresses import media_url
from portal.platforms import Platform, PlatformFailure
from portal.preflight import refusals
from portal.settings import Settings
from portal.visits import open_visit


@get("/api/post/preview/{reference:str}", include_in_schema=False)
async def preview(
    request: Request[Any, Any, Any], reference: FromPath[str], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """The draft; `reference` is a share token, or the public id with the link's cookie."""
    visit = await open_visit(request, settings, reference)
    return _json(draft_body(visit.card.lesson, settings))


@get("/api/post/publish/{reference:str}", include_in_schema=False)
async def publish(
    request: Request[Any, Any, Any],
    reference: FromPath[str],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
) -> Response[bytes]:
    """What the share script is called with: signed for one tap.

    409 where the draft is not publishable, or where the platform has no keys; 503 with the platform's words.
    """
    visit = await open_visit(request, settings, reference)
    platform = first_platform(visit.card.lesson, platforms)
    if platform is None or not platform.configured:
        return _json(error_body("assist", _("Here you publish by hand: copy the text and save the pictures.")), 409)
    draft = draft_of(visit.card.lesson, settings)
    problems = [say(finding.message) for finding in refusals(draft, platform)]
    if problems:
        body = error_body("not_publishable", problems[0])
        body["error"]["reasons"] = problems
        return _json(body, 409)
    try:
        handoff = await platform.handoff(draft)
    except PlatformFailure as failure:
        return _json(error_body("platform_failed", _(failure.message)), 503)
    return _json({"data": handoff.verify_config, "shareInfo": handoff.share_info}, 200)


def draft_body(lesson: LessonInfo, settings: Settings) -> dict[str, Any]:
    """The draft as programs read it; addresses are absolute and good for a day."""
    pictures = [media_url(settings, picture) for picture in lesson.pictures]
    return {
        "id": str(lesson.id),
        "type": lesson.kind,
        "title": lesson.title,
        "content": lesson.body,
        "coverUrl": media_url(settings, lesson.cover) if lesson.cover else next(iter(pictures), None),
        "imageUrls": pictures,
        "videoUrl": media_url(settings, lesson.video) if lesson.video else None,
        "topics": lesson.topics,
        "createdAt": lesson.created_at,
        "updatedAt": lesson.updated_at,
    }


def _json(body: dict[str, Any], status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)


routes = [preview, publish]
