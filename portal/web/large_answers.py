"""Answers that are made of a whole course: bit by bit, in turns, and of one person one at a time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from litestar import Response
from litestar.response import Stream

from courses.errors import Busy, Message
from portal.i18n import language, use_language
from portal.workers.places import Places
from portal.workers.threads import rarely_collected

#: answers of one person that may wait for the one that is made
LINE = 2
#: parts that are made at once; of one person it is one
PARTS = 2
#: bytes; what is no longer goes as a whole, which is compressed on its way, and fails before its head is sent
WHOLE = 1 << 20
MANY = Message("Your other downloads are still being made. Try again when they have come.")


@dataclass
class _Line:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    people: int = 0


class LargeAnswers:
    """One per process. An answer has its turn until it is sent, so that who reads slowly keeps nobody but themselves."""

    def __init__(self) -> None:
        self._lines: dict[UUID, _Line] = {}
        self._places = Places(PARTS)

    async def answer(
        self, who: UUID, parts: AsyncGenerator[bytes, None], media_type: str, headers: Mapping[str, str] | None = None
    ) -> Response[bytes] | Stream:
        """What consists of these parts; waits for the others of this person. Raises Busy, and what the first parts raise."""
        rest = self._in_turn(who, parts)
        first: list[bytes] = []
        size = 0
        async for part in rest:
            first.append(part)
            size += len(part)
            if size > WHOLE:
                return Stream(_in(language(), first, rest), media_type=media_type, headers=dict(headers or {}))
        return Response(b"".join(first), media_type=media_type, headers=dict(headers or {}))

    async def _in_turn(self, who: UUID, parts: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        async with self._alone(who), aclosing(parts):
            while True:
                async with self._places.one(who, "part", long=False):
                    with rarely_collected(self._places):
                        part = await anext(parts, None)
                if part is None:
                    return
                yield part

    @asynccontextmanager
    async def _alone(self, who: UUID) -> AsyncIterator[None]:
        line = self._lines.setdefault(who, _Line())
        if line.people > LINE:
            raise Busy(MANY)
        line.people += 1
        try:
            async with line.lock:
                yield
        finally:
            line.people -= 1
            if not line.people:
                del self._lines[who]


async def _in(name: str, first: list[bytes], rest: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    # The answer is sent after the request's own context has ended.
    use_language(name)
    async with aclosing(rest):
        yield b"".join(first)
        first.clear()
        async for part in rest:
            yield part
