"""A name on two phones: shown on the wall, the list and its own page, and taken off one of them; nobody is locked out."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from courses.results.completion import completion
from courses.results.wall import wall

Run = Callable[..., Any]
NOTE = "https://www.xiaohongshu.com/explore/66aa11bb22cc33dd44ee55ff"


def say(phone: Any, classroom: Any, number: str) -> None:
    phone.get(f"/s/{classroom.token()}")
    assert phone.post(f"/l/{classroom.link.code}/student", data={"student": number}).status_code == 303


@pytest.fixture
def taken(classroom: Any, phone: Callable[..., Any]) -> tuple[Any, Any]:
    """Ann's own phone, which has scanned, and Bob's, which has said that it is Ann's and done the lesson."""
    ann, bob = phone(), phone()
    say(ann, classroom, "2026001")
    ann.send("scan")
    say(bob, classroom, "2026001")
    for kind in ("scan", "launch", "claim"):
        bob.send(kind)
    bob.send("link", detail={"text": NOTE})
    return ann, bob


def test_name_on_two_phones_is_shown_and_taken_off_one(
    alice: Any, classroom: Any, taken: tuple[Any, Any], run: Run
) -> None:
    course, (first, second) = classroom.course, classroom.students
    ann, bob = taken
    assert classroom.rung(first) == "linked"
    board = alice.get(f"/courses/{course}/lessons/{classroom.lesson}/wall").text
    assert "1 name on two phones" in board
    assert board.count("on 2 phones") == 1
    assert "1 name is on two phones." in alice.get(f"/courses/{course}/roster").text
    page = alice.get(f"/courses/{course}/phones").text
    assert page.count("said the name") == 2
    assert "4 reports" in page
    assert "On one phone: 0 · on none yet: 1" in page
    removals = re.findall(r'action="(/courses/[^"]+/removal)"', page)
    assert len(removals) == 2
    # whose it is stands in the order in which they said so
    answer = alice.post(removals[1])
    after = alice.get(answer.headers["location"]).text
    assert "The name is off that phone." in after
    assert "No name is on two phones" in after
    assert classroom.rung(first) == "scanned"
    assert run(wall, course, classroom.lesson).unnamed == 1
    assert run(wall, course, classroom.lesson).shared == 0
    # Ann goes on as before, Bob is asked, and what he did becomes his
    assert "2026001 林**" in ann.get(f"/l/{classroom.link.code}").text
    assert "Who are you?" in bob.get(f"/l/{classroom.link.code}").text
    say(bob, classroom, "2026002")
    assert classroom.rung(second) == "linked"
    assert "took the name of" in alice.get(f"/courses/{course}/log").text
    rungs = {row.student.number: row.cells[classroom.lesson].rung for row in run(completion, course).rows}
    assert rungs == {"2026001": "scanned", "2026002": "linked"}
    # a second tap changes nothing
    assert alice.post(removals[1]).status_code == 303
    assert classroom.rung(second) == "linked"


def test_instructors_word_and_figures_outlive_the_phone(
    alice: Any, classroom: Any, taken: tuple[Any, Any], run: Run
) -> None:
    course, first = classroom.course, classroom.students[0]
    decision = {"decision": "confirm", "platform": "xiaohongshu"}
    alice.post(f"/courses/{course}/completion/{classroom.lesson}/{first.id}/decision", data=decision)
    before = run(completion, course).rows[0].cells[classroom.lesson]
    removal = re.findall(r'action="(/courses/[^"]+/removal)"', alice.get(f"/courses/{course}/phones").text)[1]
    alice.post(removal)
    after = run(completion, course).rows[0].cells[classroom.lesson]
    assert (before.rung, after.rung) == ("confirmed", "confirmed")
    assert after.note_url is None


def test_slip_and_said_name_are_two_phones_and_the_slip_stays(
    alice: Any, classroom: Any, phone: Callable[..., Any]
) -> None:
    ann, bob = phone(), phone()
    ann.get(f"/s/{classroom.token(0)}")
    ann.send("scan")
    say(bob, classroom, "2026001")
    bob.send("scan")
    page = alice.get(f"/courses/{classroom.course}/phones").text
    assert "has the slip" in page
    (removal,) = re.findall(r'action="(/courses/[^"]+/removal)"', page)
    alice.post(removal)
    assert classroom.rung(classroom.students[0]) == "scanned"
    assert "林小满" in ann.get(f"/l/{classroom.link.code}").text
    device = next(event["device"] for event in classroom.events() if event["student"])
    assert alice.post(re.sub("phones/[0-9a-f]+", f"phones/{device}", removal)).status_code == 404


def test_phone_that_is_handed_on_or_scans_again_is_one_phone(
    alice: Any, classroom: Any, phone: Callable[..., Any], run: Run
) -> None:
    ann, own = phone(), phone()
    say(ann, classroom, "2026001")
    ann.send("scan")
    say(ann, classroom, "2026002")
    ann.get(f"/s/{classroom.token()}")
    ann.send("scan")
    say(own, classroom, "2026001")
    own.send("scan")
    assert "No name is on two phones" in alice.get(f"/courses/{classroom.course}/phones").text
    assert run(wall, classroom.course, classroom.lesson).shared == 0


def test_strangers_see_no_phones(bob: Any, classroom: Any, taken: tuple[Any, Any]) -> None:
    theirs, nobodys = (bob.get(f"/courses/{identity}/phones") for identity in (classroom.course, uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
