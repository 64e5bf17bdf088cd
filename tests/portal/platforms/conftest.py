"""A token server on loopback that does exactly what a test says, byte by byte."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


class TokenServer:
    """Counts connections and keeps what was asked; `script` writes the raw answer."""

    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.connections = 0
        self.url = ""
        self.script: Script
        self.grant("token-1")

    def grant(self, token: str, expires_in: object = None, **answer: object) -> None:
        expires_in = int((time.time() + 86400) * 1000) if expires_in is None else expires_in
        self.answer(json.dumps({"success": True, "data": {"access_token": token, "expires_in": expires_in}}), **answer)

    def refuse(self, words: str, **answer: object) -> None:
        self.answer(json.dumps({"success": False, "msg": words}), **answer)

    def answer(self, body: str | bytes, status: int = 200, headers: str = "", after: float = 0.0) -> None:
        raw = body.encode() if isinstance(body, str) else body

        async def script(writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(after)
            head = f"HTTP/1.1 {status} X\r\nConnection: close\r\n{headers}Content-Length: {len(raw)}\r\n\r\n"
            writer.write(head.encode() + raw)
            await writer.drain()

        self.script = script

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.split("content-length:")[1].split("\r\n")[0])
            self.asked.append(json.loads(await reader.readexactly(length)))
            await self.script(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[TokenServer]:
    scripted = TokenServer()
    listening = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield scripted
    listening.close()


@pytest.fixture
async def http(anyio_backend: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client
