"""The platforms that students publish to: one adapter a file, all named in PLATFORMS."""

from collections.abc import Callable

import httpx

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
]

PLATFORMS: dict[str, Callable[[Settings, httpx.AsyncClient], Platform]] = {
    "xiaohongshu": XiaoHongShu.from_settings,
    "douyin": Douyin.from_settings,
    "kuaishou": Kuaishou.from_settings,
    "bilibili": Bilibili.from_settings,
    "weibo": Weibo.from_settings,
}


def build(settings: Settings, http: httpx.AsyncClient) -> dict[str, Platform]:
    """Every platform with its keys from the settings, by slug; `http` is shared and closed by the caller."""
    return {slug: make(settings, http) for slug, make in PLATFORMS.items()}
