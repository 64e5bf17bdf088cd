"""The note that a pasted text names, and why another text is refused."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from courses.errors import Message
from portal.platforms.links.pasted import MOST_CHARACTERS, cut_urls, platform_of
from portal.platforms.links.shapes import SHAPES
from portal.platforms.protocol import LinkRefused, Named, NoteLink

NAMES: dict[str, Named] = {
    "xiaohongshu": Named("小红书", "XiaoHongShu"),
    "douyin": Named("抖音", "Douyin"),
    "kuaishou": Named("快手", "Kuaishou"),
    "bilibili": Named("哔哩哔哩", "Bilibili"),
    "weibo": Named("微博", "Weibo"),
}
#: pages within pages that are looked into, and what is read of a query
_DEPTH, _FIELDS = 3, 60
_PROFILE = Message("This link leads to a profile. Open your note in the app and copy the note's own link.")
_GOODS = Message("This link leads to something on sale. Open your note in the app and copy the note's own link.")
_LISTING = Message("This link leads to a list. Open your note in the app and copy the note's own link.")
_LIVE = Message("This link leads to a live broadcast. Open your note in the app and copy the note's own link.")
# A short link does not tell what it leads to, but the apps' share texts do. Only their own phrases: titles are free.
_SAYS_NOTE = re.compile("查看笔记|笔记，快来看|精彩内容|的(?:图文|图集|视频)?作品】|直接观看！|播放过")
_SAYS_PROFILE = re.compile(
    r"收获了\S{0,12}赞|主页\s*>>|看看\S{0,20}的?主页|的(?:小红书|抖音|快手|微博)主页|关注我的(?:小红书|抖音|快手|微博)|的个人主页\s*\||的个人空间[-_—]|查看\s*(?:TA|她|他)\s*的更多作品",
    re.IGNORECASE,
)
_SAYS_OTHER = (
    (_SAYS_PROFILE, _PROFILE),
    (re.compile("查看商品详情|【抖音商城】|【快手小店】"), _GOODS),
    (re.compile("正在直播，来|直接观看直播"), _LIVE),
)


def read_link(slug: str, text: str) -> NoteLink:
    """The first link to a note of this platform in pasted text. Raises LinkRefused."""
    shapes, urls = SHAPES[slug], cut_urls(text)
    for url in urls:
        if found := _note_at(slug, url, _DEPTH):
            return found
        if (short := shapes.short.match(url)) and _said(text) is None:
            return NoteLink(short.group(), None)
    raise LinkRefused(_why_refused(slug, text, urls))


def _note_at(slug: str, url: str, depth: int) -> NoteLink | None:
    """The note of an address, also of one that a sign-in, error or "not found" page of the platform carries along."""
    shapes = SHAPES[slug]
    for shape in shapes.note:
        if note := shape.match(url):
            parts = urlsplit(note.group())
            address = f"https://{parts.netloc}{parts.path.rstrip('/')}"
            return NoteLink(address + _query(url, shapes.query), shapes.identity(note.group(1)))
    fields = _fields(url)
    for carried in shapes.carried:
        if carried.page.match(url):
            for name, value in fields:
                if name in carried.names and carried.value.fullmatch(value):
                    address = carried.address.format(id=value)
                    kept = _query(url, shapes.query.difference(carried.names))
                    note_id = address.rpartition("/")[2].rpartition("=")[2]
                    return NoteLink(address + kept, shapes.identity(note_id.removeprefix("cv")))
    if depth and _signs_in(slug, url) and not shapes.profile.match(url):
        for inner in _carried_along(url, fields):
            if found := _note_at(slug, inner, depth - 1):
                return found
    return None


def _signs_in(slug: str, url: str) -> bool:
    """Whether its pages may stand before a note of the platform: Weibo is also signed in to at Sina's."""
    return platform_of(url) == slug or (slug == "weibo" and url.split("/")[2].endswith("login.sina.com.cn"))


def _carried_along(url: str, fields: list[tuple[str, str]]) -> Iterator[str]:
    for _, value in fields:
        inner = unquote(value) if "/" not in value else value
        if inner.startswith("/"):
            yield "/".join(url.split("/")[:3]) + "/" + inner.lstrip("/")
        yield from cut_urls(inner)


def _fields(url: str) -> list[tuple[str, str]]:
    """What the query says, and the query behind "#" of pages that are one script."""
    try:
        parts = urlsplit(url)
        return [pair for query in (parts.query, parts.fragment.partition("?")[2])
                for pair in parse_qsl(query, max_num_fields=_FIELDS)]  # fmt: skip
    except ValueError:
        return []


def _query(url: str, kept: frozenset[str]) -> str:
    query = urlencode([pair for pair in _fields(url) if pair[0] in kept], safe=":")
    return f"?{query}" if query else ""


def _said(text: str) -> Message | None:
    """What a share text that is not one of a note is of."""
    if _SAYS_NOTE.search(text):
        return None
    return next((told for words, told in _SAYS_OTHER if words.search(text)), None)


def _why_refused(slug: str, text: str, urls: list[str]) -> Message:
    if len(text) > MOST_CHARACTERS:
        return Message("That is too long. Paste only the link of your note.")
    if not urls:
        return Message("There is no link in this text. In the app, tap Share, then Copy link, and paste it here.")
    shapes = SHAPES[slug]
    kinds = ((shapes.profile, _PROFILE), (shapes.goods, _GOODS), (shapes.listing, _LISTING), (shapes.live, _LIVE))
    for url in urls:
        for shape, told in kinds:
            if shape.match(url):
                return told
        if shapes.short.match(url) and (said := _said(text)):
            return said
    for url in urls:
        of = platform_of(url)
        if of == slug:
            return Message("This link does not lead to a note. Open your note in the app and copy its link.")
        if of is not None:
            return Message(
                "This is a link to {other}. Paste the link of your {platform} note.",
                other=NAMES[of], platform=NAMES[slug],
            )  # fmt: skip
    return Message(
        "This is not a {platform} link. Open your note in the app, tap Share, then Copy link.", platform=NAMES[slug]
    )
