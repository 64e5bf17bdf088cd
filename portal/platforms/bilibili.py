"""Bilibili (哔哩哔哩): its way into the composer is for a white list and not documented, so students publish by hand."""

import httpx

from portal.platforms.assisted import Assisted
from portal.platforms.counting import characters
from portal.platforms.limits import Limits, Most, PictureLimits, TextLimit, TopicLimits, VideoLimits
from portal.settings import Settings


class Bilibili(Assisted):
    """The adapter. Its open platform publishes for users who sign in to it, which the portal never asks for."""

    slug = "bilibili"
    names = {"zh": "哔哩哔哩", "en": "Bilibili"}  # noqa: RUF012 - a fact, never changed
    # Its page for new works, with nothing in it.
    app = "bilibili://uper/user_center/add_archive/?from=2"
    limits = Limits(
        # AiToEarn's metadata alone, for the open platform's API: advice, as nobody knows what the app takes.
        title=TextLimit(Most(advised=79), characters, needed=True),
        body=TextLimit(Most(advised=249), characters),
        # Not found anywhere.
        pictures=PictureLimits(number=Most()),
        # 4 GB and five hours.
        video=VideoLimits(seconds=Most(advised=18_000), bytes=Most(advised=4_000_000_000), cover="warning"),
        topics=TopicLimits(total=Most(advised=199), spacing="warning"),
        mixed="warning",
        # Nothing is fetched: pictures and videos are saved on the phone.
        private_media=None,
    )

    @classmethod
    def from_settings(cls, settings: Settings, _: httpx.AsyncClient) -> "Bilibili":
        """Nothing but what opens the app."""
        return cls(settings.app_urls.get("bilibili", ""))
