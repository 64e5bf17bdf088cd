"""Weibo's two share pages, for phones and for desktops: what comes in the address, verified, and the composer."""

import asyncio
import re
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Stream, Template

from courses.tokens import Keyring
from portal.rehearsal.broken import broken, nothing_opens
from portal.rehearsal.composing import came_from, composer, refusal
from portal.rehearsal.faults import NOTE_FAULTS, SECONDS, fault_of
from portal.rehearsal.fetching import Fetcher
from portal.rehearsal.shares import Share, ShareRefused, new_session, path_of
from portal.settings import Settings

SLUG = "weibo"
MOST_TEXT = 2000
#: the parameters of each page
BOTH = {"url", "title", "pic", "appkey", "searchPic", "language", "type", "count"}
PAGES = {"mobile.php": BOTH | {"backurl"}, "share.php": BOTH | {"ralateUid", "dpc"}}
CHOICES = {"searchPic": {"true", "false"}, "language": {"zh_cn", "zh_tw"}}
#: `#name ` as other platforms write topics: on Weibo it is only text
_OPEN = re.compile(r"(?<!\S)#[^\s#]+(?=\s|$)")


@get(["/weibo/mobile.php", "/weibo/share.php"])
async def share_page(
    request: Request[Any, Any, Any],
    settings: NamedDependency[Settings],
    keyring: NamedDependency[Keyring],
    fetcher: NamedDependency[Fetcher],
) -> Response[Any] | Stream | Template:
    """The composer, or why not; the fault comes with the key."""
    page = request.url.path.rpartition("/")[2]
    try:
        given = parameters(page, request.scope["query_string"].decode("latin-1"))
        fault = fault_of(given.get("appkey") or "rehearsal", SLUG)
        await asyncio.sleep(SECONDS.get(fault or "", 0))
        if fault == "no-app":
            return nothing_opens()
        answer = broken(fault or "", b"<!doctype html><html><head><title>", MediaType.HTML)
        if answer is not None:
            return answer
        if fault == "429":
            return refusal(SLUG, "请求过于频繁，请稍后再试", came_from(request), 429)
        share = read_share(given, fault, settings.public_url, came_from(request), time.time())
        await fetcher.check(share)
        return composer(keyring, share, note=_unclosed(share.content), named=bool(given.get("appkey")))
    except ShareRefused as refused:
        return refusal(SLUG, str(refused), came_from(request))


def parameters(page: str, query: str) -> dict[str, str]:
    """Of an address as PHP reads it. Raises ShareRefused for one that is not documented, or is there twice."""
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    unknown = set(given) - PAGES[page]
    if unknown or len(given) < len(pairs):
        raise ShareRefused(f"参数错误，非法参数-{min(unknown, default='重复')}")
    for name, choices in CHOICES.items():
        if given.get(name) and given[name] not in choices:
            raise ShareRefused(f"参数错误，非法参数-{name}")
    return given


def read_share(given: dict[str, str], fault: str | None, portal: str, back: str, now: float) -> Share:
    """What the composer begins with: the text, and pictures joined by `||`. Raises ShareRefused."""
    if fault is None:
        raise ShareRefused("参数错误，非法参数-appkey")
    if fault == "refuse":
        raise ShareRefused("应用已被禁止使用分享功能")
    text = given.get("title", "").strip()
    if not text or len(text) > MOST_TEXT:
        raise ShareRefused("参数错误，非法参数-title")
    pictures = given["pic"].split("||") if given.get("pic") else []
    if not all(re.fullmatch(r"https?://[!-~]+", picture) for picture in pictures):
        raise ShareRefused("参数错误，非法参数-pic")
    if address := given.get("backurl"):
        back = _back(address, portal)
    noted = fault if fault in NOTE_FAULTS else ""
    return Share("normal", "", text, tuple(pictures), None, None, new_session(), back, int(now), SLUG, fault=noted)


def _back(address: str, portal: str) -> str:
    """Into this portal and nowhere else."""
    try:
        parts, ours = urlsplit(address), urlsplit(portal)
    except ValueError:
        raise ShareRefused("参数错误，非法参数-backurl") from None
    back = path_of(address)
    if (parts.scheme, parts.netloc) != (ours.scheme, ours.netloc) or (back == "/" and parts.path not in ("", "/")):
        raise ShareRefused("参数错误，非法参数-backurl")
    return back


def _unclosed(text: str) -> str:
    """The first thing that looks like a topic of another platform."""
    found = _OPEN.search(text)
    return found[0] if found else ""


routes = [share_page]
