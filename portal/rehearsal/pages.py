"""What a person sees of the rehearsal: where faults are chosen, XiaoHongShu's script, and publishing in any app."""

import asyncio
from pathlib import Path
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures.cookie import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import TokenInvalid
from courses.tokens import Keyring
from portal.platforms.links.notes import NAMES
from portal.rehearsal import composing
from portal.rehearsal.apps import REJECTED
from portal.rehearsal.douyin.webhook import tell_published
from portal.rehearsal.faults import BROWSER_FAULTS, COOKIE, browser_fault
from portal.rehearsal.shares import open_share
from portal.rehearsal.texts import share_text, short_text
from portal.settings import Settings
from portal.web.bodies import FORM_LIMIT
from portal.web.forms import Form, one

SCRIPT = (Path(__file__).parent.parent.parent / "static" / "rehearsal" / "sdk.js").read_text(encoding="utf-8")
LONGEST_HANG = 30.0
HALF_A_DAY = 43_200
BROKEN_SCRIPTS = {
    "throws": 'throw new Error("rehearsal: the share script is broken");',
    "changed": "window.xhs = {};",
    "silent": "window.xhs = { share() {} };",
}


@get("/")
async def choice(request: Request[Any, Any, Any]) -> Template:
    """What should go wrong in this browser."""
    context = {"faults": BROWSER_FAULTS.values(), "chosen": browser_fault(request.cookies)}
    return Template("rehearsal/faults.html", context=context)


@post("/fault", status_code=303, request_max_body_size=FORM_LIMIT)
async def choose(data: URLEncodedBody[Form], settings: NamedDependency[Settings]) -> Redirect:
    """Keeps the choice in this browser alone."""
    fault = browser_fault({COOKIE: str(data.get("fault", "none"))})
    cookie = Cookie(
        key=COOKIE,
        value=fault,
        path="/rehearsal",
        max_age=0 if fault == "none" else HALF_A_DAY,
        secure=settings.https,
        httponly=True,
        samesite="lax",
    )
    return Redirect("/rehearsal", status_code=303, cookies=[cookie])


@get("/xiaohongshu/sdk.js")
async def script(request: Request[Any, Any, Any]) -> Response[str]:
    """The share script, or what this browser gets in its place."""
    ordered = request.query_params.get("fault") == "not-found"  # for everybody at a link
    fault = "not-found" if ordered else browser_fault(request.cookies)
    if fault == "hang":
        await asyncio.sleep(LONGEST_HANG)
    if fault in ("hang", "not-found"):
        return Response("", status_code=404, media_type="text/javascript")
    return Response(BROKEN_SCRIPTS.get(fault, SCRIPT), media_type="text/javascript")


@get("/xiaohongshu/composer")
async def composer(keyring: NamedDependency[Keyring], share_code: FromQuery[str] = "") -> Template | Response[bytes]:
    """The app's screen before publishing."""
    try:
        return composing.composer(keyring, open_share(keyring, share_code), share_code)
    except TokenInvalid:
        return composing.unknown()


@post("/publication", status_code=303, request_max_body_size=FORM_LIMIT)
async def publish(
    data: URLEncodedBody[Form], keyring: NamedDependency[Keyring], settings: NamedDependency[Settings]
) -> Redirect | Template:
    """The tap on Publish in any app. Only Douyin tells the portal of it, and only of shares that have a name."""
    code = one(data, "share_code")
    try:
        share = open_share(keyring, code)
    except TokenInvalid:
        return composing.unknown()
    if share.fault == "rejected":
        return composing.refusal(share.platform, REJECTED, share.back)
    if share.platform == "douyin" and share.state and not share.fault:
        await tell_published(settings, share, code)
    return Redirect("/rehearsal/published", status_code=303, query_params={"share_code": code})


@get("/published")
async def published(
    request: Request[Any, Any, Any], keyring: NamedDependency[Keyring], share_code: FromQuery[str] = ""
) -> Template:
    """The app's screen after publishing. Like the real one it tells the portal nothing."""
    try:
        share = open_share(keyring, share_code)
    except TokenInvalid:
        return composing.unknown()
    # What a browser chose for itself is of XiaoHongShu's script.
    chosen = browser_fault(request.cookies) if share.platform == "xiaohongshu" else "none"
    text = short_text(share, share_code) if chosen == "dead-link" else share_text(share, share_code)
    text = "" if chosen == "no-link" or share.fault == "lie" else text
    context = {"share": share, "slug": share.platform, "app": NAMES[share.platform], "text": text}
    return Template("rehearsal/published.html", context=context)


routes = [choice, choose, script, composer, publish, published]
