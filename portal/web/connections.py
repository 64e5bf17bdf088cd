"""One connection of the server: what it may hold, how long it may take, and how many there are.

uvicorn bounds none of it. A proxy in front does some, but the portal also runs without one on a school's network.
"""

import asyncio
import logging
import resource
from collections import Counter
from collections.abc import Callable, Iterator
from enum import Enum, auto
from functools import cached_property
from typing import NoReturn

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from portal.web.networks import widest_network

#: descriptors kept for the database, files and the portal's own calls
RESERVED = 256
#: connections of one process, however many descriptors it may have
MOST = 8192
TOO_LARGE, BUSY = 431, 503


#: what strangers send wrong is no news, and must not fill the log
LOG = logging.getLogger("portal.connections")
LOG.setLevel(logging.ERROR)


class State(Enum):
    """What the server waits for."""

    HEAD = auto()
    BODY = auto()
    #: nothing: it answers, or has answered and keeps the connection for the next request
    NOTHING = auto()


def raise_descriptor_limit() -> None:
    """Take as many descriptors as the system lets this process have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def most_connections() -> int:
    """How many connections this process takes before the oldest that waits has to go."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(16, min(MOST, soft - RESERVED))


class Connection(HttpToolsProtocol):
    """uvicorn's connection with limits."""

    #: request line and headers together; nginx takes as much
    HEAD_BYTES = 32 * 1024
    HEADERS = 100
    #: requests sent before the first is answered; browsers send none
    PIPELINED = 8
    HEAD_SECONDS = 10.0
    #: a body brings BODY_BYTES in each BODY_SECONDS; a phone that stands in a lift begins again
    BODY_SECONDS, BODY_BYTES = 30.0, 4096
    #: for a visitor to take something of an answer
    ANSWER_SECONDS = 60.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, or make room, or say that there is none."""
        self._since = self.loop.time()
        self._state = State.NOTHING
        #: octets received while waiting for a head; of the head as parsed; of the body since it was last looked at
        self._received = self._head = self._body = 0
        self._too_large = False
        self._wait: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        #: octets that were not sent when it was last looked; whether there is nobody to send them to any more
        self._unsent = 0
        self._gone = False
        #: requests that are not answered yet; uvicorn tells only the last that the visitor has gone
        self._unanswered: list[RequestResponseCycle] = []
        super().connection_made(transport)
        self.logger = LOG
        if self._make_room():
            self._expect_head()
        else:
            self._refuse(BUSY)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget its deadlines."""
        self._stop_waiting()
        self._stop_watching()
        super().connection_lost(exc)
        for cycle in self._unanswered:
            cycle.disconnected = not cycle.response_complete
            cycle.message_event.set()
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and see that what is not yet a whole head stays small."""
        if self._state is State.NOTHING:
            self._expect_head()
        if self._state is State.HEAD:
            self._received += len(data)
        super().data_received(data)
        if self._state is State.HEAD and self._received > self.HEAD_BYTES:
            self._refuse(TOO_LARGE)

    def on_message_begin(self) -> None:
        """A request begins; only so many wait for the first to be answered."""
        if len(self.pipeline) >= self.PIPELINED:
            self._too_much()
        if self._state is State.NOTHING:
            self._expect_head()
        self._head = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count a piece of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header, also one that comes behind the pieces of a body."""
        self._count(len(name) + len(value))
        if len(self.headers) >= self.HEADERS:
            self._too_much()
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is whole: a body is expected."""
        self._state, self._received, self._body = State.BODY, 0, 0
        self._wait_for(self.BODY_SECONDS, self._look_at_body)
        super().on_headers_complete()
        self._unanswered = [cycle for cycle in (*self._unanswered, self.cycle) if not cycle.response_complete]

    def on_body(self, body: bytes) -> None:
        """Count a piece of the body."""
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Nothing more is expected of the visitor."""
        self._state = State.NOTHING
        self._stop_waiting()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The visitor does not read; for a while that may be his network."""
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        """He reads again."""
        self._stop_watching()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """The answer is written; closing waits for the visitor to take it, which may be never."""
        super().on_response_complete()
        self._watch_reader()

    def send_400_response(self, msg: str) -> None:
        """uvicorn's answer to what is no HTTP, and ours to what is too much of it."""
        if self._too_large or self._answering():
            self._refuse(TOO_LARGE)
        else:
            super().send_400_response(msg)

    def _expect_head(self) -> None:
        self._state, self._received = State.HEAD, 0
        self._wait_for(self.HEAD_SECONDS, self.transport.close)

    def _count(self, octets: int) -> None:
        self._head += octets
        if self._head > self.HEAD_BYTES:
            self._too_much()

    def _too_much(self) -> NoReturn:
        """Stop the parser, which then asks for a 400."""
        self._too_large = True
        raise ValueError

    def _look_at_body(self) -> None:
        """Go on when enough has come, or when it is the server that does not read."""
        if self.cycle.response_complete or not (self._body >= self.BODY_BYTES or self.flow.read_paused):
            self._abort()
            return
        self._body = 0
        self._wait_for(self.BODY_SECONDS, self._look_at_body)

    def _watch_reader(self) -> None:
        """Look after a while whether the visitor has taken something of what is written."""
        self._stop_watching()
        self._unsent = self.transport.get_write_buffer_size()
        if self._unsent:
            self._unread = self.loop.call_later(self.ANSWER_SECONDS, self._look_at_reader)

    def _look_at_reader(self) -> None:
        if self.transport.get_write_buffer_size() >= self._unsent:
            self._abort()
        else:
            self._watch_reader()

    def _stop_watching(self) -> None:
        if self._unread:
            self._unread.cancel()
            self._unread = None

    def _abort(self) -> None:
        self._gone = True
        self.transport.abort()

    def _wait_for(self, seconds: float, late: Callable[[], None]) -> None:
        self._stop_waiting()
        self._wait = self.loop.call_later(seconds, late)

    def _stop_waiting(self) -> None:
        if self._wait:
            self._wait.cancel()
            self._wait = None

    def _answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _refuse(self, status: int) -> None:
        """Close with a status, or without a word in the middle of an answer."""
        if self._answering():
            self._abort()
        elif not self.transport.is_closing():
            self.transport.write(STATUS_LINE[status] + b"connection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()

    def _make_room(self) -> bool:
        """Whether there is room; else the oldest that still waits, of the visitor who holds most, has to go."""
        if len(self.connections) <= most_connections():
            return True
        others = [other for other in self._others() if other._held()]
        if len(others) < most_connections():
            return True
        idle = [other for other in others if not other._answering() and not other._unread]
        waiting = idle or [other for other in others if other._unread or other._state is State.BODY]
        if not waiting:
            return False
        held = Counter(other._network for other in waiting)
        greedy = max(held, key=lambda network: held[network])
        min((other for other in waiting if other._network == greedy), key=lambda other: other._since)._abort()
        return True

    def _held(self) -> bool:
        """Whether it takes a descriptor for longer than a moment: also when it is closed and waits to be read."""
        return not self._gone and (not self.transport.is_closing() or self._unread is not None)

    def _others(self) -> Iterator["Connection"]:
        return (other for other in self.connections if isinstance(other, Connection) and other is not self)

    @cached_property
    def _network(self) -> str:
        return widest_network(self.client[0] if self.client else "")
