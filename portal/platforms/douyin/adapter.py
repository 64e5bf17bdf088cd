"""Douyin (抖音): opens its composer by a signed address of the app, as its H5 share documents."""

import hmac
import json
import time
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import httpx

from courses.texts import trimmed
from portal.platforms.addresses import is_public, same_host
from portal.platforms.assisted import Assisted
from portal.platforms.calling.answers import json_object
from portal.platforms.counting import utf16_units
from portal.platforms.declarations import Declarations
from portal.platforms.douyin.api import ClientTokens, ShareIds, Tickets
from portal.platforms.douyin.signature import new_nonce, sign_share, sign_webhook
from portal.platforms.limits import Between, Limits, Most, OneOf, PictureLimits, TextLimit, TopicLimits, VideoLimits
from portal.platforms.protocol import Draft, Handoff, WebhookNews, WebhookRefused
from portal.platforms.topics import stands_in
from portal.settings import Settings

SHORT_TITLE = 12

_DOCS = "developer.open-douyin.com/docs/resource/zh-CN/dop/develop"
H5 = f"{_DOCS}/sdk/web-app/h5/share-to-h5"
SHORT = f"{_DOCS}/openapi/video-management/jump/h5-share"
ANDROID = f"{_DOCS}/sdk/mobile-app/share/android"
PUBLISH = "open.douyin.com/platform/resource/docs/ability/content-management/douyin-publish-solution"
UPLOAD = "open.douyin.com/platform/resource/docs/openapi/video-management/douyin/create/upload/"
SAU = "github.com/dreammis/social-auto-upload"
WEB_UI = "github.com/DevilJie/social-auto-upload-web-ui, backend/util/video_limits.py"
WEB_UI_FORM = "github.com/DevilJie/social-auto-upload-web-ui, frontend platforms.js"
WEB_UI_DOUYIN = "github.com/DevilJie/social-auto-upload-web-ui, backend/impl/douyin/platform.py"
AITOEARN = "github.com/yikart/AiToEarn, douyin.constants.ts"


class Douyin(Assisted):
    """The adapter; without keys it can still parse links, check drafts and help by hand."""

    slug = "douyin"
    names = {"zh": "抖音", "en": "Douyin"}  # noqa: RUF012 - a fact, never changed
    launch = "scheme"
    prefill = "yes"
    confirms = "webhook"
    app = "snssdk1128://"
    declarations = Declarations(
        "自主声明",
        {
            "ai": "内容由AI生成", "fiction": "虚构演绎，仅供娱乐", "opinion": "内容为个人观点或见解",
            "advertising": "内容含营销推广信息",
        },
        one=True,
        sources=(f"{SAU}, pulls 213 and 250", WEB_UI_FORM, "github.com/toRolex/PostHub, issue 43"),
    )  # fmt: skip
    limits = Limits(
        # The documentation names neither. Others say 20 (social-auto-upload, for pictures) and 55.
        title=TextLimit(
            Most(advised=30, sources=(AITOEARN, f"{SAU}, uploader/douyin_uploader", WEB_UI_DOUYIN)), utf16_units
        ),
        body=TextLimit(Most(1000, sources=(AITOEARN, f"{SAU}, uploader/douyin_uploader")), utf16_units, topics=True),
        # The page on H5 speaks of a single picture, that on its short addresses of a list; GIF only alone.
        pictures=PictureLimits(
            number=Most(
                35,
                advised=12,
                sources=(
                    f"35: {ANDROID}",
                    f"35: {SAU}, the command line’s document",
                    f"12, before app 12.3: {ANDROID}",
                    f"12: {AITOEARN}",
                ),
            ),
            bytes=Most(advised=20_000_000, sources=(AITOEARN, f"100 MB, of the API: {PUBLISH}")),
            formats=OneOf(frozenset({"jpeg", "png", "gif"}), "error", (SHORT, H5)),
            # Since app 17.4; 1/2.2 to 2.2 before. Sharing others fails.
            ratio=Between(1 / 3, 3, sources=(ANDROID, "1/2.2 to 2.2: developer.aliyun.com/article/696655")),
            cropped=False,
            alone=frozenset({"gif"}),
        ),
        video=VideoLimits(
            seconds=Most(
                3600,
                advised=900,
                sources=(ANDROID, WEB_UI, f"15 minutes: {AITOEARN}", f"15 minutes, of the API: {PUBLISH}"),
            ),
            bytes=Most(128_000_000, sources=(H5, f"of the API, in one piece: {UPLOAD}", f"100 MB: {AITOEARN}")),
            formats=OneOf(frozenset({"mp4", "mov"}), "error", (SHORT, ANDROID)),
        ),
        topics=TopicLimits(
            number=Most(advised=5, sources=(AITOEARN, WEB_UI_DOUYIN)),
            spacing="warning",
        ),
        mixed="warning",
    )

    def __init__(
        self,
        client_key: str,
        client_secret: str,
        api_url: str,
        share_url: str,
        http: httpx.AsyncClient,
        app_url: str = "",
    ) -> None:
        super().__init__(app_url)
        self._client_key = client_key
        self._client_secret = client_secret
        self._api_url = api_url
        self._share_url = share_url
        self._http = http
        tokens = ClientTokens(client_key, client_secret, api_url, http)
        self._tickets = Tickets(tokens, api_url, http)
        self._shares = ShareIds(tokens, api_url, http)

    @classmethod
    def from_settings(cls, settings: Settings, http: httpx.AsyncClient) -> "Douyin":
        """Keys and addresses out of the portal's settings."""
        return cls(
            settings.douyin_client_key,
            settings.douyin_client_secret,
            settings.douyin_api_url,
            settings.douyin_share_url,
            http,
            settings.app_urls.get("douyin", ""),
        )

    def __repr__(self) -> str:
        return f"Douyin({self._client_key!r})"

    def with_key(self, client_key: str) -> "Douyin":
        """The same under another key, with tokens of its own."""
        return Douyin(client_key, self._client_secret, self._api_url, self._share_url, self._http, self.app_url)

    @property
    def configured(self) -> bool:
        """Whether there are keys."""
        return bool(self._client_key and self._client_secret)

    def fetches(self, url: str) -> bool:
        """Its app fetches what is public by https; the rehearsal's also what is where it is itself."""
        return is_public(url) or same_host(url, self._api_url)

    async def handoff(self, draft: Draft, back: str = "") -> Handoff:
        """Signed for one tap. Raises PlatformFailure; whether the draft fits the limits is the caller's to ask first."""
        if not self.configured:
            return self.assisted(draft, "no_keys")
        ticket = await self._tickets.current()
        share = await self._shares.new(next(iter(draft.topics), ""))
        nonce, timestamp = new_nonce(), str(int(time.time()))
        given = {
            "share_type": "h5",
            "client_key": self._client_key,
            "nonce_str": nonce,
            "timestamp": timestamp,
            "signature": sign_share(nonce, ticket, timestamp),
            **({"state": share} if share else {}),
            **_content(draft, self.body(draft)),
        }
        # Sorted and with %20 for spaces, as Douyin's own script writes it: its app takes a plus for a plus.
        url = f"{self._share_url}?{urlencode(sorted(given.items()), quote_via=quote, safe='')}"
        return Handoff(share_info=self.share_info(draft), launch="scheme", url=url, share=share)

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookNews:
        """What Douyin tells. Raises WebhookRefused for what Douyin did not sign."""
        given, right = headers.get("x-douyin-signature", ""), sign_webhook(self._client_secret, body)
        if not self.configured or not hmac.compare_digest(given.encode(), right.encode()):
            raise WebhookRefused
        news = json_object(body) or {}
        # The documented request that tests the address has an empty key.
        if (news.get("client_key") or self._client_key) != self._client_key:
            raise WebhookRefused
        content = news.get("content")
        if isinstance(content, str):
            content = json_object(content.encode())
        content = content if isinstance(content, dict) else {}
        # Without an id of the message its body is the id: sent again it is the same.
        identity = headers.get("msg-id", "") or given
        if news.get("event") == "verify_webhook":
            return WebhookNews(identity, challenge=content.get("challenge"))
        if news.get("event") != "create_video":
            return WebhookNews(identity)
        share = content.get("share_id")
        notes = {name: str(content[name])[:100] for name in ("item_id", "video_id") if content.get(name)}
        return WebhookNews(identity, share=str(share)[:100] if share else "", published=bool(share), detail=notes)


def _content(draft: Draft, body: str) -> dict[str, str]:
    """The draft in Douyin's parameters. Who may see it is left to the student; topics are named once."""
    given = {"title": "\n".join(part for part in (draft.title.strip(), trimmed(body)) if part)}
    if draft.title.strip() and utf16_units(draft.title.strip()) <= SHORT_TITLE:
        given["short_title"] = draft.title.strip()
    if topics := [topic for topic in draft.topics if not stands_in(given["title"], topic)]:
        given["hashtag_list"] = json.dumps(topics, ensure_ascii=False, separators=(",", ":"))
    if draft.type == "video" and draft.video:
        # Straight to the page that publishes: only documented for a single video.
        return given | {"video_path": draft.video.url, "share_to_publish": "1"}
    if len(draft.images) == 1:
        return given | {"image_path": draft.images[0].url}
    return given | {"image_list_path": json.dumps([image.url for image in draft.images], separators=(",", ":"))}
