"""Two phones that say they are one student: what the second sees, and who lets it see more."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from courses.events.ladder import RUNGS
from courses.tables.events import RefusedScan
from portal.pages.student import who

NOTE = "https://www.xiaohongshu.com/explore/66fad51c000000001b0224b8"


@pytest.fixture
def claimed(classroom: Any, phone: Callable[..., Any]) -> Any:
    """The first student's own phone, which gave a note."""
    own = phone()
    own.get(f"/s/{classroom.token()}")
    say(classroom, own, "2026001")
    assert own.send("link", detail={"text": NOTE}).json()["recorded"] == 1
    return own


def say(classroom: Any, phone: Any, student: str, **more: str) -> Any:
    return phone.post(f"/l/{classroom.link.code}/student", data={"student": student, **more})


def second(classroom: Any, phone: Callable[..., Any], student: str) -> Any:
    other = phone()
    other.get(f"/s/{classroom.token()}")
    assert say(classroom, other, student).status_code == 303
    return other


def seen(classroom: Any, phone: Any) -> str:
    return "".join(phone.get(f"/l/{classroom.link.code}{page}").text for page in ("", "/mine", "/student"))


def test_number_alone_shows_no_full_name(classroom: Any, claimed: Any) -> None:
    assert "2026001 林**" in seen(classroom, claimed)
    assert "林小满" not in seen(classroom, claimed)
    say(classroom, claimed, "林 小满")
    assert "林小满" in seen(classroom, claimed)
    say(classroom, claimed, "2026001")
    assert "林小满" in seen(classroom, claimed), "what it knew it need not type again"


def test_second_phone_sees_nothing_of_the_first_and_counts(
    classroom: Any, claimed: Any, phone: Callable[..., Any]
) -> None:
    other = second(classroom, phone, "2026001")
    page = seen(classroom, other)
    assert "66fad51c" not in page
    assert "林小满" not in page
    assert "Your number is on another phone, too." in page
    assert f'data-rung="{RUNGS[0]}"' in page
    assert other.send("claim").json()["recorded"] == 1
    assert 'data-rung="claimed"' in seen(classroom, other), "what it did itself it sees"
    assert 'data-rung="linked"' in seen(classroom, claimed)
    assert "66fad51c" in seen(classroom, claimed)


def test_form_that_comes_back_shows_no_more(classroom: Any, claimed: Any, phone: Callable[..., Any]) -> None:
    other = second(classroom, phone, "2026001")
    (handle,) = set(re.findall(r'data-as="([\w-]+)"', other.get(f"/l/{classroom.link.code}").text))
    answer = other.post(f"/l/{classroom.link.code}/publication", data={"choice": "link", "text": "x", "as": handle})
    assert answer.status_code == 422
    assert "66fad51c" not in answer.text
    assert "林小满" not in answer.text


def test_first_phone_lets_the_second_in(classroom: Any, claimed: Any, phone: Callable[..., Any]) -> None:
    other, stranger = second(classroom, phone, "2026001"), second(classroom, phone, "2026002")
    mine = f"/l/{classroom.link.code}/mine"
    path = re.search(r'action="(/l/\w+/phones/\w+/let-in)"', claimed.get(mine).text)
    assert path
    assert "/let-in" not in other.get(mine).text
    assert "/let-in" not in stranger.get(mine).text
    for phone_ in (other, stranger):
        assert phone_.post(path[1]).status_code in (403, 404)
    assert "66fad51c" not in seen(classroom, other)
    answer = claimed.post(path[1])
    assert answer.status_code == 303
    assert "That phone now shows" in claimed.get(answer.headers["location"]).text
    assert "66fad51c" in seen(classroom, other)
    assert "林小满" in seen(classroom, other)


def test_instructor_sees_it_happen_and_lets_it_in(
    classroom: Any, claimed: Any, phone: Callable[..., Any], alice: Any
) -> None:
    other = second(classroom, phone, "2026001")
    page = alice.get(f"/courses/{classroom.course}/phones").text
    assert page.count("sees nothing of the others") == 1
    path = re.search(r'action="(/courses/[\w-]+/students/[\w-]+/phones/\w+/let-in)"', page)
    assert path
    assert alice.post(path[1]).headers["location"].endswith("done=let_in")
    assert "66fad51c" in seen(classroom, other)
    assert "sees nothing" not in alice.get(f"/courses/{classroom.course}/phones").text
    assert "let another phone" in alice.get(f"/courses/{classroom.course}/log").text


def test_slip_and_erased_cookies(classroom: Any, claimed: Any, phone: Callable[..., Any]) -> None:
    slip = phone()
    slip.get(f"/s/{classroom.token(0)}")
    assert "66fad51c" in seen(classroom, slip)
    assert "林小满" in seen(classroom, slip)
    # who comes again without cookies is another phone to the portal
    claimed.jar.clear()
    claimed.get(f"/s/{classroom.token()}")
    say(classroom, claimed, "2026001")
    assert "66fad51c" not in seen(classroom, claimed)


def test_names_can_not_be_listed(classroom: Any, phone: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(who, "NAMES_MORE", 0)  # with two students: four names in this network
    statuses = []
    for _ in range(5):
        thief = phone()
        thief.get(f"/s/{classroom.token()}")
        statuses.append(say(classroom, thief, "2026001").status_code)
    assert statuses == [303] * 4 + [422]
    lin = phone()
    lin.get(f"/s/{classroom.token()}")
    asked = say(classroom, lin, "2026001")
    assert "Type your full name" in asked.text
    assert 'name="name"' in asked.text
    assert "林小满" not in asked.text
    assert say(classroom, lin, "2026001", name="Ann O'Neil").status_code == 422
    assert say(classroom, lin, "2026001", name="林小满").status_code == 303
    assert "林小满" in seen(classroom, lin)
    refused = classroom.run(lambda: RefusedScan.select(RefusedScan.reason).run())
    assert {row["reason"] for row in refused} == {"names_limited"}
