"""Which of a lesson's platforms a phone is shown: the one it asks for, else the one it took last, else the first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.datastructures.cookie import Cookie

from courses.lessons.values import LessonInfo
from portal.i18n import language
from portal.platforms import Platform
from portal.platforms.protocol import Launch
from portal.settings import Settings
from portal.web.security import cookie_name, private_cookie

NAME = "platform"
HALF_A_YEAR = 180 * 86_400  # seconds


@dataclass(frozen=True)
class Offer:
    """The platform of the page, and all that the lesson goes to, this one first, as (slug, name)."""

    slug: str
    platform: Platform | None
    all: tuple[tuple[str, str], ...]
    #: asked for on this page, so that the phone should remember it
    chosen: bool = False

    @property
    def name(self) -> str:
        """As people of the request's language know it."""
        return self.all[0][1]


def offer(
    request: Request[Any, Any, Any],
    settings: Settings,
    platforms: Mapping[str, Platform],
    lesson: LessonInfo,
    asked: str = "",
) -> Offer:
    """For this phone; what is asked for and not the lesson's is as if it were not asked."""
    last = request.cookies.get(cookie_name(NAME, settings), "")
    known = [slug for slug in lesson.platforms if slug in platforms] or list(lesson.platforms[:1])
    slug = next((slug for slug in (asked, last) if slug in known), known[0])
    names = tuple((each, _name(platforms, each)) for each in [slug, *(each for each in known if each != slug)])
    return Offer(slug, platforms.get(slug), names, chosen=asked == slug and len(known) > 1)


def remembered(offer: Offer, settings: Settings) -> Cookie:
    """The phone's last choice."""
    return private_cookie(NAME, offer.slug, settings, HALF_A_YEAR)


def launch_and_reason(offer: Offer, in_app: bool) -> tuple[Launch, str]:
    """How the page publishes, and why by hand where it does: "browser", "no_keys", "by_hand" or "" ."""
    platform = offer.platform
    if in_app:
        return "assist", "browser"
    if platform is None or platform.launch == "assist":
        return "assist", "by_hand"
    if not platform.configured or (platform.launch == "js_sdk" and platform.sdk_url is None):
        return "assist", "no_keys"
    return platform.launch, ""


def _name(platforms: Mapping[str, Platform], slug: str) -> str:
    return platforms[slug].names[language()] if slug in platforms else slug
