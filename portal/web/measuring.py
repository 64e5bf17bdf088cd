"""Each request is measured and has an id; around everything else, so that no answer goes without."""

import logging
import time
from contextlib import suppress
from typing import Any

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from courses.errors import TooMany
from portal.metrics import REQUESTS, SECONDS
from portal.web.limits import Limit
from portal.web.request_ids import new_request_id

logger = logging.getLogger("portal.requests")

#: seconds until an answer begins; slower ones are told in the log
SLOW = 2.0
#: lines of one route in a minute: whoever asks for many slow answers fills no disk
LINES_A_MINUTE = 3
#: what is counted where nobody waits for the answer any more, as nginx does
GONE = 499
#: a made-up method must not make a figure of its own
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class MeasuringMiddleware(ASGIMiddleware):
    """Counts answers by method, route and status, and takes the time until each begins: a wall's stream never ends.

    The time that a visitor takes to send his request is not the portal's.
    """

    def __init__(self) -> None:
        self._lines = Limit(LINES_A_MINUTE)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP:
            await next_app(scope, receive, send)
            return
        began, identity, gone = time.perf_counter(), new_request_id(), False

        async def receive_and_look() -> Any:
            nonlocal began, gone
            message = await receive()
            if message["type"] == "http.request":
                began = time.perf_counter()
            elif message["type"] == "http.disconnect":
                gone = True
            return message

        async def send_and_measure(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", identity.encode())]
                self._measure(scope, GONE if gone else message["status"], time.perf_counter() - began)
            await send(message)

        await next_app(scope, receive_and_look, send_and_measure)

    def _measure(self, scope: HTTPScope, status: int, seconds: float) -> None:
        # The names of what stands in an address, not the values: some are secrets.
        method, route = scope["method"], str(scope.get("path_template") or "(none)")
        REQUESTS.labels(method if method in METHODS else "other", route, str(status)).inc()
        if status == GONE:
            return
        SECONDS.labels(area(route)).observe(seconds)
        if seconds >= SLOW:
            with suppress(TooMany):
                self._lines.hit(route)
                logger.warning("%s %s took %.1f seconds (%s)", method, route, seconds, status)


def area(route: str) -> str:
    """The first part of a route, such as "/courses"; of the API two, such as "/api/v1"."""
    parts = route.split("/")
    return "/".join(parts[: 3 if parts[1:2] == ["api"] else 2]) or "/"
