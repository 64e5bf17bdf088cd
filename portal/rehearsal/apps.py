"""What stands for an app that one opens by hand: what was saved and copied goes in, a share text comes out."""

import asyncio
import time
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.tokens import Keyring
from portal.platforms.links.notes import NAMES
from portal.rehearsal.broken import nothing_opens
from portal.rehearsal.composing import LIMITS, came_from, is_too_long, refusal
from portal.rehearsal.faults import NOTE_FAULTS, SECONDS
from portal.rehearsal.shares import Share, ShareRefused, new_session, path_of, seal_share
from portal.web.forms import Form, one

MOST_BYTES = 64 * 1024
REJECTED = "作品内容不符合规范"


@get("/app/{slug:str}")
async def composer(
    request: Request[Any, Any, Any], slug: FromPath[str], fault: FromQuery[str] = ""
) -> Template | Response[bytes]:
    """The composer as one finds it, with nothing in it."""
    _known(slug)
    await asyncio.sleep(SECONDS.get(fault, 0))
    if fault == "no-app":
        return nothing_opens()
    values = {"title": "", "text": "", "back": came_from(request), "fault": fault if fault in NOTE_FAULTS else ""}
    return _page(slug, values)


@post("/app/{slug:str}", status_code=303, request_max_body_size=MOST_BYTES)
async def publish(
    slug: FromPath[str], data: URLEncodedBody[Form], keyring: NamedDependency[Keyring]
) -> Template | Redirect:
    """The pictures stay in the browser: only that there are some is asked for."""
    _known(slug)
    given = {name: one(data, name).strip() for name in ("title", "text", "back", "fault")}
    back, limits = path_of(given["back"]), LIMITS[slug]
    if not given["title"] and (limits.title.needed or not given["text"]):
        return _page(slug, given, "needed")
    if is_too_long(limits, given["title"], given["text"]):
        return _page(slug, given, "too_long")
    if given["fault"] == "rejected":
        return refusal(slug, REJECTED, back)
    share = Share("normal", given["title"], given["text"], (), None, None, new_session(), back, int(time.time()), slug,
                  fault=given["fault"] if given["fault"] in NOTE_FAULTS else "")  # fmt: skip
    try:
        return Redirect(
            "/rehearsal/published", status_code=303, query_params={"share_code": seal_share(keyring, share)}
        )
    except ShareRefused:
        return _page(slug, given, "too_long")


def _known(slug: str) -> None:
    if slug not in NAMES:
        raise NotFoundException


def _page(slug: str, values: dict[str, str], problem: str = "") -> Template:
    """What was typed stays; `problem` is "needed" or "too_long"."""
    context = {"slug": slug, "app": NAMES[slug], "limits": LIMITS[slug], "values": values, "problem": problem}
    status = 422 if problem else 200
    return Template("rehearsal/app.html", context=context, status_code=status, media_type=MediaType.HTML)


routes = [composer, publish]
