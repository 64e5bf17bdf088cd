"""Connections that send too much, too slowly, too many at once or read nothing, on a real server."""

import asyncio
import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from portal.web.connections import Connection

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parent.parent.parent
DESCRIPTORS = 400


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The loop that the portal is served in."""
    return "asyncio", {"use_uvloop": True}


class Hasty(Connection):
    """The same with deadlines that a test can wait for."""

    HEAD_SECONDS = BODY_SECONDS = ANSWER_SECONDS = 0.4


async def application(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Reads the body and answers its length; at /large answers 50 MB, at /small what no server waits to be read before it ends."""
    length, more = 0, scope["type"] == "http"
    while more:
        message = await receive()
        length += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/large":
        for _ in range(50):
            await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})
    body = b"x" * 60_000 if scope["path"] == "/small" else str(length).encode()
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def serving(connection: type[Connection]) -> AsyncIterator[tuple[int, uvicorn.Server]]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        # Little is taken by the system, so that the rest is the server's to keep.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        listener.listen()
        config = uvicorn.Config(application, http=connection, ws="none", lifespan="off", log_level="warning")  # type: ignore[arg-type]
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
            await asyncio.sleep(0.01)
        try:
            yield listener.getsockname()[1], server
        finally:
            server.should_exit = server.force_exit = True
            await running


async def answers(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What comes back, until the server closes or says nothing for a while."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
    answer = b""
    with suppress(ConnectionError, TimeoutError):
        while piece := await asyncio.wait_for(reader.read(65536), 2):
            answer += piece
    writer.close()
    return answer


def head(*headers: bytes, path: bytes = b"/") -> bytes:
    return b"\r\n".join([b"GET " + path + b" HTTP/1.1", b"Host: x", *headers, b"", b""])


HEADS = {
    "plain": ([head()], b"200"),
    "100 headers": ([head(*[b"A: b"] * 99)], b"200"),
    "101 headers": ([head(*[b"A: b"] * 100)], b"431"),
    "30 KB": ([head(b"A: " + b"b" * 30_000)], b"200"),
    "40 KB": ([head(b"A: " + b"b" * 40_000)], b"431"),
    "address": ([head(path=b"/" + b"p" * 40_000)], b"431"),
    "zeros": ([b"\x00\x00"], b"400"),
    "length": ([head(b"Content-Length: x")], b"400"),
    # Closed while the visitor still sends: whether he sees the status is up to his network.
    "value without end": ([b"GET / HTTP/1.1\r\nA: ", *[b"b" * 1000] * 40], None),
    "address without end": ([b"GET /", *[b"p" * 1000] * 40], None),
    "empty lines": ([b"\r\n" * 500] * 40, None),
}


@pytest.mark.parametrize("name", HEADS)
async def test_head_is_bounded(name: str) -> None:
    pieces, status = HEADS[name]
    async with serving(Connection) as (port, server):
        answer = await answers(port, *pieces)
        if status:
            assert answer.split(b" ")[1] == status
        else:
            assert answer[:12] in (b"", b"HTTP/1.1 431")
            assert not server.server_state.connections


async def test_garbage_leaves_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(Connection) as (port, _):
        for garbage in (b"\x00", head(b"Content-Length: x"), head(b"Connection: upgrade", b"Upgrade: websocket")):
            await answers(port, garbage)
    assert caplog.text == ""


async def test_leaving_in_the_middle_of_answers_leaves_the_log_alone(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(Connection) as (port, server):
        for count in (1, 5):
            async with reading_nothing(port, 3, head(path=b"/large") * count):
                await asyncio.sleep(0.2)
            await asyncio.sleep(0.2)
        assert not server.server_state.connections
    assert caplog.text == ""


async def test_headers_behind_a_body_are_bounded() -> None:
    begin = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
    async with serving(Connection) as (port, server):
        assert (await answers(port, begin + b"A: b\r\n\r\n")).endswith(b"\r\n3\r\n0\r\n\r\n")
        assert await answers(port, begin, *[b"A: b\r\n" * 100] * 10) == b""
        assert not server.server_state.connections


async def test_requests_sent_before_an_answer_are_few() -> None:
    async with serving(Connection) as (port, _):
        assert (await answers(port, head() * 5)).count(b" 200 OK") == 5
        assert (await answers(port, head() * 5000)).count(b" 200 OK") <= 9


async def test_slow_visitors_are_closed_and_others_are_not() -> None:
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n"
    async with serving(Hasty) as (port, server):
        for pieces in (
            [b""],
            [b"GET / HT"],
            [b"G", b"E", b"T", b" ", b"/", b" ", b"H"],
            [b"\r\n"] * 7,
            [post],
            [post, *[b"x"] * 7],
        ):
            began = time.monotonic()
            assert await answers(port, *pieces, pause=0.1) == b"", pieces
            assert time.monotonic() - began < 1.5
        steady = await answers(port, post, *[b"x" * 5000] * 8, pause=0.15)
        assert steady.endswith(b"40000\r\n0\r\n\r\n"), "a body that keeps coming may take its time"
        assert b" 200 OK" in await answers(port, head(b"Connection: close"))
        assert not server.server_state.connections


async def test_visitor_who_reads_nothing_is_closed() -> None:
    async with serving(Hasty) as (port, server):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(head(path=b"/large"))
        for _ in range(30):
            await asyncio.sleep(0.1)
            if not server.server_state.connections:
                break
        assert not server.server_state.connections
        writer.close()
        assert len(reader._buffer) < 1_000_000  # type: ignore[attr-defined]


@asynccontextmanager
async def reading_nothing(port: int, count: int, request: bytes) -> AsyncIterator[None]:
    """So many visitors who ask and have no room for an answer."""
    held = [socket.socket() for _ in range(count)]
    try:
        for visitor in held:
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            visitor.setblocking(False)
            await asyncio.get_running_loop().sock_connect(visitor, ("127.0.0.1", port))
            await asyncio.get_running_loop().sock_sendall(visitor, request)
        yield
    finally:
        for visitor in held:
            visitor.close()


@pytest.mark.parametrize("path", [b"/large", b"/small"])
@pytest.mark.parametrize("headers", [[], [b"Connection: close"]])
async def test_answers_that_nobody_reads_are_given_up(path: bytes, headers: list[bytes]) -> None:
    async with serving(Hasty) as (port, server), reading_nothing(port, 3, head(*headers, path=path)):
        await asyncio.sleep(0.2)
        assert len(server.server_state.connections) == 3
        for _ in range(40):
            await asyncio.sleep(0.1)
            if not server.server_state.connections:
                break
        assert not server.server_state.connections


@pytest.mark.parametrize("path", [b"/large", b"/small"])
@pytest.mark.parametrize("headers", [[], [b"Connection: close"]])
async def test_visitors_who_read_nothing_keep_nobody_out(
    path: bytes, headers: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.web.connections.most_connections", lambda: 20)
    async with serving(Connection) as (port, server), reading_nothing(port, 60, head(*headers, path=path)):
        for _ in range(5):
            assert b" 200 OK" in await answers(port, head(b"Connection: close"))
        assert len(server.server_state.connections) <= 21


async def test_visitor_who_reads_slowly_gets_all_of_it() -> None:
    async with serving(Hasty) as (port, _):
        with socket.socket() as visitor:
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            visitor.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(visitor, ("127.0.0.1", port))
            await loop.sock_sendall(visitor, head(path=b"/small"))
            received = 0
            for _ in range(14):
                received += len(await loop.sock_recv(visitor, 3000))
                await asyncio.sleep(0.1)
            while not received > 60_000 and (piece := await loop.sock_recv(visitor, 3000)):
                received += len(piece)
    assert received > 60_000


@pytest.fixture
def few(portal: Any) -> Iterator[int]:
    """A server that may have few descriptors; its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "portal", "serve", "--port", str(port)],
        env=os.environ | portal.environment | {"PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}"}, cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS)),
    )  # fmt: skip
    for _ in range(300):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            break
        time.sleep(0.05)
    try:
        yield port
    finally:
        server.terminate()
        server.wait(15)


async def test_half_requests_keep_nobody_out(few: int) -> None:
    held = []
    try:
        for _ in range(DESCRIPTORS * 2):
            _, writer = await asyncio.open_connection("127.0.0.1", few)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: ")
            held.append(writer)
        began = time.monotonic()
        for _ in range(20):
            assert b" 200 OK" in await answers(few, head(b"Connection: close", path=b"/healthz"))
        assert time.monotonic() - began < 5
    finally:
        for writer in held:
            writer.close()


async def test_endless_heads_take_no_memory(few: int) -> None:
    pid = next(
        int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if f"--port\0{few}\0".encode() in path.read_bytes()
    )  # fmt: skip

    def peak() -> int:
        """Most memory that the process ever had, in KB."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        assert found
        return int(found[1])

    assert b" 200 OK" in await answers(few, head(b"Connection: close", path=b"/healthz"))
    before = peak()
    for _ in range(5):
        await answers(few, b"GET /healthz HTTP/1.1\r\n", *[b"A: b\r\n" * 10_000] * 200)
    assert peak() - before < 20_000
