"""Finding links in what students paste: a bare address or a whole share text."""

import re

MOST_CHARACTERS = 4000

# The hosts of notes and of share links, so that a link to the wrong app can be named.
HOSTS: dict[str, tuple[str, ...]] = {
    "xiaohongshu": ("xiaohongshu.com", "rednote.com", "xhslink.com", "xhslink.cn"),
    "douyin": ("douyin.com", "iesdouyin.com"),
    "kuaishou": ("kuaishou.com", "kuaishouapp.com", "chenzhongtech.com", "gifshow.com"),
    "bilibili": ("bilibili.com", "b23.tv", "bili2233.cn"),
    "weibo": ("weibo.com", "weibo.cn", "t.cn"),
}
_ALL_HOSTS = "|".join(re.escape(host) for hosts in HOSTS.values() for host in hosts)

# A link ends at the first character that no address has (RFC 3986): white space, Chinese, full-width and invisible ones.
# Some browsers copy an address without its scheme: that is taken for the hosts we know, also right behind Chinese.
_URL = re.compile(
    rf"(?:https?://|(?<![A-Za-z0-9_@./:-])(?=(?:[0-9a-z-]{{1,63}}\.){{0,3}}(?:{_ALL_HOSTS})[/?]))"
    r"[A-Za-z0-9\-._~:/?#\[\]@!$&()*+,;=%]+",
    re.IGNORECASE,
)
_SCHEME_AND_HOST = re.compile(r"(?:(https?)://)?([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


def cut_urls(text: str) -> list[str]:
    """The http(s) addresses in the text, in order, scheme and host in lower case; none in over-long text."""
    if len(text) > MOST_CHARACTERS:
        return []
    return [_fold(match.group().rstrip(".,;:!?)]~(*[")) for match in _URL.finditer(text)]


def _fold(url: str) -> str:
    parts = _SCHEME_AND_HOST.fullmatch(url)
    if parts is None:
        return url  # never: every part may be empty
    scheme, host, rest = parts.groups()
    # Copied out of a page's source an address has its "&" by name.
    rest = rest.replace("&amp;", "&")
    return f"{(scheme or 'https').lower()}://{host.lower().removesuffix(':443')}{rest}"


def platform_of(url: str) -> str | None:
    """The slug of the platform whose host this is, if we know it."""
    host = url.split("/")[2] if url.count("/") >= 2 else ""
    for slug, names in HOSTS.items():
        if any(host == name or host.endswith(f".{name}") for name in names):
            return slug
    return None
