"""PINs: shown once, asked for on class links, limited per student, and taken away again."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from litestar.testing import TestClient

from courses.tables.roster import Student


@pytest.fixture
def pins(alice: TestClient, classroom: Any) -> dict[str, str]:
    """By number, as the page shows them."""
    page = alice.post(f"/courses/{classroom.course}/pins", data={"x": ""})
    assert page.headers["cache-control"] == "no-store"
    found = dict(re.findall(r'<td class="mono">(\w+)</td>.*?<b>(\d{3} \d{3})</b>', page.text))
    assert set(found) == {"2026001", "2026002"}
    return found


def say(phone: Any, classroom: Any, **form: str) -> Any:
    return phone.post(f"/l/{classroom.link.code}/student", data=form)


@pytest.fixture
def arrived(classroom: Any, phone: Callable[..., Any]) -> Callable[[], Any]:
    def arrive() -> Any:
        bob = phone()
        bob.get(f"/s/{classroom.token()}")
        return bob

    return arrive


def test_number_needs_its_pin(
    alice: TestClient, classroom: Any, arrived: Callable[[], Any], pins: dict[str, str]
) -> None:
    bob = arrived()
    asked = say(bob, classroom, student="2026001")
    assert asked.status_code == 422
    assert 'name="pin"' in asked.text
    assert 'value="2026001"' in asked.text
    assert "林小满" not in asked.text
    wrong = say(bob, classroom, student="2026001", pin=pins["2026002"])
    assert "This is not the PIN of this number." in wrong.text
    right = say(bob, classroom, student="林小满", pin=pins["2026001"])
    assert right.headers["location"].endswith("?done=named")
    assert "林小满" in bob.get(f"/l/{classroom.link.code}").text


def test_tries_are_limited_per_student_whatever_phone_they_come_from(
    classroom: Any, arrived: Callable[[], Any], pins: dict[str, str]
) -> None:
    for _ in range(5):
        wrong = say(arrived(), classroom, student="2026001", pin="12 34 56 7")
        assert wrong.status_code == 422
        assert "This is not the PIN of this number." in wrong.text
    late = arrived()
    limited = say(late, classroom, student="2026001", pin=pins["2026001"])
    assert limited.status_code == 429
    assert "Too many tries." in limited.text
    assert "Who are you?" in late.get(f"/l/{classroom.link.code}").text
    # the others go on
    other = arrived()
    assert say(other, classroom, student="2026002", pin=pins["2026002"]).status_code == 303
    assert "O&#39;Neil" in other.get(f"/l/{classroom.link.code}").text


def test_personal_slip_needs_none(classroom: Any, phone: Callable[..., Any], pins: dict[str, str]) -> None:
    bob = phone()
    link = bob.get(f"/s/{classroom.token(0)}").headers["location"]
    assert "林小满" in bob.get(link).text


def test_pins_are_kept_as_hashes_and_taken_away(
    alice: TestClient, classroom: Any, arrived: Callable[[], Any], pins: dict[str, str]
) -> None:
    hashes = classroom.run(lambda: Student.select(Student.pin_hash).output(as_list=True).run())
    assert all(hashed.startswith("$argon2id$") for hashed in hashes)
    page = alice.get(f"/courses/{classroom.course}/roster").text
    assert "2 of 2 have one." in page
    assert not any(pin in page for pin in pins.values())
    again = alice.post(f"/courses/{classroom.course}/pins", data={"x": ""}).text
    assert "Everybody on the list has a PIN already" in again
    first = str(classroom.students[0].id)
    alice.post(f"/courses/{classroom.course}/pins/removal", data={"student": first})
    assert say(arrived(), classroom, student="2026001").status_code == 303
    assert say(arrived(), classroom, student="2026002").status_code == 422
    answer = alice.post(f"/courses/{classroom.course}/pins/removal", data={"student": "nobody"})
    assert answer.status_code == 303
    assert say(arrived(), classroom, student="2026002").status_code == 422
    alice.post(f"/courses/{classroom.course}/pins/removal", data={"student": ""})
    assert say(arrived(), classroom, student="2026002").status_code == 303
    log = alice.get(f"/courses/{classroom.course}/log").text
    assert "gave 2 students a PIN" in log
