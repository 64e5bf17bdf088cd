"""The attacks of attacks.py, each an endless loop of a process of its own: `attacks_kinds.py KIND JSON`, of a Target's fields.

`attacks_kinds.py beside SHARE` attacks nobody: it keeps so much of a processor busy as an attacker did.
"""

import asyncio
import contextlib
import io
import json
import os
import resource
import sys
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode
from uuid import uuid4

import httpx
from load import Phone
from scan import event
from stalls_inputs import FORM, PARTS, Ask, multipart, named

HOST = "127.0.0.1"
#: read once: each client would take a processor for 30 ms, which the class would miss and no real attacker takes from it
TLS = httpx.create_ssl_context()
#: what attackers have at their disposal at once
CONNECTIONS = 40


@dataclass(frozen=True)
class Target:
    """The portal: its port, a class link (token and public id), and the session and course of an instructor who attacks."""

    port: int
    token: str
    link: str
    session: str
    course: str

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


SLOW = (
    b"POST /go HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
)
answers: Counter[str] = Counter()


async def endless_heads(at: Target) -> None:
    """Headers without end on a few connections."""
    _, writer = await asyncio.open_connection(HOST, at.port)
    writer.write(b"GET / HTTP/1.1\r\n")
    while True:
        writer.write(b"A: b\r\n" * 1000)
        await writer.drain()
        await asyncio.sleep(0.01)


async def half_requests(at: Target) -> None:
    """A head that never ends, held."""
    reader, writer = await asyncio.open_connection(HOST, at.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: ")
    answers["opened"] += 1
    await reader.read(1)
    writer.close()


async def slow_bodies(at: Target) -> None:
    """A body that comes a byte at a time."""
    _, writer = await asyncio.open_connection(HOST, at.port)
    writer.write(SLOW)
    answers["opened"] += 1
    for _ in range(60):
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(1)
    writer.close()


async def passwords(at: Target) -> None:
    """Sign-ins of people whom nobody knows."""
    await form(at, "/sign-in", email=f"{uuid4().hex}@example.org", password="x" * 40)


async def pins_and_names(at: Target) -> None:
    """A phone that says it is one student after another."""
    async with httpx.AsyncClient(verify=TLS, base_url=at.url) as phone:
        await phone.get(f"/s/{at.token}")
        for number in range(10):
            answer = await phone.post(f"/l/{at.link}/student", data={"student": str(number), "pin": "000000"})
            answers[str(answer.status_code)] += 1


async def forms(at: Target) -> None:
    """A form of 1 MB, without an account."""
    await post(at, "/go", b"a&" * 520_000, FORM)


async def events(at: Target) -> None:
    """A hundred events a request, at the class's link."""
    body = {"events": [event("scan") | {"link": at.token} for _ in range(100)]}
    phone = Phone(HOST, at.port)
    status, _, _ = await phone.request("POST", "/api/events", json.dumps(body).encode())
    await phone.close()
    answers[str(status)] += 1


async def refusals(at: Target) -> None:
    """Scans of nonsense and typed codes that are none."""
    await form(at, "/go", code="6W5S8WE")


async def archives(at: Target) -> None:
    """Zips of a few kB whose lessons have topics without end."""
    await post(at, f"/courses/{at.course}/imports", packed(), PARTS)


@cache
def packed() -> bytes:
    """One of them, as a form sends it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(12):
            archive.writestr(f"{number}.md", f"---\ntitle: T\ntopics: [{'a,' * 31_000}a]\n---\nx")
    return multipart({"file": ("a.zip", data.getvalue())})


async def heavy_inputs(at: Target) -> None:
    """What an instructor can send that takes the portal longest."""
    for ask in heavy_asks(at.course):
        await post(at, ask.path, ask.body, ask.headers)


@cache
def heavy_asks(course: str) -> list[Ask]:
    """Made once: to put them together takes the processor for longer than to send them."""
    asks = named({"course_id": course, "lesson_id": uuid4()})
    return [ask for ask in asks if ask.method == "POST" and not ask.nobody and "save" not in ask.name]


async def post(at: Target, path: str, body: bytes, headers: dict[str, str]) -> None:
    """As the instructor; a refusal is an answer, too."""
    with contextlib.suppress(httpx.HTTPError):
        async with httpx.AsyncClient(
            verify=TLS, base_url=at.url, cookies={"session": at.session}, timeout=60
        ) as client:
            answer = await client.post(path, content=body, headers=headers)
            answers[str(answer.status_code)] += 1


async def form(at: Target, path: str, **fields: str) -> None:
    """By nobody."""
    with contextlib.suppress(httpx.HTTPError):
        async with httpx.AsyncClient(verify=TLS, base_url=at.url, timeout=60) as client:
            answer = await client.post(path, content=urlencode(fields).encode(), headers=FORM)
            answers[str(answer.status_code)] += 1


#: each with how many of it go on at once
KINDS: dict[str, tuple[Callable[[Target], Awaitable[None]], int]] = {
    "endless heads": (endless_heads, 8),
    "half requests": (half_requests, 1_100),
    "slow bodies": (slow_bodies, 500),
    "wrong passwords": (passwords, CONNECTIONS),
    "names and PINs": (pins_and_names, CONNECTIONS),
    "forms of 1 MB": (forms, 8),
    "events": (events, CONNECTIONS),
    "wrong codes": (refusals, CONNECTIONS),
    "archives": (archives, 4),
    "heavy inputs": (heavy_inputs, 4),
}


#: seconds of work at once, about what an attacker does between two waits
SLICE = 0.002


def beside(share: float) -> None:
    """Until it is ended; sends nothing."""
    ended = threading.Thread(target=sys.stdin.read, daemon=True)
    ended.start()
    began = time.monotonic()
    while ended.is_alive():
        until = time.thread_time() + SLICE
        while time.thread_time() < until:
            pass
        # What others took of its time is made up for.
        time.sleep(max(0.0, time.thread_time() / share - (time.monotonic() - began)))
    tell(began, 0.0)


def tell(began: float, worked: float) -> None:
    """How long it went on, how much of a processor it took of that, and what came back."""
    seconds = time.monotonic() - began
    share = (time.process_time() - worked) / seconds
    print(json.dumps({"seconds": seconds, "share": share, "answers": answers}), flush=True)


async def attack(kind: str, at: Target) -> None:
    """Until it is ended; then says what came back."""
    once, count = KINDS[kind]

    async def on() -> None:
        while True:
            try:
                await once(at)
            except (OSError, asyncio.IncompleteReadError):
                answers["closed"] += 1
                await asyncio.sleep(0.05)

    started, worked = time.monotonic(), time.process_time()
    tasks = [asyncio.create_task(on()) for _ in range(count)]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    tell(started, worked)


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.nice(10)  # attackers have machines of their own, this one lends them what the class leaves
    if sys.argv[1] == "beside":
        beside(float(sys.argv[2]))
    else:
        asyncio.run(attack(sys.argv[1], Target(**json.loads(sys.argv[2]))))
