"""Weibo (微博): opens its share page with text and pictures. The page tells nothing back."""

from urllib.parse import quote, urlencode

import httpx

from courses.texts import trimmed
from portal.platforms.addresses import is_public, same_host
from portal.platforms.assisted import Assisted
from portal.platforms.counting import full_width
from portal.platforms.declarations import Declarations
from portal.platforms.limits import Limits, Most, OneOf, PictureLimits, TextLimit, TopicLimits
from portal.platforms.protocol import Draft, Handoff
from portal.platforms.topics import with_topics
from portal.settings import Settings

API = "open.weibo.com/wiki/2/statuses/share"
SHARE_SDK = "juejin.cn/post/7217743118324990010 (ShareSDK)"


class Weibo(Assisted):
    """The adapter. It works without a key: the post then says that it came from the internet."""

    slug = "weibo"
    names = {"zh": "微博", "en": "Weibo"}  # noqa: RUF012 - a fact, never changed
    launch = "web_url"
    prefill = "yes"
    media = "pictures"
    app = "sinaweibo://sendweibo"
    declarations = Declarations(
        "内容声明",
        {
            "ai": "含AI生成内容", "fiction": "含虚构演绎内容", "opinion": "个人观点，仅供参考", "advertising": "内容含营销信息",
        },
        one=True,
        # Some accounts still have an older choice: 内容由AI生成, 内容为虚构演绎.
        sources=(
            "github.com/dreammis/social-auto-upload, uploader/weibo_uploader",
            "github.com/DevilJie/social-auto-upload-web-ui, pull 91",
            "www.dtm.com.cn/news/202509/131459.html",
        ),
    )  # fmt: skip
    limits = Limits(
        # A post has no title: it stands first in the text.
        title=TextLimit(Most(), full_width),
        # Documented for the API; the app's maker says that there is a limit; that of the share page is not known.
        body=TextLimit(
            Most(
                advised=140,
                sources=(f"of the API: {API}", SHARE_SDK, "github.com/sinaweibosdk/weibo_ios_sdk, issue 330"),
            ),
            full_width,
            topics=True,
        ),
        # How many the share page takes is not known.
        pictures=PictureLimits(
            number=Most(
                18,
                advised=9,
                sources=(
                    "18: github.com/dataabc/weibo-crawler, issue 138",
                    "18: github.com/DevilJie/social-auto-upload-web-ui, backend/impl/weibo/platform.py",
                    "9, of the API: open.weibo.com/wiki/2/statuses/upload_url_text",
                ),
            ),
            bytes=Most(advised=5_000_000, sources=(f"of the API: {API}", f"2 MB, of the app: {SHARE_SDK}")),
            formats=OneOf(frozenset({"jpeg", "png", "gif"}), "error", (API, SHARE_SDK)),
        ),
        video=None,
        topics=TopicLimits(mark="#{name}# ", spacing=None),
        mixed="warning",
    )

    def __init__(self, app_key: str, share_url: str, app_url: str = "") -> None:
        super().__init__(app_url)
        self._app_key = app_key
        self._share_url = share_url.rstrip("/")

    @classmethod
    def from_settings(cls, settings: Settings, _: httpx.AsyncClient) -> "Weibo":
        """The key, which may be missing, and where the share pages are."""
        return cls(settings.weibo_app_key, settings.weibo_share_url, settings.app_urls.get("weibo", ""))

    def with_key(self, app_key: str) -> "Weibo":
        """The same under another key."""
        return Weibo(app_key, self._share_url, self.app_url)

    @property
    def configured(self) -> bool:
        """Always: a key only names the sender."""
        return True

    def fetches(self, url: str) -> bool:
        """Its servers fetch what is public by https; the rehearsal's also what is where it is itself."""
        return is_public(url) or same_host(url, self._share_url)

    def _with_topics(self, draft: Draft, body: str) -> str:
        """Title, body and topics: all that a post has is its text."""
        text = "\n".join(part for part in (draft.title.strip(), trimmed(body)) if part)
        return with_topics(text, draft.topics, self.limits.topics.mark).rstrip()

    async def handoff(self, draft: Draft, back: str = "") -> Handoff:
        """The share page for phones and the one for desktops; Weibo's app takes over where it is installed."""
        given = {
            "title": self.share_text(draft),
            "pic": "||".join(picture.url for picture in draft.images),
            "appkey": self._app_key,
            # Without it Weibo looks for pictures on the page that the address leads to.
            "searchPic": "false",
            "language": "zh_cn",
        }
        mobile = self._page("mobile.php", given | ({"backurl": back} if back else {}))
        urls = {"mobile": mobile, "desktop": self._page("share.php", given)}
        return Handoff(share_info=self.share_info(draft), launch="web_url", url=mobile, urls=urls)

    def _page(self, name: str, given: dict[str, str]) -> str:
        return f"{self._share_url}/{name}?{urlencode(given, quote_via=quote, safe='')}"
