"""Who begins when many ask at once: in each turn of the event loop one request, of another kind and of another visitor each time.

First come, first served would put a phone behind everything that one visitor sends on forty connections. Nobody waits while
no more is asked than the portal answers at once.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from portal.web.auth import READING
from portal.web.measuring import area

Waiting = deque[asyncio.Future[None]]


class Turns:
    """One per application."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begin_in(None)

    def _begin_in(self, loop: asyncio.AbstractEventLoop | None) -> None:
        self._loop = loop
        #: those that wait, by kind and by visitor; the front is next
        self._kinds: OrderedDict[str, OrderedDict[str, Waiting]] = OrderedDict()
        #: whether one has begun in this turn of the loop
        self._taken = False

    async def mine(self, kind: str, visitor: Callable[[], str]) -> None:
        """Returns when it is this request's turn. `visitor` is asked only when it has to wait."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # an application can be started again
            self._begin_in(loop)
        if not self._taken:
            self._taken = True
            loop.call_soon(self._next)
            return
        future = loop.create_future()
        self._kinds.setdefault(kind, OrderedDict()).setdefault(visitor(), deque()).append(future)
        await future

    def _next(self) -> None:
        loop = asyncio.get_running_loop()
        while self._kinds:
            future = self._take()
            if not future.done():  # else its visitor has gone
                future.set_result(None)
                loop.call_soon(self._next)
                return
        self._taken = False

    def _take(self) -> "asyncio.Future[None]":
        kind, visitors = self._kinds.popitem(last=False)
        visitor, waiting = visitors.popitem(last=False)
        future = waiting.popleft()
        if waiting:
            visitors[visitor] = waiting
        if visitors:
            self._kinds[kind] = visitors
        return future


class TurnsMiddleware(ASGIMiddleware):
    """Lets a request in when it is its turn; `areas` are the application's, `visitor` says who asks."""

    def __init__(self, areas: Iterable[str], visitor: Callable[[Scope], str]) -> None:
        self._turns, self._areas, self._visitor = Turns(), frozenset(areas), visitor

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            await self._turns.mine(self._kind(scope), lambda: self._visitor(scope))
        await next_app(scope, receive, send)

    def _kind(self, scope: HTTPScope) -> str:
        """Reading or writing in an area; made-up addresses are all one."""
        asked = area(scope["path"].casefold())
        if asked not in self._areas:
            return ""
        return f"{'reading' if scope['method'] in READING else 'writing'} {asked}"
