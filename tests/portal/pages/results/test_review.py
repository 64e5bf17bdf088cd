"""Review without scripts: one post after the other, a decision leads to the next, and back with what was decided."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.results.completion import completion
from courses.students.values import StudentInfo

Run = Callable[..., Any]
LINK = {"url": "https://www.xiaohongshu.com/explore/66aa11bb22cc33dd44ee55ff", "note_id": "66aa11bb22cc33dd44ee55ff"}
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def waiting(enrol: Run, report: Run) -> list[StudentInfo]:
    """Ada gave a link, Bo said so alone, Cy has only looked, and the fourth, who has a hostile name, gave the same link."""
    ada, bo, cy, dee = enrol("Ada", "Bo", "Cy", HOSTILE)
    report(ada.id, "scan", "launch", "return", link=LINK)
    report(bo.id, "scan", "claim")
    report(cy.id, "scan")
    report(dee.id, link=LINK)
    return [ada, bo, cy, dee]


def names(page: str) -> list[str]:
    """The queue, and first whose post is looked at."""
    return [*re.findall(r'id="post-title">(.*?) <', page), "|", *re.findall(r"<b>([^<]*)</b><time", page)]


def press(alice: TestClient, page: str, part: str, **typed: str) -> str:
    """Send the form of the page whose address ends so; the page that comes."""
    form = re.search(rf'action="([^"]+/{part})"[^>]*>(.*?)</form>', page, re.DOTALL)
    if "decision" in typed:
        (form,) = (
            each
            for each in re.finditer(r'action="([^"]+/decision)"[^>]*>(.*?)</form>', page, re.DOTALL)
            if f'value="{typed["decision"]}"' in each[2]
        )
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[2]))
    answer = alice.post(form[1], data={name: value.replace("&amp;", "&") for name, value in hidden.items()} | typed)
    return alice.get(answer.headers["location"]).text if answer.status_code == 303 else answer.text


def test_a_decision_leads_to_the_next_and_keeps_what_is_looked_at(
    alice: TestClient, course: UUID, lesson: UUID, run: Run, waiting: list[StudentInfo]
) -> None:
    page = alice.get("/review").text
    shown = "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;"
    assert names(page) == [shown, "|", shown, "Bo", "Ada"]
    assert HOSTILE not in page
    assert "Handed in twice" in page
    links = alice.get(f"/review?show=links&lesson={lesson}").text
    assert names(links) == [shown, "|", shown, "Ada"]
    page = press(alice, links, "decision", decision="confirm")
    assert names(page) == ["Ada", "|", "Ada"]
    assert f"show=links&amp;lesson={lesson}" in page
    assert "1 min later" in page or "2 min later" in page
    empty = press(alice, page, "decision", decision="refuse", reason="Pictures are missing.", words="And <b>text</b>")
    assert "Nothing of this waits." in empty
    ada = {row.student.name: row.cells[lesson] for row in run(completion, course).rows}["Ada"]
    assert (ada.state, ada.refusal) == ("stuck", "Pictures are missing. And <b>text</b>")
    page = press(alice, empty, "undo")
    assert names(page) == ["Ada", "|", "Ada"]
    assert "Taken back. It waits again." in page
    assert "sent back once" in page


def test_what_is_put_off_comes_last_and_the_end_says_how_many_were_looked_at(
    alice: TestClient, waiting: list[StudentInfo]
) -> None:
    first = alice.get("/review").text
    page = press(alice, first, "later")
    assert names(page)[0] == "Bo"
    assert names(alice.get("/review").text)[2:] == ["Bo", "Ada", names(first)[0]]
    for _ in range(3):
        page = press(alice, page, "decision", decision="confirm")
    assert "All looked at. 3 today." in page
    assert names(press(alice, page, "undo"))[0] == names(first)[0]


def test_who_decides_second_is_told_and_wrong_forms_change_nothing(
    alice: TestClient, course: UUID, run: Run, waiting: list[StudentInfo]
) -> None:
    page = alice.get("/review?show=words").text
    for wrong, word in (({"decision": "refuse"}, "Say why"), ({"decision": "confirm", "seen": "x"}, "Look again")):
        assert word in press(alice, page, "decision", **wrong)
    assert len(names(alice.get("/review").text)) == 5
    press(alice, page, "decision", decision="excuse", words="ill")
    answer = press(alice, page, "decision", decision="confirm")
    assert "Somebody decided on this post" in answer
    assert "excused from this lesson" in answer
    assert {row.student.name: row for row in run(completion, course).rows}["Bo"].cells.popitem()[1].rung == "claimed"
    odd = "/review?show=%F0&course=x&lesson=&student=--&did=confirm&at=x&lesson_was=1&student_was=2"
    assert names(alice.get(odd).text) == names(alice.get("/review").text)
    for at in ("", "2026-09-01", "2026-09-01T08:00:00Z"):
        assert (
            "Nothing to take back"
            in alice.get(
                alice.post(
                    f"{re.search(r'(/review/[0-9a-f-]{36}/[0-9a-f-]{36})', page)[1]}/undo", data={"at": at}
                ).headers["location"]
            ).text
        )


def test_of_a_course_in_which_one_may_not_mark_nothing_waits(
    alice: TestClient, bob: TestClient, lesson: UUID, waiting: list[StudentInfo]
) -> None:
    assert "Nothing waits for you." in bob.get("/review").text
    answer = bob.get(f"/review/{lesson}/{waiting[0].id}")
    assert (answer.status_code, "Ada" in answer.text) == (404, False)
    looking = alice.get(f"/review/{lesson}/{waiting[2].id}").text
    assert "The student has not reported a post." in looking
    assert "Confirm and next" not in looking
