"""Fetches a share's pictures and video by their address, without cookies, as the real platform would."""

import asyncio
import io
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import anyio
import httpx
from PIL import Image, ImageFile, UnidentifiedImageError

from portal.rehearsal.shares import Share, ShareRefused

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
DEADLINE = 15.0  # seconds for all of a share
AT_ONCE = 4
TLS = ssl.create_default_context()


@dataclass(frozen=True)
class Taken:
    """What a platform takes: `pictures` as Pillow names them, `alone` only as the one picture of a note.

    `kinds` are the starts of the Content-Types it believes; empty where it looks at the bytes alone.
    """

    pictures: tuple[str, ...]
    alone: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


TAKEN = {
    "xiaohongshu": Taken(("JPEG", "PNG", "WEBP")),
    # Checked by the Content-Type; a GIF only where it is the only picture.
    "douyin": Taken(("JPEG", "PNG"), ("GIF",), ("image/", "video/mp4", "video/quicktime", "video/3gpp")),
    "weibo": Taken(("JPEG", "PNG", "GIF")),
}


class Fetcher:
    """Fetches from the portal's own origin and from nowhere else: a share must not make the server call others."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = {_origin(origin) for origin in origins}
        # A class that publishes at once must not take all of the machine: few pictures are decoded at a time.
        self._decoding = anyio.Semaphore(2)  # of no event loop: an application may be started again

    async def check(self, share: Share) -> None:
        """Fetch everything that the share names. Raises ShareRefused, in the platform's words."""
        try:
            async with (
                asyncio.timeout(DEADLINE),
                httpx.AsyncClient(verify=TLS, trust_env=False, timeout=5.0, follow_redirects=False) as http,
            ):
                await self._check(share, http)
        except TimeoutError:
            raise ShareRefused("图片下载超时") from None

    async def _check(self, share: Share, http: httpx.AsyncClient) -> None:
        turns, taken = asyncio.Semaphore(AT_ONCE), TAKEN[share.platform]
        formats = taken.pictures + (taken.alone if len(share.images) == 1 else ())

        async def picture(what: str, url: str) -> None:
            async with turns:
                await self._decode(what, await self._fetch(http, what, url, MOST_BYTES, taken.kinds), formats)

        named = [(f"第 {number} 张图片", url) for number, url in enumerate(share.images, start=1)]
        if share.cover and share.cover not in share.images:
            named.append(("封面", share.cover))
        outcomes = await asyncio.gather(*(picture(*one) for one in named), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        if share.video:
            start = await self._fetch(http, "视频", share.video, 64, taken.kinds, "bytes=0-63")
            if start[4:8] != b"ftyp":
                raise ShareRefused("视频格式不支持")

    async def _fetch(
        self, http: httpx.AsyncClient, what: str, url: str, most: int, kinds: tuple[str, ...], part: str | None = None
    ) -> bytes:
        """The body, or its first `most` bytes where only a part is asked for."""
        if _origin(url) not in self._origins:
            raise ShareRefused(f"{what}地址不在演练范围内")
        try:
            async with http.stream("GET", url, headers={"Range": part} if part else {}) as response:
                if response.status_code not in (200, 206):
                    raise ShareRefused(f"{what}无法访问（HTTP {response.status_code}）")
                if kinds and not response.headers.get("content-type", "").startswith(kinds):
                    raise ShareRefused(f"{what}格式不支持")
                body = bytearray()
                async for chunk in response.aiter_bytes(64 * 1024):
                    body += chunk
                    if len(body) >= most and part:
                        break
                    if len(body) > most:
                        raise ShareRefused(f"{what}过大")
                return bytes(body)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise ShareRefused(f"{what}无法访问") from None

    async def _decode(self, what: str, body: bytes, formats: tuple[str, ...]) -> None:
        async with self._decoding:
            if not await asyncio.to_thread(_is_picture, body, formats):
                raise ShareRefused(f"{what}格式不支持")


def _origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for anything that is not a plain http(s) address."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not parts.hostname or parts.username is not None or parts.password is not None:
        return None
    return parts.scheme, parts.hostname, port


def _is_picture(body: bytes, formats: tuple[str, ...]) -> bool:
    try:
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint may have set it
        with Image.open(io.BytesIO(body), formats=formats) as image:
            if image.width * image.height > MOST_PIXELS:
                return False
            image.draft("RGB", (320, 320))  # JPEG at a fraction of its size costs a fraction of the time
            image.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True
