"""What a phone hands over, as one signed text: any process can show it, and nothing is kept."""

import base64
import binascii
import secrets
import zlib
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from courses.tokens import Keyring, seal, unseal

PURPOSE = "rehearsal-share-v1"
MOST_PICTURES = 18
MOST_TITLE = 200
MOST_CONTENT = 4000
LONGEST_CODE = 7000  # with it the address stays below the 8 kB that proxies take


class ShareRefused(Exception):
    """The share cannot be taken; carries the platform's words."""


class ShareData(msgspec.Struct):
    """What the script sends under `data`: shareInfo and where it was called."""

    type: Literal["normal", "video"]
    title: str = ""
    content: str = ""
    images: list[str] = []
    video: str | None = None
    cover: str | None = None
    sessionId: str = ""
    pageUrl: str = ""
    appKey: str = ""


@dataclass(frozen=True)
class Share:
    """A share as the composer shows it: `made` in epoch seconds, `back` the lesson page's path."""

    type: str
    title: str
    content: str
    images: tuple[str, ...]
    video: str | None
    cover: str | None
    session: str
    back: str
    made: int
    platform: str = "xiaohongshu"
    #: what Douyin calls this share, and will call it in its webhook
    state: str = ""
    #: one of NOTE_FAULTS, or ""
    fault: str = ""

    @property
    def heading(self) -> str:
        """What the app calls the note in its share text: the title, else the first line."""
        return " ".join((self.title or self.content.strip().partition("\n")[0]).split())


def read_share(data: object, app_key: str, now: float) -> Share:
    """Base64 of UTF-8 JSON, checked as the share script checks it. Raises ShareRefused."""
    try:
        given = msgspec.json.decode(base64.b64decode(str(data), validate=True), type=ShareData)
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError) as error:
        raise ShareRefused("参数错误，非法参数-data") from error
    if given.appKey != app_key:
        raise ShareRefused("参数错误，非法参数-appKey")
    if given.type == "normal" and not 1 <= len(given.images) <= MOST_PICTURES:
        raise ShareRefused(f"图片数量应为 1 到 {MOST_PICTURES} 张")
    if given.type == "video" and not given.video:
        raise ShareRefused("缺少视频，非法参数-video")
    if len(given.title) > MOST_TITLE or len(given.content) > MOST_CONTENT:
        raise ShareRefused("标题或正文过长")
    normal = given.type == "normal"
    return Share(
        given.type,
        given.title,
        given.content,
        tuple(given.images) if normal else (),
        None if normal else given.video,
        given.cover or None,
        given.sessionId[:32],
        path_of(given.pageUrl),
        int(now),
    )


def new_session() -> str:
    """Tells two shares of the same words apart."""
    return secrets.token_hex(5)


def path_of(page: str) -> str:
    """Only the path: the composer leads back into this portal and nowhere else."""
    try:
        path = urlsplit(page).path
    except ValueError:
        return "/"
    stays = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if stays and len(path) <= 200 else "/"


def seal_share(keyring: Keyring, share: Share) -> str:
    """The share code. Raises ShareRefused."""
    code = seal(keyring, PURPOSE, zlib.compress(msgspec.json.encode(share), 9))
    if len(code) > LONGEST_CODE:
        raise ShareRefused("内容过长")
    return code


def open_share(keyring: Keyring, code: str) -> Share:
    """The share behind a code. Raises TokenInvalid."""
    return msgspec.json.decode(zlib.decompress(unseal(keyring, PURPOSE, code)), type=Share)
