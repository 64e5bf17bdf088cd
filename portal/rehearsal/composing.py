"""The screens that every app has in rehearsal: its composer, its refusal, and a share that is not known."""

from typing import Any

from litestar import MediaType, Request, Response
from litestar.response import Template

from courses.tokens import Keyring
from portal.platforms import Bilibili, Douyin, Kuaishou, Limits, Weibo, XiaoHongShu
from portal.platforms.links.notes import NAMES
from portal.rehearsal.broken import nothing_opens
from portal.rehearsal.shares import Share, path_of, seal_share

LIMITS: dict[str, Limits] = {each.slug: each.limits for each in (XiaoHongShu, Douyin, Kuaishou, Bilibili, Weibo)}


def composer(
    keyring: Keyring, share: Share, code: str = "", *, note: str = "", named: bool = True
) -> Template | Response[bytes]:
    """The app's screen before publishing. `note` is what is no topic here, `named` whether the sender has a name.

    Raises ShareRefused where the share is too long to travel.
    """
    if share.fault == "no-app":
        return nothing_opens()
    limits = LIMITS[share.platform]
    title, body = limits.title.count(share.title), limits.body.count(share.content)
    context = {
        "share": share,
        "slug": share.platform,
        "app": NAMES[share.platform],
        "code": code or seal_share(keyring, share),
        "limits": limits,
        "title_length": title,
        "body_length": body,
        "too_long": is_too_long(limits, share.title, share.content),
        "note": note,
        "named": named,
    }
    return Template("rehearsal/composer.html", context=context)


def is_too_long(limits: Limits, title: str, body: str) -> bool:
    """Whether the app would not let one publish; what is only advised does not stop it."""
    passed = (limits.title.length.passed(limits.title.count(title)), limits.body.length.passed(limits.body.count(body)))
    return any(one is not None and one[0] == "error" for one in passed)


def refusal(slug: str, words: str, back: str, status: int = 200) -> Template:
    """What the app says instead, in its words."""
    context = {"slug": slug, "app": NAMES[slug], "words": words, "back": back}
    return Template("rehearsal/refused.html", context=context, status_code=status, media_type=MediaType.HTML)


def unknown() -> Template:
    """A code that is not ours."""
    return Template("rehearsal/unknown.html", status_code=404, media_type=MediaType.HTML)


def came_from(request: Request[Any, Any, Any]) -> str:
    """The path of the page that led here; the browser names it only within this site."""
    return path_of(request.headers.get("referer", ""))
