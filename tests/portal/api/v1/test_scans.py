"""The scan log and publications for programs: page by page, nothing twice and nothing left out."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.events import RefusedScan


@pytest.fixture
def busy(run: Any, course: UUID, lesson: dict) -> None:
    """Seven students, of whom four scanned, all at one moment, and three refused scans then."""

    async def furnish() -> None:
        await add_students(None, course, [Entry(str(place), f"Student {place}") for place in range(7)])
        at, tea = now() - timedelta(minutes=5), UUID(lesson["id"])
        reports = [
            Report(tea, "scan", "xiaohongshu", at, at, student=each.id) for each in (await students_of(course))[:4]
        ]
        async with writing():
            await keep(reports)
            await apply(reports)
        for reason in ("expired", "withdrawn", "no_cookie"):
            await RefusedScan.insert(
                RefusedScan(id=uuid4(), reason=reason, course=course, lesson=tea, at=at, received_at=at)
            )

    run(furnish)


def pages(api: Any, path: str, key: str, limit: int) -> list[dict[str, Any]]:
    found, cursor = [], ""
    for _ in range(20):
        answer = api.get(path, params={"limit": limit} | ({"cursor": cursor} if cursor else {})).json()
        found += answer[key]
        cursor = answer["next"]
        if cursor is None:
            return found
    raise AssertionError("the pages never end")


def test_scans_come_page_by_page(api: Any, bobs_api: Any, course: UUID, busy: None) -> None:
    path = f"/courses/{course}/scans"
    whole = api.get(path).json()["scans"]
    assert len(whole) == 7
    for limit in (1, 2, 3, 7):
        assert pages(api, path, "scans", limit) == whole
    assert {scan["outcome"] for scan in whole} == {"opened", "expired", "withdrawn", "no_cookie"}
    refused = api.get(path, params={"outcome": "refused"}).json()["scans"]
    assert len(refused) == 3
    for name, value in (
        ("cursor", "x"),
        ("limit", "0"),
        ("limit", "501"),
        ("outcome", "x"),
        ("since", "2026-01-01T00:00:00"),
    ):
        answer = api.get(path, params={name: value})
        assert answer.status_code == 422
        assert set(answer.json()["error"]["fields"]) == {name}
    assert bobs_api.get(path).status_code == 404


def test_publications_hold_everyone_page_by_page(api: Any, course: UUID, lesson: dict, busy: None) -> None:
    path = f"/courses/{course}/publications"
    whole = api.get(path).json()["publications"]
    assert sorted(row["number"] for row in whole) == [str(place) for place in range(7)]
    assert sorted(row["rung"] for row in whole) == ["not_started"] * 3 + ["scanned"] * 4
    assert {row["lesson"] for row in whole} == {lesson["title"]}
    assert sum(row["scans"] for row in whole) == 4
    for limit in (1, 3, 7):
        assert pages(api, path, "publications", limit) == whole
    assert api.get(path, params={"cursor": "x"}).status_code == 422
