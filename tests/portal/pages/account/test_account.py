"""One's own account: name, language, password."""

from collections.abc import Callable
from typing import Any

import pytest
from litestar.testing import TestClient

from courses.people.accounts import change_password, find_person, sign_in
from courses.people.sessions import open_session, session_person
from courses.signed_in import SignedIn

Run = Callable[..., Any]
OLD, NEW = "violet tractor beneath morning", "nine copper windmills hum softly"


def change(client: TestClient, old: str = OLD, new: str = NEW, again: str | None = None, **more: Any) -> Any:
    form = {"old": old, "password": new, "again": new if again is None else again}
    return client.post("/account/password", data=form, **more)


def test_account_shows_name_and_address(alice: TestClient) -> None:
    page = alice.get("/account")
    assert page.status_code == 200
    assert 'value="Alice"' in page.text
    assert "alice@example.org" in page.text


def test_name_and_language_are_changed(alice: TestClient, run: Run) -> None:
    answer = alice.post("/account", data={"name": " Alice  <b>Zhang</b> ", "language": "zh"})
    assert answer.headers["location"] == "/account?done=saved"
    assert "language=zh" in answer.headers["set-cookie"]
    person = run(find_person, "alice@example.org")
    assert (person.name, person.language) == ("Alice <b>Zhang</b>", "zh")
    page = alice.get("/account?done=saved").text
    assert '<html lang="zh-CN">' in page
    assert "Alice &lt;b&gt;Zhang&lt;/b&gt;" in page

    answer = alice.post("/account", data={"name": "Alice", "language": ""})
    assert run(find_person, "alice@example.org").language is None
    assert '<html lang="en">' in alice.get("/account").text


@pytest.mark.parametrize("name", ["", " \t ", "x" * 101, "Al\x00ice", "Al\u202eice"])
def test_name_that_cannot_be_taken_comes_back_as_typed(alice: TestClient, run: Run, name: str) -> None:
    answer = alice.post("/account", data={"name": name, "language": "zh"})
    assert answer.status_code == 422
    assert "Write your name, up to 100 characters." in answer.text
    assert answer.text.count('type="password" value=""') == 3
    person = run(find_person, "alice@example.org")
    assert (person.name, person.language) == ("Alice", None)


def test_unknown_language_follows_the_browser(alice: TestClient, run: Run) -> None:
    assert alice.post("/account", data={"name": "Alice", "language": "../zh"}).status_code == 303
    assert run(find_person, "alice@example.org").language is None


def test_new_password_ends_every_session_but_a_fresh_one(alice: TestClient, alice_person: SignedIn, run: Run) -> None:
    before = alice.cookies["session"]
    elsewhere = run(open_session, alice_person)
    answer = change(alice)
    assert answer.status_code == 303
    assert "Your password is changed." in alice.get(answer.headers["location"]).text
    after = alice.cookies.get("session", domain="testserver.local")
    assert after not in (before, elsewhere)
    assert run(session_person, before) is None
    assert run(session_person, elsewhere) is None
    assert run(session_person, after) is not None


@pytest.mark.parametrize(
    ("form", "words"),
    [({"old": "not my password"}, "This is not your present password."),
     ({"old": ""}, "This is not your present password."),
     ({"old": "x" * 100_000}, "This is not your present password."),
     ({"new": "short"}, "Use at least 12 characters."),
     ({"new": "x" * 129}, "Use at most 128 characters."),
     ({"new": "password1234"}, "This password is easy to guess."),
     ({"new": "alice@example.org"}, "This password is easy to guess."),
     ({"again": NEW + "!"}, "The two new passwords differ.")],
)  # fmt: skip
def test_password_that_cannot_be_taken_changes_nothing(
    alice: TestClient, run: Run, form: dict[str, str], words: str
) -> None:
    answer = change(alice, **form)
    assert answer.status_code == 422
    assert words in answer.text
    assert answer.text.count('type="password" value=""') == 3
    assert alice.get("/account").status_code == 200
    # the old one is still the one
    assert change(alice).status_code == 303


def test_guessing_the_present_password_is_slowed_down(alice: TestClient) -> None:
    for _ in range(10):
        assert change(alice, old="a guess at it").status_code == 422
    answer = change(alice)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_password_change_at_the_same_moment_as_another(alice: TestClient, alice_person: SignedIn, run: Run) -> None:
    """Somebody who signed in with the old password is out once the new one stands."""
    run(change_password, alice_person, NEW)
    answer = alice.get("/account")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Faccount"


def test_forms_of_other_sites_are_refused(alice: TestClient, run: Run, cross_site: dict[str, str]) -> None:
    for answer in (
        alice.post("/account", data={"name": "Mallory"}, headers=cross_site), change(alice, headers=cross_site),
    ):  # fmt: skip
        assert answer.status_code == 403
        assert "it came from another site" in answer.text
    assert run(find_person, "alice@example.org").name == "Alice"
    assert run(sign_in, "alice@example.org", OLD).name == "Alice"
    assert 'value="Alice"' in alice.get("/account").text
