"""Why a hand-over failed: a closed list of causes, read out of what the phone or the platform said."""

import re
from collections.abc import Mapping
from typing import Any

CAUSES = (
    "app_missing", "refused", "signature", "token", "sdk", "network", "rate_limited", "media", "browser", "unknown",
)  # fmt: skip
UNKNOWN = CAUSES[-1]
#: how much of somebody's words is read
READ = 2_000

# The first that matches counts: what a platform says of a signature often also says "invalid", and of a picture "timeout".
_WORDS = [
    (cause, re.compile(pattern, re.IGNORECASE))
    for cause, pattern in (
        ("rate_limited", r"频繁|限流|稍后再试|too many|rate.?limit|\b429\b"),
        ("app_missing", r"未安装|没有安装|尚未安装|找不到应用|not installed|app.{0,12}(?:missing|not found)"),
        ("sdk", r"\bsdk\b|xhs(?:\.share)? is (?:not|un)|script error|importing a module|is not a function"),
        ("signature", r"签名|signature|verify ?config"),
        ("token", r"token|ticket|令牌|票据|凭证|app_?key|client_?key"),
        ("media", r"图片|视频|封面|素材|image|video|cover|picture|media"),
        ("network", r"网络|超时|断开|连接失败|network|time[d ]*.?out|failed to fetch|load failed|offline|connection"),
        ("browser", r"浏览器|不支持|browser|web.?view|not support|unsupported"),
        (
            "refused",
            r"拒绝|违规|不符合|不合规|审核|权限|非法|无效|禁止|refus|denied|forbidden|permission|not allowed|invalid|illegal",
        ),
    )
]
#: what our own page gives as the reason of a failure
_REASONS = {"no_sdk": "sdk", "token": "token", "refused": "refused", "offline": "network"}


def cause_of(detail: Mapping[str, Any]) -> str:
    """The cause of a failure: as the phone names it, else by the reason of our page, else by the words. One of CAUSES."""
    named = detail.get("cause")
    if isinstance(named, str) and named in CAUSES:
        return named
    reason = detail.get("reason")
    if isinstance(reason, str) and reason in _REASONS:
        return _REASONS[reason]
    return cause_of_words(str(detail.get("message", "")))


def cause_of_words(words: str) -> str:
    """By what a platform or browser wrote; UNKNOWN where it says nothing that we know. One of CAUSES."""
    return next((cause for cause, pattern in _WORDS if pattern.search(words[:READ])), UNKNOWN)


def cause_of_row(cause: str | None, failure: str | None) -> str:
    """Of a publication that failed; older ones have no cause, only the platform's words."""
    return cause or cause_of_words(failure or "")
