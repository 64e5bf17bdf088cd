"""The platforms that students publish to: one adapter a file, all named in PLATFORMS."""

import httpx

from portal.i18n import language
from portal.platforms.bilibili import Bilibili
from portal.platforms.douyin.adapter import Douyin
from portal.platforms.kuaishou import Kuaishou
from portal.platforms.limits import Limits
from portal.platforms.protocol import (
    Draft,
    Handoff,
    LinkRefused,
    NoteLink,
    Picture,
    Platform,
    PlatformFailure,
    Ruled,
    Video,
)
from portal.platforms.weibo import Weibo
from portal.platforms.xiaohongshu.adapter import XiaoHongShu
from portal.settings import Settings

__all__ = [
    "PLATFORMS",
    "Bilibili",
    "Douyin",
    "Draft",
    "Handoff",
    "Kuaishou",
    "Limits",
    "LinkRefused",
    "NoteLink",
    "Picture",
    "Platform",
    "PlatformFailure",
    "Ruled",
    "Video",
    "Weibo",
    "XiaoHongShu",
    "build",
    "platform_name",
]

PLATFORMS: dict[str, type[Bilibili | Douyin | Kuaishou | Weibo | XiaoHongShu]] = {
    "xiaohongshu": XiaoHongShu,
    "douyin": Douyin,
    "kuaishou": Kuaishou,
    "bilibili": Bilibili,
    "weibo": Weibo,
}


def build(settings: Settings, http: httpx.AsyncClient) -> dict[str, Platform]:
    """Every platform with its keys from the settings, by slug; `http` is shared and closed by the caller."""
    return {slug: adapter.from_settings(settings, http) for slug, adapter in PLATFORMS.items()}


def platform_name(slug: str, tongue: str = "") -> str:
    """As people of the request's language know it, or of another; of one that is not there any more its slug."""
    return PLATFORMS[slug].names[tongue or language()] if slug in PLATFORMS else slug
