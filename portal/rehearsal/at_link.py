"""The platforms as they are at a link: in rehearsal an instructor may have ordered what goes wrong there."""

from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from courses.lessons.rehearsal_faults import NONE, faults_at
from portal.platforms import Douyin, Platform, Weibo, XiaoHongShu
from portal.rehearsal.faults import APP_KEY, LINK_FAULTS, NOTE_FAULTS
from portal.settings import Settings


def stood_in(settings: Settings) -> frozenset[str]:
    """The platforms that the rehearsal stands in for."""
    return frozenset(settings.app_urls)


async def platforms_at(settings: Settings, platforms: Mapping[str, Platform], link: UUID) -> dict[str, Platform]:
    """The adapters for phones at this link; outside of rehearsal the same for all, without a query."""
    able = stood_in(settings)
    ordered = await faults_at(link) if able else {}
    return {
        slug: _faulty(platform, ordered[slug]) if slug in able and ordered.get(slug) in LINK_FAULTS[slug] else platform
        for slug, platform in platforms.items()
    }


@lru_cache(maxsize=200)
def _faulty(platform: Platform, fault: str) -> Platform:
    """One for each fault, so that its failures are remembered apart from those of others.

    The fault travels in what the platform gets: behind the application's key, and in the address of an app that is opened
    by hand. So any process of the rehearsal knows it.
    """
    by_hand = f"{platform.app_url}?fault={fault}"
    match platform:
        case _ if fault == NONE:
            return platform
        case XiaoHongShu() if fault == "no-sdk":
            return platform.with_key(APP_KEY, f"{platform.sdk_url}?fault=not-found")
        case XiaoHongShu() | Douyin() | Weibo():
            other = platform.with_key("" if fault == "no-keys" else f"{APP_KEY}+{fault}")
            # By hand it works when the platform's servers do not, and not when the app itself is at fault.
            return other.opened_by(by_hand) if fault in NOTE_FAULTS else other
        case _:
            return platform.opened_by(by_hand)
