"""What can be made to go wrong in rehearsal, and how it is told without a server's memory."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

COOKIE = "rehearsal_fault"
#: the application's key at every platform that has one; the fault that is ordered at a link travels behind it
APP_KEY = "rehearsal"


@dataclass(frozen=True)
class Fault:
    """A fault that can be chosen, in both languages."""

    name: str
    zh: str
    en: str


def _by_name(*faults: Fault) -> dict[str, Fault]:
    return {fault.name: fault for fault in faults}


#: what one browser can choose for itself, on XiaoHongShu
BROWSER_FAULTS = _by_name(
    Fault("none", "一切正常", "Everything works"),
    Fault("not-found", "分享脚本不存在（404）", "The share script is missing (404)"),
    Fault("hang", "分享脚本一直加载不出来", "The share script never arrives"),
    Fault("throws", "分享脚本一加载就出错", "The share script breaks while loading"),
    Fault("changed", "分享脚本换了接口", "The share script no longer has share()"),
    Fault("silent", "点了发布，什么也没发生", "Nothing happens after the tap"),
    Fault("slow", "平台很慢（5 秒）", "The platform is slow (5 seconds)"),
    Fault("refuse", "平台拒绝这篇笔记", "The platform refuses the note"),
    Fault("signature", "平台拒绝签名", "The platform refuses the signature"),
    Fault("no-link", "显示发布成功，但不给链接", "Says published, but gives no link"),
    Fault("dead-link", "显示发布成功，其实没有发布", "Says published, but nothing was"),
)

_ORDERED = _by_name(
    Fault("none", "一切正常", "Everything works"),
    Fault("rejected", "平台拒绝这篇笔记", "The platform refuses the note"),
    Fault("refuse", "平台拒绝这个应用", "The platform refuses the application"),
    Fault("signature", "平台拒绝签名", "The platform refuses the signature"),
    Fault("slow1", "平台慢 1 秒", "The platform is 1 second late"),
    Fault("slow5", "平台慢 5 秒", "The platform is 5 seconds late"),
    Fault("slow30", "平台慢 30 秒", "The platform is 30 seconds late"),
    Fault("drip", "回复一个字节一个字节地来", "The answer comes byte by byte"),
    Fault("html", "回复是一个网页", "The answer is a web page"),
    Fault("truncated", "回复只有半截", "The answer breaks off"),
    Fault("huge", "回复有 10 MB", "The answer has 10 MB"),
    Fault("expired", "授权早已过期", "The access has already ended"),
    Fault("negative", "授权期限是负数", "The access lasts a negative time"),
    Fault("seconds", "期限单位是秒而不是毫秒", "Its end is in seconds, not in milliseconds"),
    Fault("ms", "期限单位是毫秒而不是秒", "Its time is in milliseconds, not in seconds"),
    Fault("429", "请求过于频繁（429）", "Too many requests (429)"),
    Fault("lie", "显示发布成功，其实没有发布", "Says published, and nothing was"),
    Fault("untold", "发布了，但平台不通知本站", "Publishes, and does not tell the portal"),
    Fault("no-sdk", "分享脚本加载不出来", "The share script does not load"),
    Fault("no-app", "点了以后 App 打不开", "The app does not open after the tap"),
    Fault("no-keys", "没有配置密钥", "There are no keys"),
)
_TOKEN = "refuse signature slow1 slow5 slow30 drip html truncated huge expired negative"  # noqa: S105 - names of faults

#: what an instructor can order for everybody at a link, by platform: those that the platform can have
LINK_FAULTS: dict[str, dict[str, Fault]] = {
    slug: {name: _ORDERED[name] for name in names.split()}
    for slug, names in {
        "xiaohongshu": f"none rejected {_TOKEN} seconds 429 lie no-sdk no-app no-keys",
        # It has no script to load.
        "douyin": f"none rejected {_TOKEN} ms 429 lie untold no-app no-keys",
        # Its page is all there is: no token, no signature. Without a key it works too, and does not name the sender.
        "weibo": "none rejected refuse slow1 slow5 slow30 drip truncated huge 429 lie no-app no-keys",
        # The app is opened by hand: the portal asks nobody, and needs no keys.
        "kuaishou": "none rejected slow1 slow5 slow30 lie no-app",
        "bilibili": "none rejected slow1 slow5 slow30 lie no-app",
    }.items()
}
#: seconds to wait first
SECONDS = {"slow1": 1, "slow5": 5, "slow30": 30, "hang": 60}
#: of the note itself, whichever way it comes into the app; "untold" only where somebody could be told
NOTE_FAULTS = frozenset({"rejected", "lie", "untold", "no-app"})
#: what else a key can carry, for tests of the adapters
_MORE = frozenset({"types", "hang", "redirect", "stale", "500"})
_KEY = re.compile(rf"{APP_KEY}(?:\+([a-z0-9-]{{1,16}}))?")


def browser_fault(cookies: Mapping[str, str]) -> str:
    """The fault that this browser chose; "none" for none and for nonsense."""
    name = cookies.get(COOKIE, "none")
    return name if name in BROWSER_FAULTS else "none"


def fault_of(app_key: str, slug: str) -> str | None:
    """The fault that an application key such as "rehearsal+slow5" carries; "" for none, None for a key that is not ours."""
    match = _KEY.fullmatch(app_key)
    if match is None:
        return None
    name = match[1] or ""
    return name if not name or name in LINK_FAULTS[slug] or name in _MORE else None
