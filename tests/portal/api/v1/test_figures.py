"""Figures of notes that programs send: kept with both times and their source, all of them or none."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.results.note_figures import history_of, notes_of
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of

NOTE = "https://www.xiaohongshu.com/explore/66aa11bb22cc33dd44ee55ff"


@pytest.fixture
def note(run: Any, course: UUID, lesson: dict) -> Any:
    async def furnish() -> Any:
        await add_students(None, course, [Entry("1", "Ada"), Entry("2", "Bo")])
        ada, _ = await students_of(course)
        at, detail = now() - timedelta(hours=1), {"url": NOTE, "note_id": NOTE[-24:]}
        told = [Report(UUID(lesson["id"]), "link", "xiaohongshu", at, at, student=ada.id, detail=detail)]
        async with writing():
            await keep(told)
            await apply(told)
        return (await notes_of(course))[0]

    return run(furnish)


def test_figures_are_kept_with_their_times_and_source_and_read_back(
    api: Any, alice: Any, course: UUID, note: Any, run: Any
) -> None:
    path, at = f"/courses/{course}/figures", (now() - timedelta(minutes=30)).replace(microsecond=0)
    sent = {"note": f"{NOTE}?xsec_token=x", "snapshot_at": at.isoformat(), "views": 12_000, "likes": 308}
    assert api.post(path, json=[sent]).json() == {"notes": 1}
    assert api.post(path, json=[sent | {"likes": 309}]).json() == {"notes": 1}
    (kept,) = run(history_of, note.publication)
    assert (kept.snapshot_at, kept.source, kept.views, kept.likes, kept.shares) == (at, "api", 12_000, 309, None)
    assert at < kept.fetched_at <= now()
    (told,) = api.get(path).json()
    assert (told["number"], told["note"], told["views"], told["source"]) == ("1", NOTE, 12_000, "api")
    assert datetime.fromisoformat(told["snapshot_at"]) == at
    page = alice.get(f"/courses/{course}/statistics/notes/{note.publication}").text
    assert "12,000" in page
    assert "sent by a program" in page


def test_what_is_wrong_is_named_by_its_place_and_nothing_is_kept(
    api: Any, bobs_api: Any, course: UUID, note: Any, run: Any
) -> None:
    path, good = f"/courses/{course}/figures", {"note": NOTE, "views": 1}
    later = (now() + timedelta(hours=1)).isoformat()
    for rows, fields in (
        ([good, {"note": "https://x.example/1", "views": 1}], {"2.note"}),
        ([good, {"note": NOTE[:-1] + "0", "views": 1}, {"note": NOTE}], {"2.note", "3.views"}),
        ([good | {"snapshot_at": later}], {"snapshot_at"}),
        ([], {"body"}),
    ):
        answer = api.post(path, json=rows)
        assert (answer.status_code, set(answer.json()["error"]["fields"])) == (422, fields), rows
    assert api.post(path, json=[good | {"views": -1}]).status_code in (400, 422)
    assert api.post(path, json=[good | {"stars": 5}]).status_code in (400, 422)
    assert run(history_of, note.publication) == []
    assert api.get(path).json()[0]["views"] is None
    assert bobs_api.post(path, json=[good]).status_code == bobs_api.get(path).status_code == 404
