"""Douyin (抖音): opens its composer by a signed address of the app, as its H5 share documents."""

from typing import Any

import httpx

from portal.platforms.assisted import Assisted
from portal.platforms.counting import utf16_units
from portal.platforms.limits import Limits, Most, PictureLimits, TextLimit, TopicLimits, VideoLimits


class Douyin(Assisted):
    """The adapter; without keys it can still parse links, check drafts and help by hand."""

    slug = "douyin"
    names = {"zh": "抖音", "en": "Douyin"}  # noqa: RUF012 - a fact, never changed
    prefill = "yes"
    app = "snssdk1128://"
    limits = Limits(
        # AiToEarn's metadata: 30, 1000, 12 and 5; the documentation names none of them.
        title=TextLimit(Most(advised=30), utf16_units),
        body=TextLimit(Most(1000), utf16_units, topics=True),
        # Documented: PNG, JPEG and, alone, GIF. One page speaks of a single picture, the H5 page of a list.
        pictures=PictureLimits(number=Most(12), formats=frozenset({"jpeg", "png", "gif"}), alone=frozenset({"gif"})),
        # Documented for H5: 128 MB of MP4 or MOV.
        video=VideoLimits(bytes=Most(128_000_000), formats=frozenset({"mp4", "mov"})),
        topics=TopicLimits(number=Most(advised=5), spacing="warning"),
        mixed="warning",
    )

    @classmethod
    def from_settings(cls, settings: Any, _: httpx.AsyncClient) -> "Douyin":
        """Without keys."""
        return cls()
