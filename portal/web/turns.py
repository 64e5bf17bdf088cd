"""Who begins when many ask at once: in each turn of the event loop one request, of another kind and of another visitor each time.

First come, first served would put a phone behind everything that one visitor sends on forty connections. And while a phone
of a class gets its page, or its report is written, little else begins: each step of that waits for all that goes on. Nobody
waits while no more is asked than the portal answers at once.
"""

import asyncio
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from portal.web.auth import READING
from portal.web.measuring import area

#: seconds for which a phone's request keeps others waiting: one that is sent slowly keeps nobody
YOUNG = 0.1
#: and after which one of them begins all the same
PATIENCE = 0.005
#: what the phones of a class do
OF_PHONES = ("reading /l", "writing /api/events")
#: what costs little, and pages ask for much of
LIGHT = ("reading /static",)
Waiting = deque[asyncio.Future[None]]


class _Line:
    """Those that wait, by kind and by visitor; the front is next."""

    def __init__(self) -> None:
        self._kinds: OrderedDict[str, OrderedDict[str, Waiting]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._kinds)

    def join(self, kind: str, visitor: str) -> "asyncio.Future[None]":
        future = asyncio.get_running_loop().create_future()
        self._kinds.setdefault(kind, OrderedDict()).setdefault(visitor, deque()).append(future)
        return future

    def take(self) -> "asyncio.Future[None]":
        kind, visitors = self._kinds.popitem(last=False)
        visitor, waiting = visitors.popitem(last=False)
        future = waiting.popleft()
        if waiting:
            visitors[visitor] = waiting
        if visitors:
            self._kinds[kind] = visitors
        return future


class Turns:
    """One per application."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begin_in(None)

    def _begin_in(self, loop: asyncio.AbstractEventLoop | None) -> None:
        self._loop = loop
        self._first, self._others = _Line(), _Line()
        #: whether one has begun in this turn of the loop
        self._taken = False
        #: since when each request of a phone goes on, the newest last; and when one that can wait began last
        self._phones: dict[object, float] = {}
        self._other = -math.inf
        self._alarm: asyncio.TimerHandle | None = None

    async def mine(self, kind: str, visitor: Callable[[], str], *, first: bool = True) -> None:
        """Returns when it is this request's turn; not `first` is what can wait for phones.

        `visitor` is asked only when it has to wait.
        """
        loop = asyncio.get_running_loop()
        if self._loop is not loop:  # an application can be started again
            self._begin_in(loop)
        if not self._taken and (first or not self._held()):
            self._taken = True
            loop.call_soon(self._next)
            if not first:
                self._other = loop.time()
            return
        waiting = (self._first if first else self._others).join(kind, visitor())
        if not self._taken:
            self._look_again()
        await waiting

    @contextmanager
    def of_phone(self) -> Iterator[None]:
        """While this is open a phone's request goes on."""
        each = object()
        self._phones[each] = asyncio.get_running_loop().time()
        try:
            yield
        finally:
            self._phones.pop(each, None)
            if self._others and not self._taken:
                self._next()

    def _held(self) -> bool:
        """Whether what can wait has to."""
        now = asyncio.get_running_loop().time()
        newest = next(reversed(self._phones.values()), -math.inf)
        return now - newest < YOUNG and now - self._other < PATIENCE

    def _next(self) -> None:
        """Let one in that waits, and look again in the next turn of the loop."""
        loop = asyncio.get_running_loop()
        while line := self._first or (self._others if not self._held() else None):
            future = line.take()
            if not future.done():  # else its visitor has gone
                if line is self._others:
                    self._other = loop.time()
                future.set_result(None)
                self._taken = True
                loop.call_soon(self._next)
                return
        self._taken = False
        if self._others:
            self._look_again()

    def _look_again(self) -> None:
        """When the patience of what waits is at its end, if not before."""
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(PATIENCE, self._patience_ended)

    def _patience_ended(self) -> None:
        self._alarm = None
        if not self._taken:
            self._next()


class TurnsMiddleware(ASGIMiddleware):
    """Lets a request in when it is its turn.

    `areas` are the application's, `visitor` says who asks, and `phone` whether that is a phone that has scanned a code.
    """

    def __init__(self, areas: Iterable[str], visitor: Callable[[Scope], str], phone: Callable[[Scope], object]) -> None:
        self._turns, self._areas, self._visitor, self._phone = Turns(), frozenset(areas), visitor, phone

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP:
            await next_app(scope, receive, send)
            return
        kind = self._kind(scope)
        of_phone = kind in OF_PHONES and bool(self._phone(scope))
        await self._turns.mine(kind, lambda: self._visitor(scope), first=of_phone or kind in LIGHT)
        with self._turns.of_phone() if of_phone else nullcontext():
            await next_app(scope, receive, send)

    def _kind(self, scope: HTTPScope) -> str:
        """Reading or writing in an area; made-up addresses are all one."""
        asked = area(scope["path"].casefold())
        if asked not in self._areas:
            return ""
        return f"{'reading' if scope['method'] in READING else 'writing'} {asked}"
