"""Kuaishou (快手): no way is documented to open its composer with content from a web page, so students publish by hand."""

import httpx

from portal.platforms.assisted import Assisted
from portal.platforms.counting import utf16_units
from portal.platforms.declarations import Declarations
from portal.platforms.limits import Limits, Most, OneOf, PictureLimits, TextLimit, TopicLimits, VideoLimits
from portal.settings import Settings

WEB_UI = "github.com/DevilJie/social-auto-upload-web-ui, backend/util/video_limits.py"
AITOEARN = "github.com/yikart/AiToEarn, kwai.constants.ts"


class Kuaishou(Assisted):
    """The adapter. Its open platform publishes videos for users who sign in to it, which the portal never asks for."""

    slug = "kuaishou"
    names = {"zh": "快手", "en": "Kuaishou"}  # noqa: RUF012 - a fact, never changed
    # Its camera, with nothing in it.
    app = "kwai://post"
    declarations = Declarations(
        "作者声明",
        {"ai": "内容为AI生成", "fiction": "演绎情节，仅供娱乐", "opinion": "个人观点，仅供参考"},
        one=True,
        # The only source that has a name.
        sources=("github.com/DevilJie/social-auto-upload-web-ui, frontend platforms.js",),
    )
    limits = Limits(
        # Nobody knows what the app takes: the only source speaks of the open platform's API.
        title=TextLimit(Most(advised=30, sources=(f"of the API: {AITOEARN}",)), utf16_units),
        body=TextLimit(Most(advised=1000, sources=(f"of the API: {AITOEARN}",)), utf16_units, topics=True),
        # Not found anywhere.
        pictures=PictureLimits(number=Most()),
        # Of the web page; AiToEarn has half an hour and 100 MB for the API.
        video=VideoLimits(
            seconds=Most(advised=3600, sources=(WEB_UI, f"half an hour, of the API: {AITOEARN}")),
            bytes=Most(advised=12_000_000_000, sources=(WEB_UI, f"100 MB, of the API: {AITOEARN}")),
            formats=OneOf(frozenset({"mp4", "mov"}), sources=(f"of the API: {AITOEARN}",)),
        ),
        topics=TopicLimits(
            number=Most(
                advised=4,
                sources=(
                    "github.com/DevilJie/social-auto-upload-web-ui, backend/impl/kuaishou/platform.py",
                    f"{AITOEARN}, which says that it found no document",
                ),
            ),
            spacing="warning",
        ),
        mixed="warning",
        # Nothing is fetched: pictures and videos are saved on the phone.
        private_media=None,
    )

    @classmethod
    def from_settings(cls, settings: Settings, _: httpx.AsyncClient) -> "Kuaishou":
        """Nothing but what opens the app."""
        return cls(settings.app_urls.get("kuaishou", ""))
