"""For random histories the matrix, the cells' pages, the CSV and the API say what a recount of the events says."""

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Callable
from functools import reduce
from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar.testing import TestClient

from courses.api_keys import create_api_key
from courses.authoring import create_lesson
from courses.completion import completion
from courses.drafts import LessonDraft
from courses.people import SignedIn
from courses.publishing import RUNGS, Progress, Report, advance, rung
from courses.tables.events import Event

Run = Callable[..., Any]
DONE = ("claimed", "linked", "confirmed")


def recount(events: list[dict[str, Any]]) -> dict[tuple[UUID, UUID], str]:
    """The best rung of each (student, lesson), from its events alone."""
    by_platform: dict[tuple[UUID, UUID, str], list[Report]] = {}
    for event in events:
        names = ("lesson", "kind", "platform", "at", "received_at", "student", "person")
        report = Report(**{name: event[name] for name in names}, detail=msgspec.json.decode(event["detail"]))
        by_platform.setdefault((report.student, report.lesson, report.platform), []).append(report)
    best: dict[tuple[UUID, UUID], str] = {}
    for (student, lesson, _), reports in by_platform.items():
        found = rung(reduce(advance, reports, Progress()))[0]
        best[student, lesson] = max(best.get((student, lesson), RUNGS[0]), found, key=RUNGS.index)
    return best


@pytest.mark.parametrize("seed", range(3))
def test_pages_and_files_agree_with_a_recount_of_the_events(
    alice: TestClient, alice_person: SignedIn, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run, seed: int
) -> None:
    chance = random.Random(seed)
    students = enrol("Ada", "Bo", "Cy")
    second = run(create_lesson, None, course, LessonDraft("normal", "Second", ""))
    excused: set[tuple[UUID, UUID]] = set()
    for _ in range(25):
        student = chance.choice(students).id
        where = lesson if (act := chance.random()) < 0.6 else chance.choice([lesson, second])
        cells = f"{student}:{where}"
        if act < 0.6:
            report(student, chance.choice(["scan", "preview", "launch", "fail", "claim", "link"]))
            continue
        action = chance.choice(["confirm", "refuse", "excuse", "unexcuse", "undo"])
        form = {"action": action if action != "undo" else "confirm", "cells": cells, "reason": "why"}
        before = run(completion, course).rows
        was = {(row.student.id, which): cell for row in before for which, cell in row.cells.items()}[student, where]
        answer = alice.post(f"/courses/{course}/completion/marks", data=form)
        assert answer.status_code == 303
        if action == "undo":
            at = alice.get(answer.headers["location"]).text
            if found := re.search(r'/undo"><input type="hidden" name="at" value="([^"]+)"', at):
                alice.post(f"/courses/{course}/completion/undo", data={"at": found[1]})
        if action == "excuse" and was.state != "done":
            excused.add((student, where))
        if action == "unexcuse":
            excused.discard((student, where))
    best = recount(run(lambda: Event.select().where(Event.student.is_not_null()).order_by(Event.received_at).run()))
    expected = {
        (each.id, which): best.get((each.id, which), RUNGS[0]) for each in students for which in (lesson, second)
    }

    totals = Counter(expected.values())
    states = Counter()
    for key, name in expected.items():
        states["done" if name in DONE else "excused" if key in excused else "other"] += 1
    page = alice.get(f"/courses/{course}/completion").text
    foot = page.partition("<tfoot>")[2]
    for name in RUNGS:
        grand = re.search(rf'<a href="\?rung={name}">(\d+)</a>', foot)
        assert int(grand[1] if grand else 0) == totals[name], name
    for state in ("done", "excused"):
        grand = re.search(rf'<a href="\?state={state}">(\d+)</a>', foot)
        assert int(grand[1] if grand else 0) == states[state], state

    key = run(create_api_key, alice_person, "recount")
    told = alice.get(f"/api/v1/courses/{course}/completion", headers={"authorization": f"Bearer {key}"}).json()
    assert {name: count for name, count in told["totals"].items() if count} == dict(totals)
    text = alice.get(f"/courses/{course}/completion.csv", headers={"accept-language": "en"}).content.decode("utf-8-sig")
    titles, *lines = csv.reader(io.StringIO(text))
    for student, row, line in zip(students, told["students"], lines, strict=True):
        for which, title in ((lesson, "Breakfast 早餐"), (second, "Second")):
            name = expected[student.id, which]
            assert row["lessons"][str(which)]["rung"] == name
            assert row["lessons"][str(which)]["excused"] == ((student.id, which) in excused)
            cell = alice.get(f"/courses/{course}/completion/{which}/{student.id}").text
            shown = re.findall(r'<p><span class="rung (\w+)">([^<]+)</span>', cell)
            assert max((each for each, _ in shown), key=RUNGS.index) == name
            assert line[titles.index(title)] == dict(shown)[name]
