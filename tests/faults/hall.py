"""A class that reports all the while, and what must be so whatever broke meanwhile."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx

from courses.database import writing
from courses.events.rebuilding import rebuild
from courses.tables.events import Publication
from tests.databases import rows

#: what each phone reports in turn
KINDS = ("scan", "preview", "launch", "claim")
#: seconds of a phone between two reports, and before it sends one again
PAUSE, AGAIN = 0.05, 0.2
#: seconds until all must be well again by itself
HEALED = 60.0


@dataclass
class Hall:
    """`phones` are browsers that have scanned; each report is sent under its id until it is acknowledged."""

    phones: list[Callable[[dict[str, Any]], httpx.Response]]
    ask: Callable[[str], httpx.Response]
    acknowledged: list[str] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    told: Counter[int] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)
    _given_up: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """The phones report while this is open; at its end all that was made is acknowledged, or the test has failed."""
        threads = [threading.Thread(target=self._report, args=(phone,)) for phone in self.phones]
        for thread in threads:
            thread.start()
        try:
            yield
        except BaseException:
            self._given_up.set()
            raise
        finally:
            self._over.set()
            for thread in threads:
                thread.join(HEALED)
            waiting = any(thread.is_alive() for thread in threads)
            self._given_up.set()
        assert not waiting, f"a phone is still not taken: {self.told}"

    def checks(self) -> dict[str, str]:
        """What /readyz says of each part, and whether its status says the same."""
        answer = self.ask("/readyz")
        checks: dict[str, str] = answer.json()["checks"]
        assert (answer.status_code == 200) == (set(checks.values()) == {"ok"}), answer.text
        return checks

    def hear(self, told: set[int], times: int = 2) -> None:
        """Until phones were told so."""
        before = self._heard(told)
        self._until(lambda: self._heard(told) >= before + times, f"{told} more than {before} times")

    def ill(self, part: str) -> None:
        """Until /readyz says that this part is not well, and that all others are or cannot be known."""
        self._until(lambda: self.checks()[part] != "ok", f"{part} told as wrong")
        others = {name: said for name, said in self.checks().items() if name != part}
        assert set(others.values()) <= {"ok", "unknown"}, others

    def well(self) -> None:
        """Until the server says that it is ready, and each phone's report of now was taken."""
        self.ready()
        self.hear({200}, 2 * len(self.phones))

    def ready(self) -> None:
        """Until the server is there and says so."""

        def is_ready() -> bool:
            try:
                return set(self.checks().values()) == {"ok"}
            except httpx.TransportError:
                return False

        self._until(is_ready, "ready")

    def _heard(self, told: set[int]) -> int:
        return sum(count for status, count in self.told.items() if status in told)

    def _until(self, so: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + HEALED
        while not so():
            assert time.monotonic() < end, f"not {what} within {HEALED} s: {self.told}"
            time.sleep(PAUSE)

    def _report(self, phone: Callable[[dict[str, Any]], httpx.Response]) -> None:
        count = 0
        while not self._over.is_set():
            event = {
                "id": str(uuid4()),
                "kind": KINDS[count % len(KINDS)],
                "at": datetime.now(UTC).isoformat(),
                "detail": {},
            }
            self.made.add(event["id"])
            count += 1
            while not self._taken(phone, event) and not self._given_up.is_set():
                time.sleep(AGAIN)
            time.sleep(PAUSE)

    def _taken(self, phone: Callable[[dict[str, Any]], httpx.Response], event: dict[str, Any]) -> bool:
        try:
            status = phone({"events": [event]}).status_code
        except httpx.TransportError:
            status = 0
        self.told[status] += 1
        if status == 200:
            self.acknowledged.append(event["id"])
        return status == 200


def nothing_is_lost(hall: Hall, address: str) -> None:
    """0 acknowledged lost, 0 there twice, nothing that nobody sent."""
    stored = [identity for (identity,) in rows(address, "SELECT id FROM event")]
    assert len(stored) == len(set(stored))
    assert set(hall.acknowledged) <= set(stored), "an acknowledged report is lost"
    assert set(stored) <= hall.made
    if address.startswith("sqlite"):
        assert rows(address, "PRAGMA integrity_check") == [("ok",)]


async def publications_are_a_recount(students: list[UUID]) -> None:
    """What stands of each student is what the events give when they are counted anew."""
    before = await _publications()
    async with writing():
        for student in students:
            await rebuild(student)
    assert await _publications() == before
    assert before


async def _publications() -> list[dict[str, Any]]:
    found = await Publication.select().order_by(Publication.id)
    return [{name: value for name, value in row.items() if name != "changed_at"} for row in found]
