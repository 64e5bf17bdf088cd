"""What can be made to go wrong in rehearsal, and how it is told without a server's memory."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from portal.rehearsal.signing import APP_KEY

COOKIE = "rehearsal_fault"


@dataclass(frozen=True)
class Fault:
    """A fault that a browser can choose for itself, in both languages."""

    name: str
    zh: str
    en: str


BROWSER_FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
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
}

#: what an instructor can order for everybody at a link
LINK_FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
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
        Fault("429", "请求过于频繁（429）", "Too many requests (429)"),
        Fault("lie", "显示发布成功，其实没有发布", "Says published, and nothing was"),
        Fault("no-sdk", "分享脚本加载不出来", "The share script does not load"),
        Fault("no-keys", "没有配置密钥", "There are no keys"),
    )
}
#: not of the token request but of the share itself
SHARE_FAULTS = frozenset({"rejected", "lie"})

# Faults of the token request travel in the application key, which reaches the platform from server to server.
_TOKEN_FAULT = re.compile(
    re.escape(APP_KEY) + r"(?:\+(?P<name>slow(?P<seconds>\d{1,2})|refuse|signature|html|truncated|types|huge|drip|hang"
    r"|redirect|expired|negative|rejected|lie|seconds|stale|429|500))?"
)


@dataclass(frozen=True)
class TokenFault:
    """A fault of the token request; "" is none. `seconds` to wait first."""

    name: str
    seconds: int


def browser_fault(cookies: Mapping[str, str]) -> str:
    """The fault that this browser chose; "none" for none and for nonsense."""
    name = cookies.get(COOKIE, "none")
    return name if name in BROWSER_FAULTS else "none"


def token_fault(app_key: str) -> TokenFault | None:
    """The fault that an application key such as "rehearsal+slow5" carries; None for a key that we do not know."""
    match = _TOKEN_FAULT.fullmatch(app_key)
    if match is None:
        return None
    name = match["name"] or ""
    if name in SHARE_FAULTS:
        return TokenFault("", 0)
    if name == "hang":
        return TokenFault("", 60)
    return TokenFault("", int(match["seconds"])) if match["seconds"] else TokenFault(name, 0)


def share_fault(app_key: str) -> str:
    """The fault of the share itself that an application key carries; "" for none."""
    name = app_key.partition("+")[2]
    return name if name in SHARE_FAULTS else ""
