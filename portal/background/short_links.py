"""Short links that students gave are followed in the background, where the portal may: nobody waits for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from uuid import uuid5

from courses.clock import now
from courses.events.journal import Journal
from courses.events.ladder import Report
from portal.background.loop import in_background
from portal.platforms import NoteLink
from portal.platforms.links.shapes import SHAPES
from portal.platforms.links.short_links import Unresolved, leads_to

#: links that wait, and calls at a time; what is more than that stays unresolved
WAITING, WORKERS = 2_000, 4


class Resolver:
    """One per process; does nothing unless it is `enabled`."""

    def __init__(
        self, journal: Journal, enabled: bool, follow: Callable[[str, str], Awaitable[NoteLink]] = leads_to
    ) -> None:
        self._journal = journal
        self._enabled = enabled
        self._follow = follow
        self._waiting: asyncio.Queue[Report] = asyncio.Queue(WAITING)

    def later(self, reports: Iterable[Report]) -> None:
        """Follow what of these reports, which are written already, is a short link of a known student."""
        if not self._enabled:
            return
        for report in reports:
            short = report.kind == "link" and not report.detail.get("note_id") and report.platform in SHAPES
            if short and report.student is not None and not self._waiting.full():
                self._waiting.put_nowait(report)

    async def work(self) -> None:
        """Until it is cancelled; one link that fails does not hold up the next."""
        while True:
            report = await self._waiting.get()
            try:
                await self._journal.record([await self._found(report)])
            except Exception:  # noqa: S112 -- the database's trouble is told where a person waits for it
                continue

    async def _found(self, report: Report) -> Report:
        """What became of a link, as an event with an id of its own: asked twice it counts once."""
        url = str(report.detail["url"])
        detail: dict[str, str | bool | None] = {
            "url": url,
            "linked_at": report.received_at.isoformat(),
            "made_at": report.happened_at.isoformat(),
        } | ({"doubtful": True} if report.doubtful else {})
        try:
            note = await self._follow(report.platform, url)
            detail |= {"note_id": note.note_id, "leads_to": note.url}
        except Unresolved as error:
            detail |= {"error": error.reason}
        moment = now()
        return Report(
            lesson=report.lesson, kind="resolve", platform=report.platform, at=moment, received_at=moment,
            id=uuid5(report.id, "resolve"), link=report.link, student=report.student, detail=detail,
        )  # fmt: skip


@asynccontextmanager
async def resolving(resolver: Resolver) -> AsyncIterator[None]:
    """Follow links while the application runs; what still waits at its end stays unresolved."""
    async with in_background(*(resolver.work() for _ in range(WORKERS)), name="resolving"):
        yield
