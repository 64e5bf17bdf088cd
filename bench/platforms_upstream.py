"""The token APIs of XiaoHongShu and Douyin as far as the portal asks them: `platforms_upstream.py PORT DELAY_MS|hang`.

At SIGTERM it prints, as JSON, how often each address was asked, and how many connections were open at once at most.
"""

import asyncio
import json
import re
import signal
import sys
import time
from collections import Counter

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Upstream:
    """Answers after `delay` seconds; never where that is None."""

    def __init__(self, delay: float | None) -> None:
        self._delay = delay
        self._calls: Counter[str] = Counter()
        self._open = self._most = self._connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One kept connection."""
        self._connections += 1
        self._open += 1
        self._most = max(self._most, self._open)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = re.search(r"content-length: *(\d+)", head, re.IGNORECASE)
                await reader.readexactly(int(length[1]) if length else 0)
                path = head.split(" ", 2)[1].partition("?")[0]
                self._calls[path] += 1
                if self._delay is None:
                    await reader.read()  # until the portal hangs up
                    return
                await asyncio.sleep(self._delay)
                body = json.dumps(_answer(path, self._calls[path])).encode()
                writer.write(HEAD % len(body) + body)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open -= 1
            writer.close()

    def counts(self) -> dict[str, object]:
        """`calls` by path, `sockets` open at once at most, `connections` in all."""
        return {"calls": dict(self._calls), "sockets": self._most, "connections": self._connections}


def _answer(path: str, number: int) -> dict[str, object]:
    """As documented; XiaoHongShu's `expires_in` is a moment in ms, Douyin's seconds that are left."""
    match path:
        case "/api/sns/v1/ext/access/token":
            return {
                "success": True,
                "data": {"access_token": "token-1", "expires_in": int((time.time() + 86_400) * 1000)},
            }
        case "/oauth/client_token/":
            return {"data": {"access_token": "client-1", "expires_in": 7200, "error_code": 0}}
        case "/open/getticket/":
            return {"data": {"ticket": "ticket-1", "expires_in": 7200, "error_code": 0}}
        case _:
            return {"data": {"share_id": f"share-{number}", "error_code": 0}}


async def main(port: int, delay: float | None) -> None:
    """Until SIGTERM."""
    ended, upstream = asyncio.Event(), Upstream(delay)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await asyncio.start_server(upstream.serve, "127.0.0.1", port)
    await ended.wait()
    print(json.dumps(upstream.counts()), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), None if sys.argv[2] == "hang" else int(sys.argv[2]) / 1000))
