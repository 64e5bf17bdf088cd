"""What a person sees of the rehearsal: the share script's effects, the composer, and where faults are chosen."""

import asyncio
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.datastructures.cookie import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import TokenInvalid
from courses.tokens import Keyring
from portal.platforms.xiaohongshu import XiaoHongShu
from portal.rehearsal.faults import BROWSER_FAULTS, COOKIE, browser_fault
from portal.rehearsal.shares import note_id, open_share, share_text
from portal.settings import Settings

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


@post("/fault", status_code=303)
async def choose(data: URLEncodedBody[dict[str, str | list[str]]], settings: NamedDependency[Settings]) -> Redirect:
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
async def composer(keyring: NamedDependency[Keyring], share_code: FromQuery[str] = "") -> Template:
    """The app's screen before publishing."""
    try:
        share = open_share(keyring, share_code)
    except TokenInvalid:
        return _unknown()
    limits = XiaoHongShu.limits
    title, body = limits.title.count(share.title), limits.body.count(share.content)
    context = {
        "share": share,
        "code": share_code,
        "limits": limits,
        "title_length": title,
        "body_length": body,
        "too_long": bool(limits.title.length.passed(title) or limits.body.length.passed(body)),
    }
    return Template("rehearsal/composer.html", context=context)


@get("/xiaohongshu/published")
async def published(
    request: Request[Any, Any, Any], keyring: NamedDependency[Keyring], share_code: FromQuery[str] = ""
) -> Template:
    """The app's screen after publishing. Like the real one it tells the portal nothing."""
    try:
        share = open_share(keyring, share_code)
    except TokenInvalid:
        return _unknown()
    note, fault = note_id(share, share_code), browser_fault(request.cookies)
    url = f"https://www.xiaohongshu.com/explore/{note}?xsec_token=rehearsal{note[-8:]}&xsec_source=app_share"
    if fault == "dead-link":
        url = f"http://xhslink.com/m/{note[-11:]}"
    text = None if fault == "no-link" or share.lie else share_text(share, url)
    return Template("rehearsal/published.html", context={"share": share, "text": text})


def _unknown() -> Template:
    return Template("rehearsal/unknown.html", status_code=404, media_type=MediaType.HTML)


routes = [choice, choose, script, composer, published]
