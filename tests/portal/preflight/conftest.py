"""Drafts, and two platforms to check them against: XiaoHongShu's adapter and one that is nothing but data."""

from dataclasses import dataclass, field

import httpx
import pytest

from portal.platforms import Draft, Limits, Picture, Video
from portal.platforms.counting import characters
from portal.platforms.declarations import Declarations
from portal.platforms.limits import Between, Most, OneOf, PictureLimits, TextLimit, TopicLimits, VideoLimits
from portal.platforms.topics import with_topics
from portal.platforms.xiaohongshu.adapter import XiaoHongShu

GOOD = Picture("https://class.example/media/1", "jpeg", 1080, 1440, 400_000)
OTHER = Picture("https://class.example/media/2", "jpeg", 1080, 1440, 300_000)
FILM = Video("https://class.example/media/3", "mp4", "h264", 1080, 1920, 9_000_000, 30.0)


@dataclass(frozen=True)
class DataPlatform:
    """An adapter that brings facts and no code of its own."""

    limits: Limits
    names: dict[str, str] = field(default_factory=lambda: {"zh": "别处", "en": "Elsewhere"})
    slug: str = "elsewhere"
    configured: bool = True
    declarations: Declarations = field(default_factory=lambda: Declarations("声明", {"ai": "AI 生成"}))

    def fetches(self, url: str) -> bool:
        return url.startswith("https://")

    def body(self, draft: Draft) -> str:
        return draft.content

    def share_text(self, draft: Draft) -> str:
        return with_topics(draft.content, draft.topics, self.limits.topics.mark)


@pytest.fixture
def xhs() -> XiaoHongShu:
    return XiaoHongShu("key", "secret", "https://edith.example", "https://sdk.example/1.js", httpx.AsyncClient())


@pytest.fixture
def elsewhere() -> DataPlatform:
    """A narrow one: every limit there is, each of them low."""
    return DataPlatform(
        Limits(
            title=TextLimit(Most(10, advised=5), characters, needed=True),
            body=TextLimit(Most(advised=20), characters, needed=True),
            pictures=PictureLimits(
                number=Most(2),
                bytes=Most(1_000_000, advised=500_000),
                formats=OneOf(frozenset({"jpeg", "gif"}), "error"),
                width=Between(600, 1280, "error"),
                longest_side=Between(most=1920),
                ratio=Between(0.5, 2.0, "error"),
                alone=frozenset({"gif"}),
            ),
            video=VideoLimits(
                Most(60, advised=30),
                Most(10_000_000),
                OneOf(frozenset({"mp4"}), "error"),
                shortest_side=Between(least=360),
                cover="error",
            ),
            topics=TopicLimits(Most(3, advised=2), Most(5), Most(9), mark="#{name}#"),
            mixed="error",
            private_media="error",
        )
    )


@pytest.fixture
def films_only() -> DataPlatform:
    return DataPlatform(Limits(TextLimit(Most(), characters), TextLimit(Most(), characters), None, VideoLimits()))


@pytest.fixture
def draft() -> Draft:
    """One that nobody complains of."""
    return Draft(
        "1", "normal", "水的三态", "冰、水和水蒸气。", ("科学", "课堂"), (GOOD, OTHER), source="冰、水和水蒸气。"
    )


@pytest.fixture
def film(draft: Draft) -> Draft:
    return Draft("2", "video", draft.title, draft.content, draft.topics, (), FILM, GOOD, draft.content)
