"""Bilibili (哔哩哔哩): its way into the composer is for a white list and not documented, so students publish by hand."""

import httpx

from portal.platforms.assisted import Assisted
from portal.platforms.counting import characters
from portal.platforms.declarations import Declarations
from portal.platforms.limits import Limits, Most, OneOf, PictureLimits, TextLimit, TopicLimits, VideoLimits
from portal.settings import Settings

WEB_UI = "github.com/DevilJie/social-auto-upload-web-ui, backend/util/video_limits.py"
AITOEARN = "github.com/yikart/AiToEarn, bilibili.constants.ts"
AITOEARN_TEXTS = "github.com/yikart/AiToEarn, draft-generation-platforms.ts"
TAGS = (
    "github.com/biliup/biliup-rs, issues 48 and 180",
    "github.com/biliup/biliup-app, issue 67",
    "github.com/StreamerHelper/web-server, pull 38",
)


class Bilibili(Assisted):
    """The adapter. Its open platform publishes for users who sign in to it, which the portal never asks for."""

    slug = "bilibili"
    names = {"zh": "哔哩哔哩", "en": "Bilibili"}  # noqa: RUF012 - a fact, never changed
    # Its page for new works, with nothing in it.
    app = "bilibili://uper/user_center/add_archive/?from=2"
    declarations = Declarations(
        "创作声明",
        {
            "ai": "含AI生成内容", "fiction": "含虚构演绎内容", "opinion": "个人观点，仅供参考", "advertising": "内容含营销信息",
        },
        one=True,
        # The only source that has a name.
        sources=("github.com/DevilJie/social-auto-upload-web-ui, frontend platforms.js",),
    )  # fmt: skip
    limits = Limits(
        # Error 21103. Chinese characters count one each (Bilibili-Old #188); the web UI of the third counts an emoji as 3.
        title=TextLimit(
            Most(
                80,
                sources=(
                    "github.com/HarukaKinen/YoutubeToBilibili, issue 2",
                    "github.com/biliup/biliup, issue 122",
                    WEB_UI,
                    f"79, of the API: {AITOEARN}",
                ),
            ),
            characters,
            needed=True,
        ),
        # Errors 21010 and 21052: most categories take 2,000, some 250.
        body=TextLimit(
            Most(
                2000,
                advised=250,
                sources=(
                    "github.com/biliup/biliup-app, issue 48",
                    WEB_UI,
                    "250: github.com/comwrg/bilibiliupload, pull 24 and issue 47",
                    f"249, of the API: {AITOEARN}",
                ),
            ),
            characters,
        ),
        # Not found anywhere.
        pictures=PictureLimits(number=Most()),
        # Of the web page; the API takes five hours and 4 GB.
        video=VideoLimits(
            seconds=Most(advised=36_000, sources=(WEB_UI, f"5 hours, of the API: {AITOEARN}")),
            bytes=Most(advised=16_000_000_000, sources=(WEB_UI, f"4 GB, of the API: {AITOEARN}")),
            formats=OneOf(frozenset({"mp4", "flv"}), sources=(AITOEARN,)),
            cover="warning",
        ),
        # Error 21005: one at least, and both limits. The page itself offers ten.
        topics=TopicLimits(
            number=Most(
                12,
                advised=10,
                sources=(*TAGS, "10: github.com/comwrg/bilibiliupload, issue 47", f"10: {AITOEARN_TEXTS}"),
            ),
            length=Most(20, sources=TAGS),
            total=Most(advised=199, sources=(f"of the API: {AITOEARN}",)),
            needed=True,
            spacing="warning",
        ),
        mixed="warning",
        # Nothing is fetched: pictures and videos are saved on the phone.
        private_media=None,
    )

    @classmethod
    def from_settings(cls, settings: Settings, _: httpx.AsyncClient) -> "Bilibili":
        """Nothing but what opens the app."""
        return cls(settings.app_urls.get("bilibili", ""))
