"""Webhooks out: sent once whoever looks, tried again, logged, and never to a private address."""

import asyncio
import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from courses.clock import now
from courses.students.values import StudentInfo
from courses.tables.classes import Delivery
from courses.webhooks import deliveries
from courses.webhooks.changes import ChangeCursor
from portal.settings import Settings
from tests.databases import stored
from tests.portal.conftest import Receiver, deliver

pytestmark = pytest.mark.usefixtures("by_hand")


def rows(run: Callable[..., Any]) -> list[dict[str, Any]]:
    return run(lambda: Delivery.select().order_by(Delivery.created_at).run())


def test_a_changed_rung_is_told_once(
    run: Any,
    told: Any,
    receiver: Receiver,
    enrol: Callable[..., list[StudentInfo]],
    report: Any,
    course: UUID,
    lesson: UUID,
) -> None:
    (ann,) = enrol("安 Ann")
    report(ann.id, "scan", "launch", link={"url": "https://xhslink.com/a/1", "note_id": "n1"})
    told["deliver"]()
    told["deliver"]()
    ((headers, body),) = receiver.got
    message = json.loads(body)
    assert message["type"] == "publication.changed"
    assert message["data"]["student"] == {"id": str(ann.id), "number": ann.number, "name": "安 Ann"}
    assert message["data"]["lesson"]["id"] == str(lesson)
    assert (message["data"]["rung"], message["data"]["note_url"]) == ("linked", "https://xhslink.com/a/1")
    (row,) = rows(run)
    assert (row["status"], row["tries"], row["next_at"]) == (204, 1, None)
    assert str(row["id"]) == headers["webhook-id"]
    # The same rung again is no change; another one is.
    report(ann.id, "launch")
    run(deliver, told["settings"], ChangeCursor())
    assert len(receiver.got) == 1


def test_many_processes_that_look_at_once_tell_once(
    run: Any, told: Any, receiver: Receiver, enrol: Callable[..., list[StudentInfo]], report: Any
) -> None:
    students = enrol(*(f"Student {place}" for place in range(12)))
    for student in students:
        report(student.id, "scan")

    async def all_at_once() -> None:
        async def process() -> None:
            await deliver(told["settings"], ChangeCursor())

        await asyncio.gather(*(process() for _ in range(4)))

    run(all_at_once)
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(ids) == len(set(ids)) == len(students)


def test_a_failure_is_tried_again_later_and_given_up_at_last(
    run: Any, told: Any, receiver: Receiver, alice: Any, course: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "BACKOFF", (timedelta(seconds=30), timedelta(minutes=5)))
    path = f"/courses/{course}/webhooks"
    receiver.statuses = [500, 302, 503, 204]
    assert alice.post(f"{path}/{told['webhook']}/test", data={"x": "x"}).status_code == 303
    waits = []
    for _ in range(3):
        told["deliver"]()
        told["deliver"]()  # nothing is due
        (row,) = rows(run)
        waits.append(row["next_at"] and (row["next_at"] - now()).total_seconds())
        run(lambda: Delivery.update({Delivery.next_at: now()}).where(Delivery.next_at.is_not_null()).run())
    assert 25 < waits[0] <= 30 < 295 < waits[1] <= 300
    assert waits[2] is None
    assert [json.loads(body)["type"] for _, body in receiver.got] == ["ping"] * 3  # the redirect was not followed
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    page = alice.get(f"{path}?webhook={told['webhook']}").text
    assert "503 · given up" in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    assert alice.post(re.search(r"/courses/[^\"]+/repeat", page)[0], data={"x": "x"}).status_code == 303
    told["deliver"]()
    assert "204 · delivered" in alice.get(path).text


def test_what_waits_says_why_and_until_when_and_is_tried_at_once_when_told_so(
    run: Any, told: Any, receiver: Receiver, alice: Any, course: UUID
) -> None:
    path = f"/courses/{course}/webhooks"
    receiver.statuses = [503, 503, 204, 204, 204]
    for _ in range(2):
        alice.post(f"{path}/{told['webhook']}/test", data={"x": "x"})
    told["deliver"]()
    alice.post(f"{path}/{told['webhook']}/test", data={"x": "x"})
    page = re.sub(r"\s+", " ", alice.get(path).text)
    assert "3 wait" in page
    assert re.search(r"Last failure: 503 · <span class=\"words\">&lt;b&gt;no&lt;/b&gt;</span> · next try <time", page)
    assert "最近一次失败：" in alice.get(path, headers={"accept-language": "zh"}).text
    sent = len(receiver.got)
    alice.post(re.search(rf"{path}/[^\"]+/tries", page)[0], data={"x": "x"})
    told["deliver"]()
    assert len(receiver.got) - sent == 3
    assert [row["next_at"] for row in rows(run)] == [None] * 3
    page = alice.get(path).text
    assert "Last failure" not in page
    assert "/tries" not in page


def test_gone_stops_the_webhook_and_a_stopped_one_is_told_nothing(
    run: Any, told: Any, receiver: Receiver, alice: Any, course: UUID
) -> None:
    path = f"/courses/{course}/webhooks/{told['webhook']}"
    receiver.statuses = [410]
    alice.post(f"{path}/test", data={"x": "x"})
    told["deliver"]()
    assert "stopped" in alice.get(f"/courses/{course}/webhooks").text
    alice.post(f"{path}/test", data={"x": "x"})
    told["deliver"]()
    assert len(receiver.got) == 1
    receiver.statuses = [200]
    alice.post(f"{path}/state", data={"enabled": "1"})
    told["deliver"]()
    assert len(receiver.got) == 2
    alice.post(f"{path}/removal", data={"x": "x"})
    assert rows(run) == []


def test_the_secret_is_shown_once_and_is_nowhere(
    alice: Any, course: UUID, settings: Settings, own_database: str
) -> None:
    page = alice.post(
        f"/courses/{course}/webhooks", data={"url": "https://hooks.example.org/x?y=1"}, follow_redirects=True
    ).text
    secret = re.search(r'value="whsec_([^"]+)"', page)[1]
    again = alice.get(f"/courses/{course}/webhooks").text
    assert "whsec_" not in again
    assert "https://hooks.example.org/x?y=1" in again
    assert secret.encode() not in stored(own_database)
    assert base64.b64decode(secret) not in stored(own_database)
    other = alice.post(re.search(r"/courses/[^\"]+/secret", again)[0], data={"x": "x"}, follow_redirects=True).text
    assert re.search(r'value="whsec_([^"]+)"', other)[1] != secret
    assert "added a webhook to hooks.example.org" in re.sub("<[^>]+>", "", alice.get(f"/courses/{course}/log").text)


@pytest.mark.parametrize("url", [
    "", "x", "http://example.org", "ftp://example.org", "https://", "https://user@example.org", "https://user:pw@example.org",
    "https://example.org/#x", "https://example.org/ x", "javascript:alert(1)", "file:///etc/passwd", "https://exämple.org",
    f"https://example.org/{'x' * 500}", "https://example.org:0/",
    "https://[::1",
])  # fmt: skip
def test_an_address_that_is_none_is_refused(url: str, alice: Any, course: UUID) -> None:
    answer = alice.post(f"/courses/{course}/webhooks", data={"url": url})
    assert answer.status_code == 422
    assert "whsec_" not in answer.text
