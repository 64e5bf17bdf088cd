"""A phone's share of an hour is what was kept of it, and nothing else."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from courses import database
from portal.student import quotas, refused_scans
from tests.portal.conftest import Phone, phone_event

pytestmark = pytest.mark.usefixtures("three_an_hour", "own_app")


@pytest.fixture
def three_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, names in (
        (quotas, ("STUDENT_LIMIT", "DEVICE_LIMIT", "NETWORK_LIMIT")),
        (refused_scans, ("DEVICE_LIMIT", "NETWORK_LIMIT")),
    ):
        for name in names:
            monkeypatch.setattr(module, name, 3)


@pytest.fixture
def outage() -> Callable[[], AbstractContextManager[None]]:
    """SQLite's file takes no writes meanwhile."""

    @contextmanager
    def away() -> Iterator[None]:
        database.DB._writer.execute("PRAGMA query_only = 1")
        yield
        database.DB._writer.execute("PRAGMA query_only = 0")

    return away


@pytest.fixture
def ann(classroom: Any, phone: Callable[..., Phone]) -> Phone:
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")
    return ann


def statuses(send: Callable[[], Any], times: int) -> list[int]:
    return [send().status_code for _ in range(times)]


@pytest.mark.sqlite_only("its file")
def test_report_in_an_outage_costs_a_phone_nothing(classroom: Any, ann: Phone, outage: Any) -> None:
    def claim() -> Any:
        form = {"choice": "claim", "platform": "xiaohongshu", "id": str(uuid4())}
        return ann.post(f"/l/{classroom.link.code}/publication", data=form, follow_redirects=False)

    with outage():
        assert statuses(lambda: ann.send("scan"), 4) == [503] * 4
        assert statuses(claim, 4) == [503] * 4
    assert statuses(lambda: ann.send("scan"), 3) == [200] * 3
    assert ann.send("scan").status_code == 429
    assert claim().status_code == 429


@pytest.mark.sqlite_only("its file")
def test_refusal_in_an_outage_costs_a_phone_nothing(classroom: Any, phone: Callable[..., Phone], outage: Any) -> None:
    bob = phone()

    def report() -> Any:
        (ticket,) = re.findall(r'data-refusal="([^"]+)"', bob.get("/s/nonsense").text)
        body = {"id": str(uuid4()), "at": datetime.now(UTC).isoformat(), "ticket": ticket}
        return bob.post("/api/refusals", json=body)

    with outage():
        assert statuses(report, 4) == [503] * 4
    assert statuses(report, 4) == [200] * 3 + [429]


def test_reports_that_are_too_many_together_cost_a_phone_nothing(ann: Phone) -> None:
    def send(count: int) -> int:
        return ann.post("/api/events", json={"events": [phone_event("scan") for _ in range(count)]}).status_code

    assert [send(2), send(2), send(2), send(1), send(1)] == [200, 429, 429, 200, 429]
