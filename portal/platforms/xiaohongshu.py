"""XiaoHongShu (小红书, RedNote): hands a lesson to the app through the share SDK of agora.xiaohongshu.com."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from courses.errors import Message
from portal.platforms.addresses import is_public, same_host
from portal.platforms.counting import full_width, utf16_units
from portal.platforms.limits import Between, Limits, Most, PictureLimits, TextLimit, TopicLimits, VideoLimits
from portal.platforms.links import MOST_CHARACTERS, cut_urls, platform_of
from portal.platforms.protocol import Draft, Handoff, LinkRefused, NoteLink, PlatformFailure
from portal.platforms.topics import with_topics
from portal.platforms.xhs_signature import new_nonce, sign
from portal.platforms.xhs_token import AccessTokens

_NOTE = re.compile(
    r"https?://(?:www\.|m\.)?(?:xiaohongshu|rednote)\.com"
    r"/(?:explore|discovery/item|red_video|user/profile/[0-9a-f]{24})/([0-9a-f]{24})(?=[/?#]|$)"
)
_SHORT = re.compile(r"https?://(?:www\.)?xhslink\.(?:com|cn)/(?:[a-z]{1,2}/)?[0-9A-Za-z_-]{4,24}/?(?=[?#]|$)")
_PROFILE = re.compile(r"https?://(?:www\.|m\.)?(?:xiaohongshu|rednote)\.com/user/profile/")
# A note opens on the web only with these; the rest of the query says who shared it, which is nobody's business.
_QUERY_KEPT = {"xsec_token", "xsec_source"}


class XiaoHongShu:
    """The adapter; without keys it can still parse links and check drafts."""

    slug = "xiaohongshu"
    names = {"zh": "小红书", "en": "XiaoHongShu"}  # noqa: RUF012 - a fact, never changed
    launch = "js_sdk"
    # The platform says that title, body and topics are no longer filled in; some see that they are. Never promise it.
    prefill = "maybe"
    limits = Limits(
        # The creator site's editor, and everybody who publishes through it (xpzouying/xiaohongshu-mcp, AiToEarn). The share
        # SDK's documentation names neither; longer ones were refused without a word (xiaohongshu-mcp #192, #516, #670).
        title=TextLimit(Most(20), full_width, needed=True),
        # How the editor counts a body is not written anywhere: UTF-16 units never count less than what is there.
        body=TextLimit(Most(1000), utf16_units, topics=True),
        pictures=PictureLimits(
            # 18: the native SDK's documentation for Android. 9: AiToEarn's metadata.
            number=Most(18, advised=9),
            # AiToEarn's metadata alone: 20 MB of these.
            bytes=Most(advised=20_000_000),
            formats=frozenset({"jpeg", "png", "bmp", "webp"}),
            # The native SDK's documentation for iOS: longest side up to 1920, width from 600, 3:4 to 2:1; others are cropped.
            # Its 1280 as the largest width is left out: the app reduces larger ones, and no phone shows the difference.
            width=Between(least=600),
            longest_side=Between(most=1920),
            ratio=Between(least=3 / 4, most=2),
        ),
        # AiToEarn's metadata alone: 1 GB and an hour. Its code and a FastAPI sample treat the cover as needed.
        video=VideoLimits(seconds=Most(advised=3600), bytes=Most(advised=1_000_000_000), cover="warning"),
        # 10: dreammis/social-auto-upload (pull 219) and xiaohongshu-mcp; AiToEarn says 5. Without spaces between them
        # publishing fails (AiToEarn #8).
        topics=TopicLimits(number=Most(advised=10), spacing="error"),
        # `type` is "video" or "normal": what is not of the type stays behind.
        mixed="warning",
    )

    def __init__(self, app_key: str, app_secret: str, api_url: str, sdk_url: str, http: httpx.AsyncClient) -> None:
        self._app_key = app_key
        self._configured = bool(app_key and app_secret)
        self._api_url = api_url
        self._sdk_url = sdk_url
        self._tokens = AccessTokens(app_key, app_secret, api_url, http)

    @classmethod
    def from_settings(cls, settings: Any, http: httpx.AsyncClient) -> "XiaoHongShu":
        """Keys and addresses out of the portal's settings."""
        return cls(
            settings.xhs_app_key or "",
            settings.xhs_app_secret or "",
            settings.xhs_api_url,
            settings.xhs_sdk_url,
            http,
        )

    def __repr__(self) -> str:
        return f"XiaoHongShu({self._app_key!r})"

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

    def share_text(self, draft: Draft) -> str:
        """The body, then each topic that it does not already name as `#name `: without the spaces publishing fails."""
        return with_topics(draft.content, draft.topics, self.limits.topics.mark)

    async def handoff(self, draft: Draft) -> Handoff:
        """Signed for one tap. Raises PlatformFailure; whether the draft fits the limits is the caller's to ask first."""
        if not self._configured:
            raise PlatformFailure("XiaoHongShu is not set up on this portal.", permanent=True)
        token = await self._tokens.current()
        nonce, timestamp = new_nonce(), str(self._tokens.now_ms())
        verify_config = {
            "appKey": self._app_key,
            "nonce": nonce,
            "timestamp": timestamp,
            "signature": sign(self._app_key, nonce, timestamp, token),
        }
        return Handoff(verify_config, self._share_info(draft))

    def _share_info(self, draft: Draft) -> dict[str, Any]:
        info: dict[str, Any] = {
            "type": draft.type,
            "title": draft.title.strip(),
            "content": self.share_text(draft),
            "images": [image.url for image in draft.images],
        }
        if draft.type == "video":
            info["video"] = draft.video.url if draft.video else None
        cover = draft.cover or (draft.images[0] if draft.images else None)
        if cover:
            info["cover"] = cover.url
        return info

    def note_refusal(self, words: str) -> bool:
        """True where the refusal was about the signature and a new hand-off will be signed with a new token."""
        return bool(re.search(r"签名|signature|token", words, re.IGNORECASE)) and self._tokens.doubt()

    def parse_link(self, text: str) -> NoteLink:
        """The first link to a note in pasted text. Raises LinkRefused."""
        urls = cut_urls(text)
        for url in urls:
            if note := _NOTE.match(url):
                return NoteLink(_without_trackers(url), note.group(1))
            if short := _SHORT.match(url):
                return NoteLink(short.group(), None)
        raise LinkRefused(_why_refused(text, urls))


def _without_trackers(url: str) -> str:
    parts = urlsplit(url)
    query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] in _QUERY_KEPT])
    return f"https://{parts.netloc}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def _why_refused(text: str, urls: list[str]) -> Message:
    if len(text) > MOST_CHARACTERS:
        return Message("That is too long. Paste only the link of your note.")
    if not urls:
        return Message("There is no link in this text. In the app, tap Share, then Copy link, and paste it here.")
    if any(_PROFILE.match(url) for url in urls):
        return Message("This link leads to a profile. Open your note in the app and copy the note's own link.")
    for url in urls:
        slug = platform_of(url)
        if slug == XiaoHongShu.slug:
            return Message("This link does not lead to a note. Open your note in the app and copy its link.")
        if slug is not None:
            return Message("This is a link to another platform. Paste the link of your XiaoHongShu note.")
    return Message("This is not a XiaoHongShu link. Open your note in the app, tap Share, then Copy link.")
