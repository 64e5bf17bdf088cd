"""The platforms that students publish to: one adapter a file, all named in PLATFORMS."""

from collections.abc import Callable
from typing import Any

import httpx

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
from portal.platforms.xiaohongshu import XiaoHongShu

__all__ = [
    "PLATFORMS",
    "Draft",
    "Handoff",
    "Limits",
    "LinkRefused",
    "NoteLink",
    "Picture",
    "Platform",
    "PlatformFailure",
    "Ruled",
    "Video",
    "XiaoHongShu",
    "build",
]

PLATFORMS: dict[str, Callable[[Any, httpx.AsyncClient], Platform]] = {
    "xiaohongshu": XiaoHongShu.from_settings,
}


def build(settings: Any, http: httpx.AsyncClient) -> dict[str, Platform]:
    """Every platform with its keys from the settings, by slug; `http` is shared and closed by the caller."""
    return {slug: make(settings, http) for slug, make in PLATFORMS.items()}
