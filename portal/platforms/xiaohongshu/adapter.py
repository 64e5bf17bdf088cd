"""XiaoHongShu (小红书, RedNote): hands a lesson to the app through the share SDK of agora.xiaohongshu.com."""

import re

import httpx

from portal.platforms.addresses import is_public, same_host
from portal.platforms.assisted import Assisted
from portal.platforms.counting import full_width, utf16_units
from portal.platforms.declarations import Declarations
from portal.platforms.limits import Between, Limits, Most, OneOf, PictureLimits, TextLimit, TopicLimits, VideoLimits
from portal.platforms.protocol import Draft, Handoff
from portal.platforms.xiaohongshu.signature import new_nonce, sign
from portal.platforms.xiaohongshu.token import AccessTokens
from portal.settings import Settings

MCP = "github.com/xpzouying/xiaohongshu-mcp"
SAU = "github.com/dreammis/social-auto-upload"
WEB_UI = "github.com/DevilJie/social-auto-upload-web-ui"
AITOEARN = "github.com/yikart/AiToEarn, rednote.constants.ts"
IOS = "agora.xiaohongshu.com/doc/ios"


class XiaoHongShu(Assisted):
    """The adapter; without keys it can still parse links, check drafts and help by hand."""

    slug = "xiaohongshu"
    names = {"zh": "小红书", "en": "XiaoHongShu"}  # noqa: RUF012 - a fact, never changed
    launch = "js_sdk"
    # The platform says that title, body and topics are no longer filled in; some see that they are. Never promise it.
    prefill = "maybe"
    app = "xhsdiscover://post"
    declarations = Declarations(
        "内容类型声明",
        {"ai": "笔记含AI合成内容", "fiction": "虚构演绎，仅供娱乐", "advertising": "内容包含营销广告"},
        one=True,
        sources=(f"{MCP}, pull 528", f"{WEB_UI}, frontend platforms.js", "github.com/toRolex/PostHub, issue 43"),
    )
    limits = Limits(
        title=TextLimit(
            # The share script's documentation names neither this nor the text's; longer ones were refused without a word
            # (xiaohongshu-mcp #516, #670). Web UI counts an emoji as 3.
            Most(
                20,
                sources=(f"{MCP}, pkg/xhsutil/title.go and issue 185", f"{SAU}, uploader/xiaohongshu_uploader", WEB_UI),
            ),
            full_width,
            needed=True,
        ),
        # How the editor counts a text is not written anywhere: UTF-16 units never count less than what is there.
        body=TextLimit(Most(1000, sources=(f"{MCP}, pull 212 and issue 192", AITOEARN)), utf16_units, topics=True),
        pictures=PictureLimits(
            number=Most(
                18,
                advised=9,
                sources=(
                    "18: agora.xiaohongshu.com/doc/android",
                    f"9: {AITOEARN}",
                    "9: github.com/jackwener/OpenCLI, pull 276",
                ),
            ),
            bytes=Most(advised=20_000_000, sources=(AITOEARN,)),
            # The two do not agree about BMP and GIF.
            formats=OneOf(
                frozenset({"jpeg", "png", "bmp", "webp"}), sources=(AITOEARN, "github.com/jackwener/OpenCLI, pull 276")
            ),
            # Others are cropped. 1280 as the largest width is left out: the app reduces larger ones, and no phone shows it.
            width=Between(least=600, sources=(IOS,)),
            longest_side=Between(most=1920, sources=(IOS,)),
            ratio=Between(least=3 / 4, most=2, sources=(IOS,)),
        ),
        video=VideoLimits(
            seconds=Most(advised=3600, sources=(AITOEARN, f"four hours: {WEB_UI}")),
            bytes=Most(advised=1_000_000_000, sources=(AITOEARN, f"20 GB: {WEB_UI}")),
            formats=OneOf(
                frozenset({"mp4", "mov"}), sources=(AITOEARN, "github.com/funfan0517/MediaPublishPlatform, issue 1")
            ),
            cover="warning",
        ),
        topics=TopicLimits(
            number=Most(advised=10, sources=(f"{SAU}, pull 219", WEB_UI, f"5: {AITOEARN}")),
            # Without spaces between them publishing fails (AiToEarn #8).
            spacing="error",
        ),
        # `type` is "video" or "normal": what is not of the type stays behind.
        mixed="warning",
    )

    def __init__(
        self, app_key: str, app_secret: str, api_url: str, sdk_url: str, http: httpx.AsyncClient, app_url: str = ""
    ) -> None:
        super().__init__(app_url)
        self._app_key = app_key
        self._app_secret = app_secret
        self._http = http
        self._configured = bool(app_key and app_secret)
        self._api_url = api_url
        self._sdk_url = sdk_url
        self._tokens = AccessTokens(app_key, app_secret, api_url, http)

    @classmethod
    def from_settings(cls, settings: Settings, http: httpx.AsyncClient) -> "XiaoHongShu":
        """Keys and addresses out of the portal's settings."""
        return cls(
            settings.xhs_app_key or "",
            settings.xhs_app_secret or "",
            settings.xhs_api_url,
            settings.xhs_sdk_url,
            http,
            settings.app_urls.get("xiaohongshu", ""),
        )

    def __repr__(self) -> str:
        return f"XiaoHongShu({self._app_key!r})"

    def with_key(self, app_key: str, sdk_url: str = "") -> "XiaoHongShu":
        """The same under another key, with tokens of its own, and with another script where one is given."""
        sdk_url = sdk_url or self._sdk_url
        return XiaoHongShu(app_key, self._app_secret, self._api_url, sdk_url, self._http, self.app_url)

    @property
    def configured(self) -> bool:
        """Whether there are keys."""
        return self._configured

    @property
    def sdk_url(self) -> str:
        """The script that defines `window.xhs`."""
        return self._sdk_url

    def fetches(self, url: str) -> bool:
        """Its servers fetch what is public by https; the rehearsal's also what is where it is itself."""
        return is_public(url) or same_host(url, self._api_url)

    async def handoff(self, draft: Draft, back: str = "") -> Handoff:
        """Signed for one tap. Raises PlatformFailure; whether the draft fits the limits is the caller's to ask first."""
        if not self._configured:
            return self.assisted(draft, "no_keys")
        token = await self._tokens.current()
        nonce, timestamp = new_nonce(), str(self._tokens.now_ms())
        verify_config = {
            "appKey": self._app_key,
            "nonce": nonce,
            "timestamp": timestamp,
            "signature": sign(self._app_key, nonce, timestamp, token),
        }
        return Handoff(verify_config, self.share_info(draft))

    def note_refusal(self, words: str) -> bool:
        """True where the refusal was about the signature and a new hand-off will be signed with a new token."""
        return bool(re.search(r"签名|signature|token", words, re.IGNORECASE)) and self._tokens.doubt()
