"""The rehearsal on a real port, beside a few pictures for it to fetch."""

import asyncio
import base64
import io
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Stream
from litestar.template import TemplateConfig
from PIL import Image

from courses.tokens import Keyring
from portal import rehearsal
from portal.platforms import Draft, Picture
from portal.settings import Settings
from portal.templating import template_engine
from portal.web.assets import static_files
from portal.web.errors import HANDLERS
from portal.web.same_origin import SameOriginMiddleware
from portal.web.security import HeadersMiddleware


def picture(form: str, size: tuple[int, int] = (60, 80)) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(file, form)
    return file.getvalue()


FILES: dict[str, bytes] = {
    "1.jpg": picture("JPEG"),
    "2.png": picture("PNG"),
    "3.webp": picture("WEBP"),
    "cut.jpg": picture("JPEG", (600, 800))[:2000],
    "gif.gif": picture("GIF"),
    "text.jpg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "wide.png": picture("PNG", (20_000, 3_001)),
    "v.mp4": b"\0\0\0\x18ftypisom" + b"\0" * 5000,
    "not.mp4": b"<html>" + b"\0" * 5000,
}
#: by the end of a file's name
KINDS = {"jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "mp4": "video/mp4"}


@dataclass
class Live:
    """A running rehearsal; `seen` holds the headers with which pictures were fetched, `told` what a webhook sent.

    `answers` are what the next webhooks are answered with instead of a 200 and the challenge.
    """

    settings: Settings
    seen: list[dict[str, str]] = field(default_factory=list)
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.settings.public_url


def application(live: Live) -> Litestar:
    @get("/m/{name:str}")
    async def media(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes] | Stream:
        live.seen.append(dict(request.headers))
        if name == "away.jpg":
            return Response(b"", status_code=302, headers={"Location": "/m/1.jpg"})
        if name == "endless.jpg":
            return Stream(endless(), media_type="image/jpeg")
        if name not in FILES:
            return Response(b"", status_code=404)
        return Response(FILES[name], media_type=KINDS.get(name[-3:], "application/octet-stream"))

    @post("/api/webhooks/douyin", status_code=200)
    async def webhook(request: Request[Any, Any, Any]) -> Response[bytes]:
        body = await request.body()
        live.told.append((dict(request.headers), body))
        status = live.answers.pop(0) if live.answers else 200
        return Response(
            json.dumps({"challenge": json.loads(body)["content"].get("challenge")}).encode(), status_code=status
        )

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(400):
            yield b"\0" * 65_536

    return Litestar(
        route_handlers=[media, webhook, static_files(), *rehearsal.routes(live.settings)],
        middleware=[HeadersMiddleware(live.settings), SameOriginMiddleware(live.url)],
        exception_handlers=HANDLERS,
        template_config=TemplateConfig(instance=template_engine(live.settings)),
        state=State({"settings": live.settings}),
        openapi_config=None,
        logging_config=None,
    )


@pytest.fixture(scope="session")
def _running() -> Iterator[Live]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    live = Live(
        rehearsal.stand_in(
            Settings(
                public_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
                keyring=Keyring.parse(f"1:{'5a' * 32}"),
                rehearsal=True,
            )
        )
    )
    server = uvicorn.Server(uvicorn.Config(application(live), log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=asyncio.run, args=[server.serve(sockets=[listening])], daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield live
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def live(_running: Live) -> Live:
    _running.seen.clear()
    _running.told.clear()
    _running.answers.clear()
    return _running


@pytest.fixture
def phone(live: Live) -> Iterator[httpx.Client]:
    """A phone's browser, with its cookies."""
    with httpx.Client(base_url=live.url, trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def hand_over(phone: httpx.Client) -> Callable[..., dict[str, Any]]:
    """What the share script does: hand_over(handoff) -> the platform's reply."""

    def hand_over(handoff: Any, **more: Any) -> dict[str, Any]:
        config = handoff.verify_config
        data = handoff.share_info | {
            "sessionId": "abcdefghij",
            "pageUrl": "http://portal/l/ABCDEFGH",
            "appKey": config["appKey"],
        }
        question = {
            "app_key": config["appKey"],
            "nonce": config["nonce"],
            "timestamp": config["timestamp"],
            "signature": config["signature"],
            "data": base64.b64encode(json.dumps(data | more.pop("data", {})).encode()).decode(),
        }
        answer = phone.post("/rehearsal/xiaohongshu/api/sns/v1/ext/check/token", json=question | more)
        assert answer.status_code == 200
        return answer.json()

    return hand_over


@pytest.fixture
def draft(live: Live) -> Draft:
    return Draft(
        id="ABCDEFGH",
        type="normal",
        title="水 & 冰",
        content="冰、水和水蒸气。",
        topics=("科学", "课堂"),
        images=tuple(Picture(f"{live.url}/m/{name}") for name in ("1.jpg", "2.png", "3.webp")),
    )
