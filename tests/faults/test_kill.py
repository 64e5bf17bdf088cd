"""`kill -9` of a server at any moment loses no acknowledged report, counts none twice, and all is well once it runs again."""

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from courses.lessons.links import class_links
from courses.tokens import Keyring, share_token
from tests.courses.classroom import make_classroom
from tests.faults.conftest import ROUNDS
from tests.faults.hall import Hall, nothing_is_lost, publications_are_a_recount
from tests.faults.servers import Server
from tests.portal.conftest import ANDROID, KEYS
from tests.waiting import eventually

pytestmark = pytest.mark.anyio
#: phones that have not said who they are, which only make the groups larger
NAMELESS = 8


def phone(url: str, path: str = "", link: str = "") -> Callable[[dict[str, Any]], httpx.Response]:
    """Of somebody who has scanned, or of somebody without a cookie, whose reports name the link."""
    browser = httpx.Client(base_url=url, headers={"user-agent": ANDROID}, timeout=10)
    if path:
        assert browser.get(path).status_code == 303

    def send(body: dict[str, Any]) -> httpx.Response:
        events = [event | ({"link": link} if link else {}) for event in body["events"]]
        return browser.post("/api/events", json={"events": events})

    return send


async def killed(server: Server, address: str, kill: Callable[[], None]) -> None:
    """What must be so, with phones that report while it is done again and again."""
    room = await make_classroom()
    link = (await class_links([room.lessons["Tea"]]))[room.lessons["Tea"]]
    token = {seat: share_token(Keyring.parse(KEYS), link.code_bytes, seat) for seat in (None, 0, 1, 2)}

    def rounds() -> Hall:
        hall = Hall([], httpx.Client(base_url=server.url, timeout=5).get)
        hall.ready()
        hall.phones += [phone(server.url, f"/s/{token[seat]}") for seat in (0, 1, 2)]
        hall.phones += [phone(server.url, link=str(token[None])) for _ in range(NAMELESS)]
        with hall.reporting():
            for _ in range(2 * ROUNDS):
                hall.well()
                time.sleep(random.uniform(0, 0.4))
                kill()
            hall.well()
        return hall

    hall = await asyncio.to_thread(rounds)
    assert set(hall.told) <= {0, 200, 503}
    nothing_is_lost(hall, address)
    await publications_are_a_recount(list(room.students.values()))


async def test_killed_server_loses_nothing(server: Server, db: str) -> None:
    def kill() -> None:
        server.kill()
        server.start()
        if random.random() < 0.3:  # it may also die while it starts
            time.sleep(random.uniform(0, 1.5))
            server.kill()
            server.start()

    await killed(server, db, kill)


@pytest.mark.parametrize("server", [2], indirect=True)
async def test_killed_process_of_several_loses_nothing_and_comes_back(server: Server, db: str) -> None:
    await killed(server, db, server.kill_one)


@pytest.mark.parametrize("server", [2], indirect=True)
async def test_processes_end_when_that_which_looks_after_them_is_killed(server: Server) -> None:
    await server.ready()
    serving = server.serving()
    assert len(serving) == 2
    server.kill()
    await asyncio.to_thread(eventually, lambda: not any(Path(f"/proc/{pid}").exists() for pid in serving))
