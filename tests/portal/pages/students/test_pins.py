"""PINs: shown once, asked for on class links, limited on the phone that guesses, and taken away again."""

import re
from collections.abc import Callable
from typing import Any

import argon2
import pytest
from litestar.testing import TestClient

from courses.students.pins import pin_hash_of
from courses.tables.roster import Student
from portal.student import pin_tries


@pytest.fixture
def pins(alice: TestClient, classroom: Any) -> dict[str, str]:
    """By number, as the page shows them."""
    page = alice.post(f"/courses/{classroom.course}/pins", data={"x": ""}, follow_redirects=True)
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


def test_tries_are_limited_on_the_phone_that_guesses(
    classroom: Any, arrived: Callable[[], Any], pins: dict[str, str]
) -> None:
    guesser = arrived()
    for _ in range(5):
        wrong = say(guesser, classroom, student="2026001", pin="12 34 56 7")
        assert wrong.status_code == 422
        assert "This is not the PIN of this number." in wrong.text
    limited = say(guesser, classroom, student="2026001", pin=pins["2026001"])
    assert limited.status_code == 429
    assert "Too many tries. Try again in 15 min." in limited.text
    assert 0 < int(limited.headers["retry-after"]) <= 901
    assert "Who are you?" in guesser.get(f"/l/{classroom.link.code}").text
    # the phone is somebody else's, too, and the student has another
    assert say(guesser, classroom, student="2026002", pin=pins["2026002"]).status_code == 303
    own = arrived()
    assert say(own, classroom, student="2026001", pin=pins["2026001"]).status_code == 303
    assert "林小满" in own.get(f"/l/{classroom.link.code}").text


def test_one_phone_guesses_no_class_through(
    classroom: Any, arrived: Callable[[], Any], pins: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pin_tries, "SHARED_PHONE_LIMIT", 2)
    guesser = arrived()
    for number in ("2026001", "2026002"):
        assert "This is not the PIN" in say(guesser, classroom, student=number, pin="1").text
    assert "Too many tries." in say(guesser, classroom, student="2026002", pin=pins["2026002"]).text


def test_new_pin_is_tried_anew(
    alice: TestClient, classroom: Any, arrived: Callable[[], Any], pins: dict[str, str]
) -> None:
    bob = arrived()
    for _ in range(5):
        say(bob, classroom, student="2026001", pin="1")
    alice.post(f"/courses/{classroom.course}/pins/removal", data={"student": str(classroom.students[0].id)})
    (new,) = re.findall(
        r"<b>(\d{3} \d{3})</b>",
        alice.post(f"/courses/{classroom.course}/pins", data={"x": ""}, follow_redirects=True).text,
    )
    assert say(bob, classroom, student="2026001", pin=new).headers["location"].endswith("?done=named")


def test_guesses_from_many_phones_lock_the_student_until_an_instructor_unlocks(
    alice: TestClient, bob: TestClient, classroom: Any, arrived: Callable[[], Any], pins: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(pin_tries, "STUDENT_LIMIT", 7)
    known = arrived()
    say(known, classroom, student="2026001", pin=pins["2026001"])
    roster = f"/courses/{classroom.course}/roster"
    for _ in range(7):
        assert "PIN locked" not in alice.get(roster).text
        assert "This is not the PIN" in say(arrived(), classroom, student="2026001", pin="1").text
    own = arrived()
    refused = say(own, classroom, student="2026001", pin=pins["2026001"])
    assert refused.status_code == 429
    assert "Ask your teacher to unlock it." in refused.text
    # the student's phone from before stays theirs, and the others go on
    assert "林小满" in known.get(f"/l/{classroom.link.code}").text
    assert say(arrived(), classroom, student="2026002", pin=pins["2026002"]).status_code == 303
    page = alice.get(roster).text
    assert page.count("PIN locked") == 1
    page = alice.get(f"/courses/{classroom.course}/students/{classroom.students[0].id}").text
    (path,) = re.findall(r'action="([^"]+/pin-lock/removal)"', page)
    assert bob.post(path).status_code == 404
    done = alice.post(path)
    assert "林小满 (2026001) can type the PIN again." in alice.get(done.headers["location"]).text
    assert "unlocked the PIN of" in alice.get(f"/courses/{classroom.course}/log").text
    assert "PIN locked" not in alice.get(roster).text
    assert say(own, classroom, student="2026001", pin=pins["2026001"]).status_code == 303


def test_pin_of_an_older_portal_is_good_and_kept_anew_when_it_is_typed(
    alice: TestClient, classroom: Any, arrived: Callable[[], Any], pins: dict[str, str]
) -> None:
    first = classroom.students[0].id
    old = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(pins["2026001"].replace(" ", ""))

    async def keep_old() -> None:
        await Student.update({Student.pin_hash: old}).where(Student.id == first)

    classroom.run(keep_old)
    guesser = arrived()
    assert "This is not the PIN" in say(guesser, classroom, student="2026001", pin="1").text
    assert classroom.run(pin_hash_of, first) == old
    assert say(guesser, classroom, student="2026001", pin=pins["2026001"]).status_code == 303
    assert classroom.run(pin_hash_of, first).startswith("hmac-sha256$1:")
    assert say(arrived(), classroom, student="2026001", pin=pins["2026001"]).status_code == 303


def test_personal_slip_needs_none(classroom: Any, phone: Callable[..., Any], pins: dict[str, str]) -> None:
    bob = phone()
    link = bob.get(f"/s/{classroom.token(0)}").headers["location"]
    assert "林小满" in bob.get(link).text


def test_pins_are_kept_as_hashes_and_taken_away(
    alice: TestClient, classroom: Any, arrived: Callable[[], Any], pins: dict[str, str]
) -> None:
    hashes = classroom.run(lambda: Student.select(Student.pin_hash).output(as_list=True).run())
    assert len(set(hashes)) == 2
    assert not any(pin in hashed for hashed in hashes for pin in pins.values())
    page = alice.get(f"/courses/{classroom.course}/pins").text
    assert "2 of 2 have one." in page
    assert not any(pin in page for pin in pins.values())
    again = alice.post(f"/courses/{classroom.course}/pins", data={"x": ""}, follow_redirects=True).text
    assert "Everybody on the list has a PIN already" in again
    # Who lost it gets another one; the others keep theirs.
    new = alice.post(f"/courses/{classroom.course}/pins", data={"student": str(classroom.students[1].id)})
    assert new.headers["location"].startswith("/shown/")
    after = classroom.run(lambda: Student.select(Student.pin_hash).order_by(Student.number).output(as_list=True).run())
    assert [each in hashes for each in after] == [True, False]
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
