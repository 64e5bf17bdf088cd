"""One's own account: name, language, password."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from litestar.testing import TestClient

from courses.people.accounts import add_person, change_password, find_person, sign_in, sign_in_link
from courses.people.api_keys import create_api_key
from courses.people.sessions import open_session, session_person
from courses.signed_in import SignedIn
from courses.tables.people import ApiKey

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
    assert '<html lang="zh-CN"' in page
    assert "Alice &lt;b&gt;Zhang&lt;/b&gt;" in page

    answer = alice.post("/account", data={"name": "Alice", "language": ""})
    assert run(find_person, "alice@example.org").language is None
    assert '<html lang="en"' in alice.get("/account").text


@pytest.mark.parametrize("name", ["", " \t ", "x" * 101, "Al\x00ice", "Al\u202eice"])
def test_name_that_cannot_be_taken_comes_back_as_typed(alice: TestClient, run: Run, name: str) -> None:
    answer = alice.post("/account", data={"name": name, "language": "zh"})
    assert answer.status_code == 422
    assert "Write your name, up to 100 characters." in answer.text
    assert answer.text.count('type="password" value=""') == 4
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
    assert answer.text.count('type="password" value=""') == 4
    assert alice.get("/account").status_code == 200
    # the old one is still the one
    assert change(alice).status_code == 303


def test_who_has_no_password_sets_one_and_is_asked_for_it_from_then_on(client: TestClient, run: Run) -> None:
    run(add_person, "demo@example.org", "Demo")
    assert client.post(f"/invitations/{run(sign_in_link, 'demo@example.org')}").status_code == 303
    page = client.get("/account").text
    assert "Set a password" in page
    assert 'name="old"' not in page
    done = client.post("/account/password", data={"password": NEW, "again": NEW})
    assert done.headers["location"] == "/account?done=password"
    assert run(sign_in, "demo@example.org", NEW).name == "Demo"
    assert client.post("/account/password", data={"password": OLD, "again": OLD}).status_code == 422
    assert 'name="old"' in client.get("/account").text


def test_guessing_the_present_password_is_slowed_down(alice: TestClient) -> None:
    for _ in range(10):
        assert change(alice, old="a guess at it").status_code == 422
    answer = change(alice)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def key_form(**more: str) -> dict[str, str]:
    return {"key_name": "Timetable", "key_scope": "read", "key_days": "30", "key_old": OLD} | more


def test_key_is_shown_once_with_what_it_may_do_and_until_when(alice: TestClient, client: TestClient) -> None:
    page = alice.post("/account/keys", data=key_form(), follow_redirects=True).text
    (key,) = re.findall(r"llk_[\w-]{43}", page)
    bearer = {"authorization": f"Bearer {key}"}
    assert client.get("/api/v1/courses", headers=bearer).json() == []
    refused = client.post("/api/v1/courses", json={"title": "Tea"}, headers=bearer)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")
    listed = alice.get("/account").text
    assert key not in listed
    entry = " ".join(re.sub("<[^>]+>", " ", listed[listed.index("<b>Timetable</b>") :]).split())
    assert re.match(r"Timetable llk_[\w-]+… · made .+ · last used .+ Read · until \S", entry)


@pytest.mark.parametrize(
    ("form", "words"),
    [({"key_old": "a guess"}, "This is not your present password."), ({"key_name": " "}, "Give the key a name"),
     ({"key_scope": "admin"}, "Choose what the key may do."), ({"key_scope": ""}, "Choose what the key may do.")],
)  # fmt: skip
def test_key_that_cannot_be_made_is_not(alice: TestClient, form: dict[str, str], words: str) -> None:
    answer = alice.post("/account/keys", data=key_form(**form))
    assert answer.status_code == 422
    assert words in answer.text
    assert "llk_" not in alice.get("/account").text


def test_guesses_at_a_key_and_at_a_new_password_are_counted_together(alice: TestClient) -> None:
    for _ in range(5):
        assert change(alice, old="a guess at it").status_code == 422
        assert alice.post("/account/keys", data=key_form(key_old="a guess at it")).status_code == 422
    limited = alice.post("/account/keys", data=key_form())
    assert limited.status_code == 429
    assert "Too many tries." in limited.text


def test_keys_outlive_a_new_password_only_by_choice(alice: TestClient, client: TestClient) -> None:
    (key,) = re.findall(r"llk_[\w-]{43}", alice.post("/account/keys", data=key_form(), follow_redirects=True).text)
    bearer = {"authorization": f"Bearer {key}"}
    form = {"old": OLD, "password": NEW, "again": NEW}
    done = alice.post("/account/password", data=form | {"keep_keys": "yes"})
    assert "your API keys still work" in alice.get(done.headers["location"]).text
    assert client.get("/api/v1/courses", headers=bearer).json() == []
    done = alice.post("/account/password", data={"old": NEW, "password": OLD, "again": OLD})
    assert "API keys and one-use links are ended" in alice.get(done.headers["location"]).text
    assert client.get("/api/v1/courses", headers=bearer).status_code == 401


def test_key_of_before_keys_had_limits_says_so(alice: TestClient, alice_person: SignedIn, run: Run) -> None:
    run(create_api_key, alice_person, "Old")
    run(lambda: ApiKey.update({ApiKey.scope: None}, force=True).run())
    assert "full access: made before keys had limits" in alice.get("/account").text


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
