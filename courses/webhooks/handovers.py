"""What a platform calls a share, so that its webhook finds the student, lesson and link again."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from courses.clock import now
from courses.outages import is_outage
from courses.students.namings import named_first, namings
from courses.tables.events import Handover

GROUP = 500


@dataclass(frozen=True)
class HandoverInfo:
    """One share; `student` is None where the phone has still not said whose it is."""

    link: UUID
    lesson: UUID
    student: UUID | None
    device: str | None


class Handovers:
    """One per process. Shares of one moment go into one transaction: else each tap of a class would wait for the disk alone."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Handover, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def remember(
        self, platform: str, share: str, link: UUID, lesson: UUID, student: UUID | None, device: str | None
    ) -> None:
        """Keep what a platform calls this share, and return after the commit; the first word on an id is the last."""
        row = Handover(
            platform=platform, share=share, link=link, lesson=lesson, student=student, device=device, created_at=now()
        )
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, written))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await written

    async def _write(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
            if (failure := await _keep(group)) is not None:
                # One that cannot be kept must not fail its neighbours: each on its own.
                for one in group:
                    error = failure if is_outage(failure) else await _keep([one])
                    if error is not None and not one[1].done():
                        one[1].set_exception(error)
            for _, written in group:
                if not written.done():
                    written.set_result(None)


async def _keep(group: list[tuple[Handover, asyncio.Future[None]]]) -> Exception | None:
    """In one statement. A failure is returned, not raised: whoever waits for the row is told."""
    try:
        # In one order everywhere, so that no two processes wait for each other.
        rows = sorted((row for row, _ in group), key=lambda row: (row.platform, row.share))
        await Handover.insert(*rows).on_conflict((Handover.platform, Handover.share), "DO NOTHING")
    except Exception as error:
        return error
    return None


async def handover_of(platform: str, share: str) -> HandoverInfo | None:
    """The share that a platform speaks of; None where it is none of ours."""
    row = await Handover.select(
        Handover.link, Handover.lesson, Handover.lesson.course.as_alias("course"), Handover.student, Handover.device,
        Handover.created_at,
    ).where(Handover.platform == platform, Handover.share == share).first()  # fmt: skip
    if row is None:
        return None
    student = row["student"]
    if student is None and row["device"]:
        found = named_first(await namings(row["course"], row["device"]), row["created_at"])
        student = found.id if found else None
    return HandoverInfo(row["link"], row["lesson"], student, row["device"])
