"""What platforms tell the portal: signed by them, counted once."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from courses.clock import now
from courses.errors import Message, NotFound
from courses.events.ladder import Report
from courses.webhooks.handovers import handover_of
from portal.i18n import gettext as _
from portal.parts import Parts
from portal.platforms.protocol import PublishWebhook, WebhookRefused
from portal.web.errors import error_body

BODY_LIMIT = 64 << 10  # bytes


@post("/api/webhooks/{slug:str}", status_code=200, request_max_body_size=BODY_LIMIT, include_in_schema=False)
async def receive(
    request: Request[Any, Any, Any], slug: FromPath[str], parts: NamedDependency[SkipValidation[Parts]]
) -> Response[bytes]:
    """401 for what the platform did not sign. A share that is none of ours is taken and counts nothing."""
    platform = parts.platforms.get(slug)
    if platform is None or not isinstance(platform, PublishWebhook):
        raise NotFound(Message("There is nothing at this address."))
    try:
        news = platform.read_webhook(request.headers, await request.body())
    except WebhookRefused:
        return _json(error_body("not_signed", _("The platform did not sign this.")), 401)
    if news.challenge is not None:
        return _json({"challenge": news.challenge}, 200)
    share = await handover_of(slug, news.share) if news.published else None
    if share is None:
        return _json({"recorded": 0, "known": 0}, 200)
    moment = now()
    report = Report(
        lesson=share.lesson, kind="confirm", platform=slug, at=moment, received_at=moment,
        id=uuid5(NAMESPACE_URL, f"webhook:{slug}:{news.id}"), link=share.link, student=share.student, device=share.device,
        detail={"by": "webhook", **news.detail},
    )  # fmt: skip
    recorded = await parts.journal.record([report])
    return _json({"recorded": recorded.recorded, "known": recorded.known}, 200)


def _json(body: dict[str, Any], status: int) -> Response[bytes]:
    return Response(msgspec.json.encode(body), status_code=status, media_type=MediaType.JSON)


routes = [receive]
