"""Done is one rule: for every rule, and a class on every pair of rungs, every page, file and answer says the same number."""

import csv
import io
import re
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.clock import now
from courses.database import writing
from courses.events.done import FROM, WHICH
from courses.events.ladder import RUNGS, Report
from courses.events.publications import apply, keep
from courses.lessons.authoring import lesson_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.people.api_keys import create_api_key
from courses.printing.starting import pairs_for
from courses.results.own_progress import own_lessons
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tokens import share_token
from portal.settings import Settings

BOTH = ("weibo", "douyin")
KINDS = {
    "scanned": "scan", "previewed": "preview", "launched": "launch", "failed": "fail", "claimed": "claim", "linked": "link",
    "confirmed": "confirm",
}  # fmt: skip
CLASS = [(one, other) for one in RUNGS for other in RUNGS]
WORDS = {
    "any": "any platform", "all": "all platforms", "these": "Douyin",
    "claimed": "saying so counts", "linked": "post link given", "confirmed": "confirmed",
}  # fmt: skip
RULES = [(which, rung) for which in WHICH for rung in FROM]


def enough(which: str, rung: str, one: str, other: str) -> bool:
    """As the instructor says it, apart from the code that is tested; "these" is the second platform."""
    counts = [RUNGS.index(each) >= RUNGS.index(rung) for each in (one, other)]
    return {"any": any(counts), "all": all(counts), "these": counts[1]}[which]


@pytest.fixture
def full(run: Callable[..., Any], alice_person: SignedIn, course: UUID) -> UUID:
    """A lesson for two platforms, and for each pair of rungs a student who stands there."""

    async def furnish() -> UUID:
        lesson = await create_shared_lesson(alice_person, course, LessonDraft("normal", "Tea", platforms=BOTH))
        await add_students(None, course, [Entry(f"{place:03}", f"S{place:03}") for place in range(len(CLASS))])
        moment, reports = now(), []
        for student, pair in zip(await students_of(course), CLASS, strict=True):
            for platform, rung in zip(BOTH, pair, strict=True):
                if rung != RUNGS[0]:
                    detail = {"url": f"https://x.example/{student.number}"} if rung == "linked" else {}
                    reports.append(
                        Report(lesson, KINDS[rung], platform, moment, moment, student=student.id, detail=detail)
                    )
        async with writing():
            await keep(reports)
            await apply(reports)
        return lesson

    return run(furnish)


@pytest.fixture
def api(alice: TestClient, run: Callable[..., Any], alice_person: SignedIn) -> Callable[..., Any]:
    """Ask the API as alice's program: api("GET", "/courses", …)."""
    key = {"authorization": f"Bearer {run(create_api_key, alice_person, 'done')}"}
    return lambda method, path, **more: alice.request(
        method, f"/api/v1{path}", headers=key | more.pop("headers", {}), **more
    )


def ask(
    browser: TestClient, lesson: UUID, which: str, rung: str, platforms: tuple[str, ...] = BOTH, text: str = ""
) -> Any:
    """The editor's form without scripts."""
    texts = [("title", "Tea"), ("body", text), ("kind", "normal"), ("done_which", which), ("done_rung", rung)]
    texts += [("done_platforms", "douyin"), *(("platforms", slug) for slug in platforms)]
    return browser.post(f"/lessons/{lesson}", files=[(name, (None, value)) for name, value in texts])


def number(pattern: str, text: str) -> int:
    found = re.search(pattern, text, re.S)
    assert found, pattern
    return int(found[1])


@pytest.mark.parametrize(("which", "rung"), RULES)
def test_done_is_the_same_number_everywhere(
    alice: TestClient, api: Callable[..., Any], run: Callable[..., Any], course: UUID, full: UUID, tmp_path: Path,
    which: str, rung: str,
) -> None:  # fmt: skip
    expected = [enough(which, rung, *pair) for pair in CLASS]
    count, everyone, words = sum(expected), len(CLASS), f"{WORDS[which]}, {WORDS[rung]}"
    assert 0 < count < everyone
    assert ask(alice, full, which, rung).status_code in (200, 303)
    assert words in unescape(alice.get(f"/lessons/{full}/history/2?against=before").text) or (which, rung) == RULES[0]

    wall = alice.get(f"/courses/{course}/lessons/{full}/wall").text
    assert number(r'<b class="big">(\d+)</b>', wall) == wall.count('<li class="tile done"') == count
    assert f'<span class="rule">{words}</span>' in wall

    matrix = alice.get(f"/courses/{course}/completion").text
    assert number(r'href="\?state=done&amp;lesson=[^"]*">(\d+)</a>', matrix) == count
    assert number(r'href="\?state=open">Not done <b>(\d+)</b>', matrix) == everyone - count
    assert matrix.count(words) >= 2
    chosen = alice.get(f"/courses/{course}/completion?state=done").text
    assert f"{count} of {everyone} students" in chosen

    told = api("GET", f"/courses/{course}/completion").json()
    assert (told["done"], told["lessons"][0]["done"]) == (count, count)
    assert told["lessons"][0]["done_rule"]["which"] == which
    assert [row["lessons"][str(full)]["state"] == "done" for row in told["students"]] == expected
    assert [row["lessons"][str(full)]["done_at"] is not None for row in told["students"]] == expected
    assert api("GET", f"/lessons/{full}").json()["done"] == {
        "which": which, "platforms": ["douyin"] if which == "these" else [], "rung": rung,
    }  # fmt: skip

    file = alice.get(f"/courses/{course}/exports/completion/file.csv?columns=done&columns=state").content
    lines = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    assert lines[0] == [f"Lessons done ({words})", f"Tea · State ({words})"]
    assert [line == ["1", "Done"] for line in lines[1:]] == expected
    assert [line[0] == "1" for line in lines[1:]] == expected

    listed = alice.get(f"/courses/{course}").text
    assert number(rf'<td class="done" title="{re.escape(words)}">.*?<b>(\d+)</b>/{everyone}</a>', listed) == count
    own_page = alice.get(f"/lessons/{full}").text
    assert number(rf">(\d+) of {everyone} done<", own_page) == count
    assert f"Done means: {words}." in own_page

    reminder = unescape(alice.get(f"/courses/{course}/completion/reminder").text)
    assert f"{everyone - count} students" in reminder
    assert f"(done means: {words})" in reminder
    names = reminder.split(f"(done means: {words})")[1].split("\n")[1].split(", ")
    assert names == [f"S{place:03}" for place, done in enumerate(expected) if not done]
    students = run(students_of, course)
    slips = run(pairs_for, course, "catchup", [full])
    assert {pair.student for pair in slips} == {
        student.id for student, done in zip(students, expected, strict=True) if not done
    }
    file = tmp_path / "list.pdf"
    file.write_bytes(alice.get(f"/courses/{course}/completion.pdf").content)
    paper = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout
    assert f"☑ done ({words})" in paper

    own = [run(own_lessons, course, student.id)[0].done for student in students]
    assert own == expected


@pytest.mark.parametrize(("which", "rung"), RULES)
def test_student_sees_what_is_asked_and_a_tick_on_each_platform(
    alice: TestClient, run: Callable[..., Any], course: UUID, full: UUID, settings: Settings, phone: Callable[..., Any],
    which: str, rung: str,
) -> None:  # fmt: skip
    ask(alice, full, which, rung)
    link = run(class_links, [full])[full]
    for place in (
        CLASS.index(("claimed", "launched")),
        CLASS.index(("linked", "claimed")),
        CLASS.index(("confirmed", "linked")),
    ):
        pair, mine = CLASS[place], phone()
        address = mine.get(f"/s/{share_token(settings.keyring, link.code_bytes, place)}").headers["location"]
        page = mine.get(address).text
        ticks = [
            name for slug, name in re.findall(r'\?platform=(\w+)"[^>]*><span class="tick"[^>]*>✓</span>(\w+)<', page)
        ]
        counts = [RUNGS.index(each) >= RUNGS.index(rung) for each in pair]
        assert sorted(ticks) == sorted(name for name, enough in zip(("Weibo", "Douyin"), counts, strict=True) if enough)
        asked = {
            "any": "Publish in one of them",
            "all": "Publish in all of them",
            "these": "These must be done: Douyin",
        }
        assert asked[which] in page
        missing = {"any": [], "all": [not counts[0], not counts[1]], "these": [False, not counts[1]]}[which]
        names = ", ".join(name for name, gone in zip(("Weibo", "Douyin"), missing, strict=False) if gone)
        assert (f"Still to do: {names}" in page) if names else ("Still to do" not in page)
        done = enough(which, rung, *pair)
        lessons = mine.get(f"{address}/mine").text
        assert f"{int(done)} of 1 done ({WORDS[which]}, {WORDS[rung]})" in lessons
        assert ("✓ Done" in lessons) is done


def test_wrong_rules_come_back_with_the_form(alice: TestClient, api: Callable[..., Any], full: UUID) -> None:
    for which, rung, platforms, said in (
        ("some", "claimed", BOTH, "Choose when this lesson is done."),
        ("any", "scanned", BOTH, "Choose when this lesson is done."),
        ("these", "linked", ("weibo",), "Students do not publish to every platform that must be done."),
    ):
        answer = ask(alice, full, which, rung, platforms, "kept text")
        assert answer.status_code == 422
        assert said in answer.text
        assert "kept text" in answer.text
        assert re.search(r'name="done_platforms" value="douyin" checked', answer.text)
    refused = api("PATCH", f"/lessons/{full}", json={"done": {"which": "these", "platforms": []}})
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["done"])
    assert api("GET", f"/lessons/{full}").json()["done"]["which"] == "any"


def test_rule_goes_with_the_lesson_into_copies_versions_and_files(
    alice: TestClient,
    api: Callable[..., Any],
    run: Callable[..., Any],
    alice_person: SignedIn,
    course: UUID,
    full: UUID,
) -> None:
    ask(alice, full, "these", "confirmed")
    rule = {"which": "these", "platforms": ["douyin"], "rung": "confirmed"}
    alice.post(f"/courses/{course}/lessons/copies", data={"lesson": [str(full)]})
    ask(alice, full, "all", "linked", ("weibo", "douyin"))
    version = run(lesson_of, alice_person, full).version
    alice.post(f"/lessons/{full}/restorations", data={"number": "2", "base": str(version)})
    assert [each["done"] for each in api("GET", f"/courses/{course}/lessons").json()] == [rule, rule]
    for path, kind in (("export", "application/zip"), ("lessons.csv", "text/csv")):
        file = api("GET", f"/courses/{course}/{path}").content
        target = api("POST", "/courses", json={"title": path}).json()["id"]
        answer = api("POST", f"/courses/{target}/import", content=file, headers={"content-type": kind})
        assert answer.status_code in (200, 201)
        assert [each["done"] for each in api("GET", f"/courses/{target}/lessons").json()] == [rule, rule]


def test_confirming_many_confirms_all_that_the_rule_asks_for(
    alice: TestClient, api: Callable[..., Any], run: Callable[..., Any], course: UUID, full: UUID
) -> None:
    ask(alice, full, "all", "confirmed")
    places = [CLASS.index(pair) for pair in (("confirmed", "claimed"), ("scanned", "not_started"))]
    students = [run(students_of, course)[place].id for place in places]
    cells = ";".join(f"{student}:{full}" for student in students)
    alice.post(f"/courses/{course}/completion/marks", data={"cells": cells, "action": "confirm", "back": ""})
    rows = api("GET", f"/courses/{course}/completion").json()["students"]
    assert [rows[place]["lessons"][str(full)]["state"] for place in places] == ["done", "done"]
    data = {"cells": cells.split(";")[0], "action": "refuse", "reason": "No picture", "back": ""}
    alice.post(f"/courses/{course}/completion/marks", data=data)
    cell = api("GET", f"/courses/{course}/completion").json()["students"][places[0]]["lessons"][str(full)]
    assert (cell["state"], cell["rung"]) == ("stuck", "not_started")


def test_who_is_stuck_with_the_second_platform_is_stuck_and_late_by_the_last(
    alice: TestClient, api: Callable[..., Any], run: Callable[..., Any], course: UUID, full: UUID
) -> None:
    for which, state in (("any", "done"), ("all", "stuck"), ("these", "stuck")):
        ask(alice, full, which, "claimed")
        told = api("GET", f"/courses/{course}/completion").json()["students"][CLASS.index(("linked", "failed"))]
        cell = told["lessons"][str(full)]
        assert (cell["state"], cell["rung"], cell["platform"]) == (state, "linked", "weibo")
        wall = alice.get(f"/courses/{course}/lessons/{full}/wall").text
        tile = wall.split(f">{told['number']}</span>")[0].rsplit('<li class="tile ', 1)[1]
        assert tile.startswith(f'{state}"')
