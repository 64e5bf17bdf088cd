"""The platforms as they are at a link: in rehearsal an instructor may have ordered what goes wrong there."""

from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from courses.rehearsal_faults import faults_at
from portal.platforms import Platform, XiaoHongShu
from portal.rehearsal.faults import LINK_FAULTS
from portal.rehearsal.signing import APP_KEY
from portal.settings import Settings


def stood_in(settings: Settings) -> frozenset[str]:
    """The platforms that the rehearsal stands in for and whose faults can be ordered."""
    return frozenset({"xiaohongshu"} if settings.rehearsal and settings.xhs_app_key == APP_KEY else ())


async def platforms_at(settings: Settings, platforms: Mapping[str, Platform], link: UUID) -> dict[str, Platform]:
    """The adapters for phones at this link; outside of rehearsal the same for all, without a query."""
    able = stood_in(settings)
    ordered = await faults_at(link) if able else {}
    return {
        slug: _faulty(platform, ordered[slug]) if slug in able and ordered.get(slug) in LINK_FAULTS else platform
        for slug, platform in platforms.items()
    }


@lru_cache(maxsize=100)
def _faulty(platform: Platform, fault: str) -> Platform:
    """One for each fault, so that its failures are remembered apart from those of others."""
    if not isinstance(platform, XiaoHongShu) or fault == "none":
        return platform
    match fault:
        case "no-keys":
            return platform.with_key("")
        case "no-sdk":
            return platform.with_key(APP_KEY, f"{platform.sdk_url}?fault=not-found")
        case _:
            return platform.with_key(f"{APP_KEY}+{fault}")
