"""A lesson for programs: the draft as it was written, and the hand-over to the platform's app."""

from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation

from courses.lessons.values import LessonInfo
from portal.i18n import gettext as _
from portal.i18n import say
from portal.lessons.long_bodies import read_body
from portal.lessons.platform_drafts import asked_platform, draft_of
from portal.media.addresses import media_url
from portal.parts import Parts
from portal.platforms import Draft, Handoff, Platform, PlatformFailure
from portal.preflight import refusals
from portal.rehearsal.at_link import platforms_at
from portal.settings import Settings
from portal.student.visits import open_visit
from portal.web.errors import error_body

BY_HAND = "Here you publish by hand: copy the text and save the pictures."


@get("/api/post/preview/{reference:str}", include_in_schema=False)
async def preview(
    request: Request[Any, Any, Any], reference: FromPath[str], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """The draft; `reference` is a share token, or the public id with the link's cookie, or with a page's handle as `as`."""
    visit = await open_visit(request, settings, reference, _handle(request))
    await read_body(visit.card.lesson.body)
    return _json(draft_body(visit.card.lesson, settings))


@get("/api/post/publish/{reference:str}", include_in_schema=False)
async def publish(
    request: Request[Any, Any, Any],
    reference: FromPath[str],
    parts: NamedDependency[SkipValidation[Parts]],
    platform: FromQuery[str] = "",
) -> Response[bytes]:
    """What the tap does on the lesson's first platform, or on the one that is asked for: signed for one tap.

    Where the platform has no keys or fails, the answer is how to publish by hand, and why. 409 where the draft is not
    publishable; 422 where the lesson does not go to this platform. With a page's handle as `as` it is for who has that page.
    """
    settings = parts.settings
    visit = await open_visit(request, settings, reference, _handle(request))
    at_link = await platforms_at(settings, parts.platforms, visit.card.link.id)
    asked = asked_platform(visit.card.lesson, at_link, platform)
    if asked is None:
        return _json(error_body("assist", _(BY_HAND)), 409)
    await read_body(visit.card.lesson.body)
    draft = draft_of(visit.card.lesson, settings)
    problems = [say(finding.message) for finding in refusals(draft, asked)]
    if problems:
        body = error_body("not_publishable", problems[0])
        body["error"]["reasons"] = problems
        return _json(body, 409)
    handoff = await hand_over(asked, draft, f"{settings.public_url}/l/{visit.card.link.code}")
    if handoff.share:
        lesson, link = visit.card.lesson.id, visit.card.link.id
        with parts.quotas.keeping(request, visit):
            await parts.handovers.remember(asked.slug, handoff.share, link, lesson, visit.student_id, visit.device)
    return _json(handoff_body(asked, handoff), 200)


async def hand_over(platform: Platform, draft: Draft, back: str) -> Handoff:
    """The platform's own way, or by hand where it fails."""
    try:
        return await platform.handoff(draft, back)
    except PlatformFailure as failure:
        return platform.assisted(draft, "refused" if failure.permanent else "token", failure.message)


def handoff_body(platform: Platform, handoff: Handoff) -> dict[str, Any]:
    """`{"data", "shareInfo"}` for a share script; others say how they are launched, and with which address."""
    if handoff.launch == "js_sdk":
        return {"data": handoff.verify_config, "shareInfo": handoff.share_info}
    body: dict[str, Any] = {"platform": platform.slug, "launch": handoff.launch, "shareInfo": handoff.share_info}
    if handoff.launch == "assist":
        return body | {"reason": handoff.reason, "message": _(handoff.message or BY_HAND)}
    return body | {"url": handoff.url, "urls": handoff.urls or {"mobile": handoff.url}}


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


def _handle(request: Request[Any, Any, Any]) -> str:
    handle: str = request.query_params.get("as", "")
    return handle


def _json(body: dict[str, Any], status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)


routes = [preview, publish]
