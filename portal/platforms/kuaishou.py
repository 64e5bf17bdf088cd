"""Kuaishou (快手): no way is documented to open its composer with content from a web page, so students publish by hand."""

import httpx

from portal.platforms.assisted import Assisted
from portal.platforms.counting import utf16_units
from portal.platforms.limits import Limits, Most, PictureLimits, TextLimit, TopicLimits, VideoLimits
from portal.settings import Settings


class Kuaishou(Assisted):
    """The adapter. Its open platform publishes videos for users who sign in to it, which the portal never asks for."""

    slug = "kuaishou"
    names = {"zh": "快手", "en": "Kuaishou"}  # noqa: RUF012 - a fact, never changed
    # Its camera, with nothing in it.
    app = "kwai://post"
    limits = Limits(
        # AiToEarn's metadata alone, for the open platform's API: advice, as nobody knows what the app takes.
        title=TextLimit(Most(advised=30), utf16_units),
        body=TextLimit(Most(advised=1000), utf16_units, topics=True),
        # Not found anywhere.
        pictures=PictureLimits(number=Most()),
        # Of the API: 100 MB and half an hour.
        video=VideoLimits(seconds=Most(advised=1800), bytes=Most(advised=100_000_000)),
        topics=TopicLimits(number=Most(advised=4), spacing="warning"),
        mixed="warning",
        # Nothing is fetched: pictures and videos are saved on the phone.
        private_media=None,
    )

    @classmethod
    def from_settings(cls, settings: Settings, _: httpx.AsyncClient) -> "Kuaishou":
        """Nothing but what opens the app."""
        return cls(settings.app_urls.get("kuaishou", ""))
