"""The fault table: what a class is told while something is broken, and that nothing is lost or counted twice by it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from litestar.testing import TestClient

from tests.faults import breaking
from tests.faults.breaking import Broken
from tests.faults.conftest import ROUNDS
from tests.faults.hall import Hall, nothing_is_lost, publications_are_a_recount
from tests.portal.pages.lessons.test_media import photo

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Fault:
    """`told` are answers to phones of which some must come; `check` is what /readyz then says is not well."""

    breaks: Callable[[Broken], AbstractContextManager[None]]
    told: set[int]
    check: str | None = None
    #: what an upload of a picture is answered meanwhile
    upload: int | None = None


SQLITE = {
    "locked file": Fault(breaking.locked_file, {503}, "database"),
    "read-only file": Fault(breaking.read_only_file, {503}, "database"),
    "full disk": Fault(breaking.full_disk, {503, 507}, "database"),
    "clock a day ahead": Fault(partial(breaking.clock_jumps, by=DAY), {200}),
    "clock a day behind": Fault(partial(breaking.clock_jumps, by=-DAY), {200}),
    "workers killed": Fault(breaking.killed_workers, {200}, upload=503),
    "workers out of memory": Fault(breaking.workers_out_of_memory, {200}, upload=503),
}
POSTGRES = {
    "cut connections": Fault(breaking.cut_connections, {200}),
    "connections ended by the server": Fault(breaking.ended_connections, {200}),
    "frozen connections": Fault(breaking.frozen_connections, {200}),
    "black hole": Fault(breaking.black_hole, {503}, "database"),
    "server down": Fault(breaking.nobody_listens, {503}, "database"),
    "read-only server": Fault(breaking.read_only_server, {503}, "database"),
    "names gone": Fault(breaking.names_gone, {503}, "database"),
}
BUCKET = {
    "store frozen": Fault(breaking.black_hole, {200}, "media", upload=503),
    "store down": Fault(breaking.nobody_listens, {200}, "media", upload=503),
}


def _rows() -> list[Any]:
    return [
        pytest.param(what, fault, id=name, marks=[pytest.mark.sqlite_only("its file")] if what == "sqlite" else [])
        for what, faults in (("sqlite", SQLITE), ("postgres", POSTGRES), ("bucket", BUCKET))
        for name, fault in faults.items()
    ]


@pytest.mark.parametrize(("breakable", "fault"), _rows())
def test_class_loses_nothing_and_all_is_well_by_itself(
    hall: Hall, broken: Broken, fault: Fault, alice: TestClient, classroom: Any, run: Callable[..., Any]
) -> None:
    def upload() -> int:
        answer = alice.post(f"/courses/{classroom.course}/media", files={"file": ("a.jpg", photo())})
        return answer.status_code

    with hall.reporting():
        hall.well()
        for _ in range(ROUNDS):
            with fault.breaks(broken):
                hall.hear(fault.told)
                if fault.check:
                    hall.ill(fault.check)
                if fault.upload:
                    while (answer := upload()) != fault.upload:
                        assert answer == 201, "before it is killed, a worker may be done"
            hall.well()
            if fault.upload:
                assert upload() == 201
    assert set(hall.told) <= {200, *fault.told, 503}
    nothing_is_lost(hall, broken.address)
    run(publications_are_a_recount, [student.id for student in classroom.students])
