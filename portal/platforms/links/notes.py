"""The addresses of notes, of each platform, and why another address is refused."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from courses.errors import Message
from portal.platforms.links.pasted import MOST_CHARACTERS, cut_urls, platform_of
from portal.platforms.protocol import LinkRefused, Named, NoteLink

_END = r"(?=[/?#]|$)"
_SHORT_END = r"/?(?=[?#]|$)"

NAMES: dict[str, Named] = {
    "xiaohongshu": Named("小红书", "XiaoHongShu"),
    "douyin": Named("抖音", "Douyin"),
    "kuaishou": Named("快手", "Kuaishou"),
    "bilibili": Named("哔哩哔哩", "Bilibili"),
    "weibo": Named("微博", "Weibo"),
}


@dataclass(frozen=True)
class Shapes:
    """`note` has the note's id as its group; `short` leads to a note that only the platform knows; `profile` to a person.

    `query` names what of an address's query is needed to open it: the rest says who shared it, which is nobody's business.
    """

    note: tuple[re.Pattern[str], ...]
    short: re.Pattern[str]
    profile: re.Pattern[str]
    query: frozenset[str] = frozenset()


# Checked on share texts of the apps; where sources are weak about an id's length the pattern is loose.
SHAPES: dict[str, Shapes] = {
    "xiaohongshu": Shapes(
        (
            re.compile(
                r"https?://(?:www\.|m\.)?(?:xiaohongshu|rednote)\.com"
                rf"/(?:explore|discovery/item|red_video|user/profile/[0-9a-f]{{24}})/([0-9a-f]{{24}}){_END}"
            ),
        ),
        re.compile(rf"https?://(?:www\.)?xhslink\.(?:com|cn)/(?:[a-z]{{1,2}}/)?[0-9A-Za-z_-]{{4,24}}{_SHORT_END}"),
        re.compile(r"https?://(?:www\.|m\.)?(?:xiaohongshu|rednote)\.com/user/profile/"),
        frozenset({"xsec_token", "xsec_source"}),  # a note opens on the web only with these
    ),
    "douyin": Shapes(
        (
            re.compile(
                r"https?://(?:www\.|m\.)?(?:douyin|iesdouyin)\.com"
                rf"/(?:share/)?(?:video|note|slides)/(\d{{10,21}}){_END}"
            ),
            re.compile(r"https?://www\.douyin\.com/[^#]*[?&]modal_id=(\d{10,21})(?=[&#]|$)"),
        ),
        re.compile(rf"https?://v\.douyin\.com/[0-9A-Za-z_-]{{4,24}}{_SHORT_END}"),
        re.compile(r"https?://(?:www\.|m\.)?(?:douyin|iesdouyin)\.com/(?:share/)?user/"),
        frozenset({"modal_id"}),
    ),
    "kuaishou": Shapes(
        (
            re.compile(
                r"https?://(?:(?:www|m|v)\.kuaishou\.com/(?:short-video|video|photo/[0-9A-Za-z_-]+)"
                r"|(?:c|v\.m)\.(?:kuaishou|chenzhongtech|gifshow)\.com/fw/photo)"
                rf"/([0-9A-Za-z_-]{{8,32}}){_END}"
            ),
        ),
        re.compile(
            r"https?://(?:v\.kuaishou\.com|v\.kuaishouapp\.com/s|(?:www\.)?kuaishou\.com/f)"
            rf"/[0-9A-Za-z_-]{{4,32}}{_SHORT_END}"
        ),
        re.compile(r"https?://(?:(?:www|m|v)\.kuaishou\.com/profile/|c\.kuaishou\.com/fw/user/)"),
    ),
    "bilibili": Shapes(
        (
            re.compile(rf"https?://(?:www\.|m\.)?bilibili\.com/video/(BV[0-9A-Za-z]{{10}}|av\d{{1,19}}){_END}"),
            re.compile(
                r"https?://(?:(?:www\.|m\.)?bilibili\.com/(?:opus|dynamic|read/(?:mobile/)?)/?(?:cv)?"
                rf"|t\.bilibili\.com/)(\d{{5,20}}){_END}"
            ),
        ),
        re.compile(rf"https?://(?:b23\.tv|bili2233\.cn)/[0-9A-Za-z]{{5,16}}{_SHORT_END}"),
        re.compile(r"https?://(?:space\.bilibili\.com/|m\.bilibili\.com/space/)"),
    ),
    "weibo": Shapes(
        (
            re.compile(
                r"https?://(?:(?:www\.)?weibo\.com/(?:\d{5,12}|detail|status)"
                rf"|(?:m\.weibo\.cn|m\.weibo\.com)/(?:status|detail|\d{{5,12}}))/([0-9A-Za-z]{{8,20}}){_END}"
            ),
        ),
        re.compile(
            r"https?://(?:t\.cn/[0-9A-Za-z]{4,12}|mapp\.api\.weibo\.cn/fx/[0-9a-f]{16,64}\.html"
            r"|video\.weibo\.com/show\?fid=[0-9:]+)(?=[/?#&]|$)"
        ),
        re.compile(r"https?://(?:(?:www\.)?weibo\.com|m\.weibo\.cn|m\.weibo\.com)/(?:u|n|profile)/"),
    ),
}


def read_link(slug: str, text: str) -> NoteLink:
    """The first link to a note of this platform in pasted text. Raises LinkRefused."""
    shapes, urls = SHAPES[slug], cut_urls(text)
    for url in urls:
        for shape in shapes.note:
            if note := shape.match(url):
                return NoteLink(_without_trackers(url, shapes.query), note.group(1))
        if short := shapes.short.match(url):
            return NoteLink(short.group(), None)
    raise LinkRefused(_why_refused(slug, text, urls))


def _without_trackers(url: str, kept: frozenset[str]) -> str:
    parts = urlsplit(url)
    query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] in kept])
    return f"https://{parts.netloc}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def _why_refused(slug: str, text: str, urls: list[str]) -> Message:
    if len(text) > MOST_CHARACTERS:
        return Message("That is too long. Paste only the link of your note.")
    if not urls:
        return Message("There is no link in this text. In the app, tap Share, then Copy link, and paste it here.")
    if any(SHAPES[slug].profile.match(url) for url in urls):
        return Message("This link leads to a profile. Open your note in the app and copy the note's own link.")
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
