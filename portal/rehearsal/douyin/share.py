"""What `snssdk1128://openplatform/share?…` hands to Douyin's app, verified parameter by parameter.

https://developer.open-douyin.com/docs/resource/zh-CN/dop/develop/sdk/web-app/h5/share-to-h5
"""

import re
from typing import Any
from urllib.parse import unquote

import msgspec

from courses.tokens import Keyring
from portal.rehearsal.douyin.signing import is_share_id, is_signed
from portal.rehearsal.faults import NOTE_FAULTS, fault_of
from portal.rehearsal.shares import Share, ShareRefused, new_session

SLUG = "douyin"
FRESH = 1800  # seconds that a signature may be old or early; the real one does not say
MOST_PICTURES = 12
MOST_TEXT = 1000
SHORT_TITLE = 12
WORDS_SIGNATURE = "verify signature fail"
NEEDED = ("share_type", "client_key", "nonce_str", "timestamp", "signature")
MEDIA = ("image_path", "image_list_path", "video_path")
KNOWN = {
    *NEEDED, *MEDIA, "state", "share_to_publish", "title", "short_title", "hashtag_list", "title_hashtag_list",
    "private_status", "download_type", "share_to_type", "micro_app_info",
}  # fmt: skip
#: what a parameter may be, where the documentation lists it
CHOICES = {
    "share_type": {"h5"}, "share_to_publish": {"0", "1"}, "private_status": {"0", "1", "2"}, "download_type": {"1", "2"},
    "share_to_type": {"0", "1"},
}  # fmt: skip


class Span(msgspec.Struct):
    """A topic inside of the title."""

    name: str
    start: int


def parameters(query: str) -> dict[str, str]:
    """The parameters of an address, where a plus is a plus as in Douyin's own script. Raises ShareRefused."""
    given: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        try:
            name, value = unquote(name, errors="strict"), unquote(value, errors="strict")
        except UnicodeDecodeError:
            raise _wrong("编码") from None
        if name not in KNOWN or name in given:
            raise _wrong(name)
        given[name] = value
    return given


def read_share(keyring: Keyring, given: dict[str, str], back: str, now: float) -> Share:
    """What the app's composer begins with. Raises ShareRefused."""
    for name in NEEDED:
        if not given.get(name):
            raise _wrong(name)
    fault = fault_of(given["client_key"], SLUG)
    if fault is None:
        raise ShareRefused("client_key 不存在")
    for name, choices in CHOICES.items():
        if name in given and given[name] not in choices:
            raise _wrong(name)
    _check_signature(keyring, given, fault, now)
    images, video = _media(given)
    topics = _list(given, "hashtag_list", list[str])
    title, short = given.get("title", ""), given.get("short_title", "")
    if any(not topic.strip() or "#" in topic for topic in topics):
        raise _wrong("hashtag_list")
    if any(not 0 <= span.start <= len(title) for span in _list(given, "title_hashtag_list", list[Span])):
        raise _wrong("title_hashtag_list")
    text = f"{title} {''.join(f'#{topic} ' for topic in topics)}".strip()
    if _units(short) > SHORT_TITLE or _units(text) > MOST_TEXT:
        raise ShareRefused("标题过长")
    return Share(
        "video" if video else "normal", short, text, images, video, None, new_session(), back, int(now), SLUG,
        given.get("state", ""), fault if fault in NOTE_FAULTS else "",
    )  # fmt: skip


def _check_signature(keyring: Keyring, given: dict[str, str], fault: str, now: float) -> None:
    timestamp, state = given["timestamp"], given.get("state")
    if not re.fullmatch(r"[!-~]{1,64}", given["nonce_str"]):
        raise _wrong("nonce_str")
    # In seconds: thirteen digits would be milliseconds.
    if not re.fullmatch(r"[0-9]{10}", timestamp) or abs(int(timestamp) - now) > FRESH:
        raise _wrong("timestamp")
    signed = (given["client_key"], given["nonce_str"], timestamp, given["signature"])
    if fault == "signature" or not is_signed(keyring, *signed, now):
        raise ShareRefused(WORDS_SIGNATURE)
    if state is not None and not is_share_id(keyring, given["client_key"], state, now):
        raise _wrong("state")


def _media(given: dict[str, str]) -> tuple[tuple[str, ...], str | None]:
    """Addresses of pictures, or of one video."""
    named = [name for name in MEDIA if name in given]
    if not named:
        raise ShareRefused("缺少图片或视频")
    if len(named) > 1:
        raise _wrong(named[1])
    name = named[0]
    addresses = _list(given, name, list[str]) if name == "image_list_path" else [given[name]]
    # iOS opens no address with Chinese in it.
    if not 1 <= len(addresses) <= MOST_PICTURES or not all(re.fullmatch(r"https?://[!-~]+", one) for one in addresses):
        raise _wrong(name)
    if given.get("share_to_publish") == "1" and name != "video_path":
        raise _wrong("share_to_publish")
    return ((), addresses[0]) if name == "video_path" else (tuple(addresses), None)


def _list(given: dict[str, str], name: str, kind: Any) -> Any:
    """A list that is written as JSON; empty where it is not given."""
    if name not in given:
        return []
    try:
        return msgspec.json.decode(given[name], type=kind)
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise _wrong(name) from None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _wrong(name: str) -> ShareRefused:
    return ShareRefused(f"参数错误，非法参数-{name}")
