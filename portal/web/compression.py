"""Pages over the wire in a quarter of their bytes."""

import zlib

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

#: bytes; a smaller answer fits into a packet anyway
WORTH_IT = 1200
#: bytes; compressing more would keep other requests waiting (a completion list of 1.7 MB takes 8 ms)
LARGEST = 2 << 20
#: what Python's zlib makes in about a millisecond for 100 kB
LEVEL = 5
COMPRESSED = (
    b"text/html",
    b"text/csv",
    b"text/plain",
    b"application/json",
    b"application/vnd.oai.openapi",
    b"image/svg+xml",
)


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";")
        if name.strip().lower() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


class CompressionMiddleware(ASGIMiddleware):
    """Compresses whole text answers; what streams, is short, or is compressed already goes through as it is."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP or not takes_gzip(_accepted(scope)):
            await next_app(scope, receive, send)
            return
        waiting: HTTPResponseStartEvent | None = None

        async def send_smaller(message: Message) -> None:
            nonlocal waiting
            if message["type"] == "http.response.start":
                waiting = message
                return
            if waiting is not None and message["type"] == "http.response.body":
                start, waiting = waiting, None
                body = message["body"]
                if not message.get("more_body") and WORTH_IT <= len(body) <= LARGEST and _worth(start):
                    message["body"] = body = gzipped(body)
                    start["headers"] = _headers(start, len(body))
                await send(start)
            await send(message)

        await next_app(scope, receive, send_smaller)


def _accepted(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-encoding"), "")


def _worth(start: HTTPResponseStartEvent) -> bool:
    headers = dict(start["headers"])
    return b"content-encoding" not in headers and headers.get(b"content-type", b"").startswith(COMPRESSED)


def _headers(start: HTTPResponseStartEvent, length: int) -> list[tuple[bytes, bytes]]:
    kept = [pair for pair in start["headers"] if pair[0] not in (b"content-length", b"vary", b"etag")]
    vary = [value for name, value in start["headers"] if name == b"vary"]
    return [
        *kept,
        (b"content-length", str(length).encode()),
        (b"content-encoding", b"gzip"),
        (b"vary", b", ".join([*vary, b"Accept-Encoding"])),
    ]


def gzipped(content: bytes) -> bytes:
    """As one gzip member."""
    maker = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    return maker.compress(content) + maker.flush()
