"""What each app puts on the clipboard when its user shares a note: the app's own form, with a link that leads nowhere.

XiaoHongShu's and Weibo's are whole links; Douyin, Kuaishou and Bilibili give short ones, which do not tell the note.
Each but XiaoHongShu's says "Rehearsal", so that nobody takes it for a real one and no real one is met.
"""

import hashlib
import string

from portal.rehearsal.shares import Share

_LETTERS = string.digits + string.ascii_letters
_FORMS = {
    "xiaohongshu": (
        "【{title} - 演练 | 小红书 - 你的生活指南】 😆 Rehearsal 😆 {url}，复制本条信息，打开【小红书】App查看精彩内容！"
    ),
    "douyin": "7.48 复制打开抖音，看看【演练的作品】{title}... {url} AgB:/ h@o.dn 05/17",
    "kuaishou": "{title} {url} 复制此消息，打开【快手】直接观看！",
    "bilibili": "【{title}-哔哩哔哩】 {url}",
    "weibo": "{url}",
}
_ADDRESSES = {
    "douyin": "https://v.douyin.com/Rehearsal-{letters:.11}/",
    "kuaishou": "https://v.kuaishou.com/Rehearsal-{letters:.11}",
    "bilibili": "https://b23.tv/Rehearsal{letters:.7}",
    "weibo": "https://weibo.com/0000000000/Rehearsal{letters:.9}",
}


def note_id(share: Share, code: str) -> str:
    """24 hex digits, the first eight the time as in XiaoHongShu's; the same whenever the page is loaded again."""
    return f"{share.made:08x}{hashlib.sha256(code.encode()).hexdigest()[:16]}"


def video_number(share: Share, code: str) -> str:
    """19 digits, as Douyin numbers its works."""
    return f"7{int(note_id(share, code), 16) % 10**18:018d}"


def share_text(share: Share, code: str) -> str:
    """What is pasted on the lesson's page."""
    return _FORMS[share.platform].format(title=share.heading, url=note_url(share, code))


def short_text(share: Share, code: str) -> str:
    """XiaoHongShu's with a short link, behind which there is nothing."""
    return _FORMS[share.platform].format(title=share.heading, url=f"http://xhslink.com/m/{note_id(share, code)[-11:]}")


def note_url(share: Share, code: str) -> str:
    """The note's address as its platform writes it."""
    note = note_id(share, code)
    if share.platform == "xiaohongshu":
        return f"https://www.xiaohongshu.com/explore/{note}?xsec_token=rehearsal{note[-8:]}&xsec_source=app_share"
    return _ADDRESSES[share.platform].format(letters=_letters(note))


def _letters(note: str) -> str:
    number, found = int.from_bytes(hashlib.sha256(note.encode()).digest()), ""
    while len(found) < 16:
        number, place = divmod(number, len(_LETTERS))
        found += _LETTERS[place]
    return found
