"""Which browser a phone came with: apps whose built-in browsers cannot open another app, and short names for people."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from portal.i18n import language


@dataclass(frozen=True)
class InAppBrowser:
    """An app that shows pages itself; `names` in Chinese and English.

    `corner` says that its menu is known to be at the top right, so that an arrow may point there.
    """

    slug: str
    names: dict[str, str] = field(hash=False)
    corner: bool = True


#: apps of which nobody has said where their menu is
_SOMEWHERE = frozenset({"qqbrowser", "webview"})
# The order matters: WeCom also says MicroMessenger, WeChat and QQ on Android also say MQQBrowser, DingTalk also says AliApp,
# and all of them on Android may say "; wv".
_APPS: list[tuple[re.Pattern[str], InAppBrowser]] = [
    (re.compile(pattern, re.IGNORECASE), InAppBrowser(slug, {"zh": chinese, "en": english}, slug not in _SOMEWHERE))
    for pattern, slug, chinese, english in (
        (r"wxwork", "wecom", "企业微信", "WeCom"),
        (r"micromessenger|windowswechat", "wechat", "微信", "WeChat"),
        (r"\bQQ/[\d.]+", "qq", "QQ", "QQ"),
        (r"qzone/", "qzone", "QQ空间", "Qzone"),
        (r"__weibo__|\bweibo", "weibo", "微博", "Weibo"),
        (r"dingtalk", "dingtalk", "钉钉", "DingTalk"),
        (r"alipayclient", "alipay", "支付宝", "Alipay"),
        (r"aliapp\(tb", "taobao", "淘宝", "Taobao"),
        (r"\blark\b|feishu", "feishu", "飞书", "Feishu"),
        (r"aweme|bytedancewebview|newsarticle", "douyin", "抖音", "Douyin"),
        (r"baiduboxapp", "baidu", "百度", "Baidu"),
        (r"bili(app|bili)", "bilibili", "哔哩哔哩", "Bilibili"),
        (r"kwai|ksnebula", "kuaishou", "快手", "Kuaishou"),
        (r"xhsapp|rednote|\bdiscover/\d", "xiaohongshu", "小红书", "RedNote"),
        (r"qqbrowser", "qqbrowser", "QQ浏览器", "QQ Browser"),
        (r"; wv\)", "webview", "应用内置浏览器", "This built-in browser"),
    )
]
_NAMES = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@lru_cache(maxsize=2048)
def in_app_browser(user_agent: str) -> InAppBrowser | None:
    """The app whose built-in browser this is, or None for a real browser."""
    return next((app for pattern, app in _APPS if pattern.search(user_agent)), None)


def app_name(slug: str) -> str:
    """As people know it; what a phone said that is no app of ours is cut."""
    names = next((app.names for _, app in _APPS if app.slug == slug), None)
    return names[language()] if names else slug[:20]


@lru_cache(maxsize=2048)
def system(user_agent: str) -> str:
    """ "ios", "android" or "other"."""
    if re.search(r"iPhone|iPad|iPod", user_agent):
        return "ios"
    return "android" if "Android" in user_agent else "other"


def browser_name(user_agent: str) -> str:
    """Such as "Chrome on Android"; never the whole user agent."""
    app = in_app_browser(user_agent)
    name = app.names["en"] if app else next((name for mark, name in _NAMES if mark in user_agent), "")
    place = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " on ".join(filter(None, (name, place)))
