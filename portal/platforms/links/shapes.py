"""What addresses of notes look like on each platform, and those of profiles, goods, lists and broadcasts.

Checked on share texts of the apps; where sources are weak about an id's length the pattern is loose.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from courses.events.note_ids import bilibili_id, weibo_id

# What may stand right behind a note's id: the rest of an address, or what a share text goes on with.
_END = r"(?=[/?#&,;()!*]|$)"
_SHORT_END = r"/?(?=[?#&,;()!*]|$)"
_SCHEME = "https?://"
#: any name below a host's
_ANY = r"(?:[0-9a-z-]+\.){0,3}"


@dataclass(frozen=True)
class Carried:
    """A page whose query names the note: by which parameters, what their value looks like, and the note's own address."""

    page: re.Pattern[str]
    names: tuple[str, ...]
    value: re.Pattern[str]
    address: str


@dataclass(frozen=True)
class Shapes:
    """`note` has the note's id as its group; `short` leads to a note that only the platform knows; the others to none.

    `query` names what of an address's query is needed to open it: the rest says who shared it, which is nobody's business.
    `identity` gives one name for a note that is written in two ways.
    """

    note: tuple[re.Pattern[str], ...]
    carried: tuple[Carried, ...]
    short: re.Pattern[str]
    profile: re.Pattern[str]
    goods: re.Pattern[str]
    listing: re.Pattern[str]
    live: re.Pattern[str]
    query: frozenset[str] = frozenset()
    identity: Callable[[str], str] = str


_XHS = rf"{_SCHEME}{_ANY}(?:xiaohongshu|rednote)\.com"
_DOUYIN = rf"{_SCHEME}{_ANY}(?:douyin|iesdouyin)\.com"
_KUAISHOU = rf"{_SCHEME}{_ANY}(?:kuaishou|kuaishouapp|chenzhongtech|gifshow)\.com"
_BILIBILI = rf"{_SCHEME}{_ANY}bilibili\.com"
_WEIBO = rf"{_SCHEME}{_ANY}weibo\.(?:com|cn)"
_BV = r"[Bb][Vv][0-9A-Za-z]{10}|[Aa][Vv]\d{1,19}"
_WEIBO_VIDEO = r"\d{4}(?::|%3[Aa])\d{10,20}"
#: second levels of a person's pages, which look like a post's name
_WEIBO_TABS = "(?!followers|following|superfans)"

SHAPES: dict[str, Shapes] = {
    "xiaohongshu": Shapes(
        note=(
            re.compile(
                rf"{_XHS}/(?:explore|discovery/item|red_video|search_result|item|note|notes|user/profile/[0-9a-f]{{24}}"
                rf"|board/[0-9a-f]{{24}})/([0-9a-f]{{24}}){_END}"
            ),
        ),
        carried=(
            Carried(
                re.compile(_XHS), ("noteId", "note_id", "noteid"), re.compile("[0-9a-f]{24}"),
                "https://www.xiaohongshu.com/explore/{id}",
            ),
        ),
        short=re.compile(
            rf"{_SCHEME}(?:www\.)?xhslink\.(?:com|cn)/(?:[a-z]{{1,2}}/)?[0-9A-Za-z_-]{{4,24}}{_SHORT_END}"
        ),
        profile=re.compile(rf"{_XHS}/user/profile/"),
        goods=re.compile(rf"{_XHS}/(?:goods|goods-detail|store|vendor|mall|shop)(?:[/?-]|$)"),
        listing=re.compile(rf"{_XHS}/(?:search_result|board|collection|page/topics?|topic|hashtag|discovery/topic)(?:[/?]|$)"),
        live=re.compile(rf"{_XHS}/(?:livestream|live)/"),
        query=frozenset({"xsec_token", "xsec_source"}),  # a note opens on the web only with these
    ),
    "douyin": Shapes(
        note=(
            re.compile(rf"{_DOUYIN}/(?:share/)?(?:video|note|slides|article|light)/(\d{{10,21}}){_END}"),
            re.compile(rf"{_DOUYIN}/[^#]*[?&]modal_id=(\d{{10,21}})(?=[&#,;]|$)"),
        ),
        carried=(
            Carried(
                re.compile(_DOUYIN), ("vid", "aweme_id", "item_id", "modal_id"), re.compile(r"\d{15,21}"),
                "https://www.douyin.com/video/{id}",
            ),
        ),
        short=re.compile(rf"{_SCHEME}v\.douyin\.com/[0-9A-Za-z_-]{{4,24}}{_SHORT_END}"),
        profile=re.compile(rf"{_DOUYIN}/(?:share/)?user/"),
        goods=re.compile(rf"{_DOUYIN}/(?:goods|mall|product|ec)(?:[/?]|$)|{_SCHEME}{_ANY}jinritemai\.com/"),
        listing=re.compile(
            rf"{_DOUYIN}/(?:share/)?(?:search|root/search|collection|mix|hashtag|challenge|topic|music|hot|channel|series)(?:[/?]|$)"
        ),
        live=re.compile(rf"{_SCHEME}live\.(?:ies)?douyin\.com/|{_DOUYIN}/(?:share/)?(?:live|webcast)/"),
        query=frozenset({"modal_id"}),
    ),
    "kuaishou": Shapes(
        note=(
            re.compile(
                rf"{_KUAISHOU}/(?:short-video|long-video|video|photo/[0-9A-Za-z_-]+|u/[0-9A-Za-z_-]+|fw/(?:photo|long-video))"
                rf"/([0-9A-Za-z_-]{{8,32}}){_END}"
            ),
        ),
        carried=(
            Carried(
                re.compile(_KUAISHOU), ("photoId", "photo_id"), re.compile("[0-9A-Za-z_-]{8,32}"),
                "https://www.kuaishou.com/short-video/{id}",
            ),
        ),
        short=re.compile(
            rf"{_SCHEME}(?:v\.kuaishou\.com(?:/s)?|v\.kuaishouapp\.com/s|(?:www\.)?kuaishou\.com/f|v\.gifshow\.com/s)"
            rf"/[0-9A-Za-z_-]{{4,32}}{_SHORT_END}"
        ),
        profile=re.compile(rf"{_KUAISHOU}/(?:profile|fw/user)/"),
        goods=re.compile(
            rf"{_KUAISHOU}/(?:goods|shop|merchant|fw/(?:goods|merchant))(?:[/?]|$)|{_SCHEME}{_ANY}kwaixiaodian\.com/"
        ),
        listing=re.compile(rf"{_KUAISHOU}/(?:search|tag|fw/tag|collection|fw/collection|album|brilliant|hot|channel)(?:[/?]|$)"),
        live=re.compile(rf"{_SCHEME}live\.kuaishou\.com/|{_KUAISHOU}/fw/live/"),
    ),
    "bilibili": Shapes(
        note=(
            re.compile(rf"{_BILIBILI}/(?:s/)?video/({_BV}){_END}"),
            re.compile(rf"{_BILIBILI}/medialist/play/[0-9A-Za-z]+/({_BV}){_END}"),
            re.compile(rf"{_SCHEME}(?:b23\.tv|bili2233\.cn)/({_BV}){_END}"),
            re.compile(
                rf"{_SCHEME}(?:(?:www\.|m\.)?bilibili\.com/(?:opus|dynamic|read/(?:mobile/)?)/?(?:cv)?"
                rf"|t\.bilibili\.com/(?:h5/dynamic/detail/)?|h\.bilibili\.com/)(\d{{5,20}}){_END}"
            ),
        ),
        carried=(
            Carried(re.compile(_BILIBILI), ("bvid",), re.compile(_BV), "https://www.bilibili.com/video/{id}"),
            Carried(re.compile(_BILIBILI), ("aid", "avid"), re.compile(r"\d{1,19}"), "https://www.bilibili.com/video/av{id}"),
            Carried(
                re.compile(rf"{_BILIBILI}/list/"), ("oid",), re.compile(r"\d{1,19}"),
                "https://www.bilibili.com/video/av{id}",
            ),
            Carried(
                re.compile(rf"{_BILIBILI}/read/mobile"), ("id",), re.compile(r"\d{5,20}"),
                "https://www.bilibili.com/read/cv{id}",
            ),
        ),
        short=re.compile(rf"{_SCHEME}(?:b23\.tv|bili2233\.cn)/[0-9A-Za-z]{{5,16}}{_SHORT_END}"),
        profile=re.compile(rf"{_SCHEME}space\.bilibili\.com/|{_BILIBILI}/space/"),
        goods=re.compile(rf"{_SCHEME}(?:mall|show|gf)\.bilibili\.com/|{_BILIBILI}/(?:cheese|blackboard/mall)(?:[/?]|$)"),
        listing=re.compile(
            rf"{_SCHEME}search\.bilibili\.com/|{_BILIBILI}/(?:list|medialist|playlist|v|c|search|topic)(?:[/?]|$)"
        ),
        live=re.compile(rf"{_SCHEME}live\.bilibili\.com/"),
        identity=bilibili_id,
    ),
    "weibo": Shapes(
        note=(
            re.compile(
                rf"{_SCHEME}(?:(?:www\.)?weibo\.com/(?:\d{{5,12}}|detail|status)"
                r"|(?:m\.weibo\.cn|m\.weibo\.com)/(?:status|statuses|detail|\d{5,12})|weibo\.cn/(?:comment|repost|attitude))"
                rf"/{_WEIBO_TABS}([0-9A-Za-z]{{8,20}}){_END}"
            ),
            re.compile(rf"{_WEIBO}/(?:tv/)?(?:show|v)/({_WEIBO_VIDEO}){_END}"),
            re.compile(rf"{_SCHEME}video\.weibo\.com/show\?(?:[^#]*&)?fid=({_WEIBO_VIDEO})(?=[&#,;]|$)"),
            re.compile(rf"{_SCHEME}share\.api\.weibo\.cn/share/\d+,(\d{{10,20}})(?:\.html)?{_END}"),
            re.compile(rf"{_SCHEME}card\.weibo\.com/article/m/show/id/(\d{{16,25}}){_END}"),
        ),
        carried=(
            Carried(
                re.compile(_WEIBO), ("object_id", "fid"), re.compile(_WEIBO_VIDEO), "https://weibo.com/tv/show/{id}"
            ),
            Carried(
                re.compile(rf"{_WEIBO}/ttarticle/"), ("id",), re.compile(r"\d{16,25}"),
                "https://weibo.com/ttarticle/p/show?id={id}",
            ),
            Carried(
                re.compile(_WEIBO), ("weibo_id", "mid", "mblogid", "bid"), re.compile(r"\d{16}|[0-9A-Za-z]{9}"),
                "https://m.weibo.cn/detail/{id}",
            ),
        ),
        short=re.compile(
            rf"{_SCHEME}(?:t\.cn/[0-9A-Za-z]{{4,12}}|mapp\.api\.weibo\.cn/fx/[0-9a-f]{{16,64}}\.html){_SHORT_END}"
        ),
        profile=re.compile(
            rf"{_SCHEME}(?:(?:www\.)?weibo\.com|m\.weibo\.cn|m\.weibo\.com|weibo\.cn)"
            r"/(?:(?:u|n|profile)/|p/10050\d|\d{5,12}(?:[?#]|/?$|/[a-z]+))"
        ),
        goods=re.compile(rf"{_SCHEME}(?:shop|mall|store)\.(?:sc\.)?weibo\.(?:com|cn)/|{_WEIBO}/(?:goods|shop|mall)(?:[/?]|$)"),
        listing=re.compile(
            rf"{_SCHEME}(?:s|d|huati|hot)\.weibo\.(?:com|cn)/|{_WEIBO}/(?:search|hot|a/hot|p|topic|mygroups)(?:[/?]|$)"
        ),
        live=re.compile(rf"{_WEIBO}/l/wblive/"),
        query=frozenset({"fid"}),
        identity=weibo_id,
    ),
}  # fmt: skip
