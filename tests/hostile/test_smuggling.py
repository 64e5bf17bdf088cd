"""Messages whose end could be read in two ways: none is taken, and nothing behind one is answered."""

import pytest

from portal.web.connections import Connection
from tests.hostile.test_connections import answers, serving

pytestmark = pytest.mark.anyio
HIDDEN = b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked"
#: headers, and a body that hides a request behind one of the two ways to read it
TWO_WAYS = {
    "length and pieces": (b"Content-Length: 6\r\n" + CHUNKED, b"0\r\n\r\n" + HIDDEN),
    "pieces and length": (CHUNKED + b"\r\nContent-Length: 6", b"0\r\n\r\n" + HIDDEN),
    "two lengths": (b"Content-Length: 5\r\nContent-Length: 50", b"abcde" + HIDDEN),
    "length as a list": (b"Content-Length: 5, 50", b"abcde" + HIDDEN),
    "length with a sign": (b"Content-Length: +5", b"abcde" + HIDDEN),
    "unknown coding": (b"Transfer-Encoding: xchunked", b"0\r\n\r\n" + HIDDEN),
    "space before the colon": (b"Transfer-Encoding : chunked", b"0\r\n\r\n" + HIDDEN),
    "two codings": (b"Transfer-Encoding: identity, chunked\r\nContent-Length: 3", b"0\r\n\r\n" + HIDDEN),
    "piece of a negative length": (CHUNKED, b"-5\r\nabcde\r\n0\r\n\r\n" + HIDDEN),
    "header on two lines": (b"A: b\r\n Content-Length: 5", b"abcde" + HIDDEN),
}


@pytest.mark.parametrize("name", TWO_WAYS)
async def test_length_and_pieces_at_once_are_refused(name: str) -> None:
    headers, body = TWO_WAYS[name]
    async with serving(Connection) as (port, server):
        answer = await answers(port, b"POST / HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n" + body)
        assert answer.count(b"HTTP/1.1") <= 1
        assert answer[:12] in (b"", b"HTTP/1.1 400")
        assert not server.server_state.connections
        assert (await answers(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")).startswith(b"HTTP/1.1 200")
