"""XiaoHongShu (小红书, RedNote): hands a lesson to the app through the share SDK of agora.xiaohongshu.com."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from courses.errors import Message
from portal.platforms.links import MOST_CHARACTERS, cut_urls, platform_of
from portal.platforms.protocol import Draft, Handoff, Limits, LinkRefused, NoteLink, PlatformFailure
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
    # 18 pictures: the native SDK's documentation. Title and body: what the editor takes. 9 and 10: what its apps show.
    limits = Limits(title=20, body=1000, images=18, images_advised=9, topics_advised=10)

    def __init__(self, app_key: str, app_secret: str, api_url: str, sdk_url: str, http: httpx.AsyncClient) -> None:
        self._app_key = app_key
        self._configured = bool(app_key and app_secret)
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

    def problems(self, draft: Draft) -> list[Message]:
        """What XiaoHongShu would surely refuse; empty means publishable."""
        return list(self._problems(draft))

    def _problems(self, draft: Draft) -> Iterator[Message]:
        title, body = title_length(draft.title), len(self.share_text(draft))
        if not draft.title.strip():
            yield Message("The lesson has no title.")
        if title > self.limits.title:
            yield Message(
                "The title counts as {length} characters; XiaoHongShu takes {limit}.",
                length=title,
                limit=self.limits.title,
            )
        if body > self.limits.body:
            yield Message(
                "Body and topics have {length} characters; XiaoHongShu takes {limit}.",
                length=body,
                limit=self.limits.body,
            )
        if draft.type == "video":
            yield from self._video_problems(draft)
        else:
            yield from self._picture_problems(draft)

    def _video_problems(self, draft: Draft) -> Iterator[Message]:
        if not draft.video:
            yield Message("The lesson has no video.")
        elif not _fetchable(draft.video):
            yield Message("XiaoHongShu cannot fetch the video: its address must begin with https://.")
        if draft.cover and not _fetchable(draft.cover):
            yield Message("XiaoHongShu cannot fetch the cover: its address must begin with https://.")

    def _picture_problems(self, draft: Draft) -> Iterator[Message]:
        if not draft.images:
            yield Message("The lesson has no pictures.")
        if len(draft.images) > self.limits.images:
            yield Message(
                "The lesson has {count} pictures; XiaoHongShu takes {limit}.",
                count=len(draft.images),
                limit=self.limits.images,
            )
        for number, image in enumerate(draft.images, start=1):
            if not _fetchable(image):
                yield Message(
                    "XiaoHongShu cannot fetch picture {number}: its address must begin with https://.", number=number
                )

    def warnings(self, draft: Draft) -> list[Message]:
        """What some versions of the app do not take."""
        found = []
        if draft.type != "video" and self.limits.images_advised < len(draft.images) <= self.limits.images:
            found.append(
                Message("Some versions of the app take only {limit} pictures.", limit=self.limits.images_advised)
            )
        if len(clean_topics(draft.topics)) > self.limits.topics_advised:
            found.append(
                Message("Some versions of the app take only {limit} topics.", limit=self.limits.topics_advised)
            )
        if draft.type == "video" and not draft.cover:
            found.append(Message("The video has no cover; the app may ask for one."))
        return found

    def share_text(self, draft: Draft) -> str:
        """The body, then each topic that it does not already name as `#name `: without the spaces publishing fails."""
        content = draft.content.strip()
        missing = [name for name in clean_topics(draft.topics) if not _names(content, name)]
        if not missing:
            return content
        return f"{content}\n\n{_hashed(missing)}" if content else _hashed(missing)

    async def handoff(self, draft: Draft) -> Handoff:
        """Signed for one tap. Raises PlatformFailure; `problems` is the caller's to ask first."""
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
            "images": list(draft.images),
        }
        if draft.type == "video":
            info["video"] = draft.video
        cover = draft.cover or (draft.images[0] if draft.images else None)
        if cover:
            info["cover"] = cover
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


def title_length(title: str) -> int:
    """Length as the creator site counts it: UTF-16 units, two of those up to 127 make one.

    Source: xpzouying/xiaohongshu-mcp, pkg/xhsutil/title.go. "hello" is 3, one Chinese character 1, one emoji 2.
    """
    units = title.strip().encode("utf-16-le", "surrogatepass")
    halves = sum(2 if units[i] > 127 or units[i + 1] else 1 for i in range(0, len(units), 2))
    return (halves + 1) // 2


def clean_topics(topics: Iterable[str]) -> list[str]:
    """Names without marks and spaces (a space ends a topic), each once whatever its case."""
    seen: dict[str, str] = {}
    for topic in topics:
        name = "".join(topic.replace("#", " ").replace("＃", " ").split())
        if name:
            seen.setdefault(name.casefold(), name)
    return list(seen.values())


def _names(content: str, topic: str) -> bool:
    return re.search(rf"#{re.escape(topic)}(?=[\s#]|$)", content, re.IGNORECASE) is not None


def _hashed(names: Iterable[str]) -> str:
    return "".join(f"#{name} " for name in names)


def _fetchable(url: str) -> bool:
    return url.startswith(("https://", "http://"))


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
