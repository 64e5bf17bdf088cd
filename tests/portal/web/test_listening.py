"""A phone does not stand behind everybody who connects in the same moment."""

import asyncio
import socket
from contextlib import ExitStack

import pytest
import uvicorn

from portal.web.listening import EACH_TURN, listen

pytestmark = pytest.mark.anyio
MANY = 3 * EACH_TURN


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The loop that the portal is served in."""
    return "asyncio", {"use_uvloop": True}


async def _never_asked(_scope: object, _receive: object, _send: object) -> None:
    raise AssertionError


async def test_connections_taken_many_in_a_turn() -> None:
    config = uvicorn.Config(_never_asked, host="127.0.0.1", port=0, ws="none", lifespan="off", log_level="warning")
    sockets, server = listen(config), uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets))
    while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
        await asyncio.sleep(0)
    turns = 0
    with ExitStack() as open_sockets:
        for _ in range(MANY):
            open_sockets.enter_context(socket.create_connection(sockets[0].getsockname()))
        while len(server.server_state.connections) < MANY:
            await asyncio.sleep(0)
            turns += 1
    server.should_exit = server.force_exit = True
    await running
    assert turns < MANY / 3
    assert all(each.fileno() == -1 for each in sockets)
