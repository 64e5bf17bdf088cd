"""A load of phones on loopback: raw HTTP/1.1 over asyncio, so that the phones cost the machine little."""

import asyncio
import json
import ssl
import statistics
import time
from dataclasses import dataclass, field


@dataclass
class Tally:
    """What the phones saw: seconds of each answer by kind, and what failed."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def add(self, kind: str, seconds: float) -> None:
        self.seconds.setdefault(kind, []).append(seconds)

    def percentiles(self, kind: str) -> tuple[float, float, float]:
        """p50, p95, p99 in milliseconds."""
        values = sorted(self.seconds.get(kind, []))
        if len(values) < 2:
            return (0.0, 0.0, 0.0)
        cuts = statistics.quantiles(values, n=100, method="inclusive")
        return cuts[49] * 1000, cuts[94] * 1000, cuts[98] * 1000


class Phone:
    """One kept connection, over TLS where `tls` says whom to trust; `cookie` is sent with every request."""

    def __init__(self, host: str, port: int, cookie: str = "", tls: ssl.SSLContext | None = None) -> None:
        self.host, self.port, self.cookie, self.tls = host, port, cookie, tls
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
        """Status, headers (lower case) and body; opens the connection when there is none."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port, ssl=self.tls)
        reader, writer = self._streams
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", "Accept-Language: zh-CN"]
        if self.cookie:
            head.append(f"Cookie: {self.cookie}")
        if body:
            head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        status, headers = _parse((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        length = int(headers.get("content-length", 0))
        data = await reader.readexactly(length) if length else b""
        if headers.get("connection") == "close":
            await self.close()
        return status, headers, data

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _parse(head: str) -> tuple[int, dict[str, str]]:
    lines = head.split("\r\n")
    pairs = (line.split(": ", 1) for line in lines[1:] if ": " in line)
    return int(lines[0].split(" ")[1]), {name.lower(): value for name, value in pairs}


async def timed(tally: Tally, kind: str, phone: Phone, method: str, path: str, body: object = None) -> bytes | None:
    """One request into the tally; None when it failed."""
    start = time.perf_counter()
    try:
        status, _, data = await phone.request(method, path, json.dumps(body).encode() if body is not None else b"")
    except (OSError, asyncio.IncompleteReadError) as error:
        tally.errors.append(f"{kind}: {type(error).__name__}")
        await phone.close()
        return None
    tally.add(kind, time.perf_counter() - start)
    if status != 200:
        tally.errors.append(f"{kind}: HTTP {status}")
        return None
    return data
