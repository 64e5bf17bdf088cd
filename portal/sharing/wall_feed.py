"""What the walls of this process show: one look at the database for all of them, and only while somebody watches.

Any number of processes can do so: each learns of changes from the database alone.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from courses.results.wall import Wall, last_change, wall

logger = logging.getLogger("portal")

#: walls of one person in this process: a screen in each of several rooms
WALLS = 8
#: seconds between two looks at whether anything has changed, and after which a wall is counted anew whether or not
LOOK, ANEW = 0.4, 10.0


@dataclass(frozen=True)
class WallView:
    """What a wall shows: a lesson, and after how long a silent phone is called stuck."""

    course: UUID
    lesson: UUID
    quiet_after: timedelta


@dataclass(eq=False)
class Watcher:
    """One open page. It keeps the newest wall alone: whoever reads slowly misses what lies between."""

    wall: Wall
    #: the stream ends: the server is about to stop, and the browser comes back by itself
    ended: bool = False
    #: or the person has opened too many since
    crowded: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def show(self, wall: Wall) -> None:
        """Take what is new."""
        if wall != self.wall:
            self.wall = wall
            self._news.set()

    def end(self) -> None:
        """Nothing comes any more."""
        self.ended = True
        self._news.set()

    def crowd_out(self) -> None:
        """Nor for who has WALLS newer ones."""
        self.crowded = True
        self._news.set()

    async def changed(self, within: float) -> bool:
        """Wait until `wall` is another one, at most so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), within)
        changed = self._news.is_set()
        self._news.clear()
        return changed


class WallFeed:
    """One per process."""

    def __init__(self) -> None:
        self._watchers: dict[WallView, set[Watcher]] = {}
        self._of_person: dict[UUID, list[Watcher]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._stopping = False

    def stop(self) -> None:
        """End all streams, also those that are opened yet: a server that stops waits for its connections."""
        self._stopping = True
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.end()

    @asynccontextmanager
    async def watch(self, view: WallView, who: UUID) -> AsyncIterator[Watcher]:
        """A watcher that has the present wall, and is told of each later one while this is open, and among the newest WALLS."""
        # Listed before it is counted, so that nothing falls between.
        watcher = Watcher(await _counted(view))
        self._watchers.setdefault(view, set()).add(watcher)
        mine = self._of_person.setdefault(who, [])
        mine.append(watcher)
        for oldest in mine[:-WALLS]:
            oldest.crowd_out()
        watcher.show(await _counted(view))
        if self._stopping:
            watcher.end()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_on(), name="walls")
        try:
            yield watcher
        finally:
            mine.remove(watcher)
            if not mine:
                self._of_person.pop(who, None)
            self._watchers[view].discard(watcher)
            if not self._watchers[view]:
                del self._watchers[view]
            if not self._watchers and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _look_on(self) -> None:
        seen: object = None
        counted = 0.0
        while self._watchers:
            await asyncio.sleep(LOOK)
            try:
                newest = await last_change()
                if newest == seen and time.monotonic() - counted < ANEW:
                    continue
                for view in list(self._watchers):
                    found = await _counted(view)
                    for watcher in self._watchers.get(view, ()):
                        watcher.show(found)
                seen, counted = newest, time.monotonic()
            except Exception:
                logger.exception("the walls could not be counted; it is tried again in a moment")
                await asyncio.sleep(1)


async def _counted(view: WallView) -> Wall:
    return await wall(view.course, view.lesson, view.quiet_after)
