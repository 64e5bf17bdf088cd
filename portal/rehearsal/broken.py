"""The answers of a server that is not well, whatever it was asked."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from litestar import MediaType, Response
from litestar.response import Stream


def broken(fault: str, start: bytes, kind: str = MediaType.JSON) -> Response[Any] | Stream | None:
    """`start` is what comes of an answer that breaks off, `kind` its media type; None for faults of another sort."""
    match fault:
        case "html":
            return Response("<html><body>502 Bad Gateway</body></html>", media_type=MediaType.HTML)
        case "truncated":
            return Response(start, media_type=kind)
        case "huge":
            return Stream(_many(b" " * 65_536, 160, 0.0), media_type=kind)
        case "drip":
            return Stream(_many(b" ", 60, 1.0), media_type=kind)
        case "redirect":
            return Response(b"", status_code=307, headers={"Location": "/"})
    return None


def nothing_opens() -> Response[bytes]:
    """The browser stays where it is, as when no app answers to an address."""
    return Response(b"", status_code=204)


async def _many(piece: bytes, times: int, pause: float) -> AsyncIterator[bytes]:
    for _ in range(times):
        yield piece
        await asyncio.sleep(pause)
