"""Sign in and out over HTTP: cookies, guessing, one-use links, and where `?next=` may lead."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.people.access import list_people
from courses.people.accounts import find_person, invite, sign_in_link
from courses.people.one_use_links import one_time
from courses.people.sessions import open_session, session_person, sessions_of
from courses.signed_in import SignedIn
from courses.tables.people import OneTimeLink, Session
from portal.app import create_app
from portal.settings import Settings
from portal.web.security import local_path
from tests.portal.conftest import PASSWORDS

Run = Callable[..., Any]
ALICE = {"email": "alice@example.org", "password": "violet tractor beneath morning"}
PASSWORD = "nine copper windmills hum softly"
# OWASP's and PortSwigger's ways around a check of redirects, and plain nonsense.
ELSEWHERE = [
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "\t//evil.example", " //evil.example", "/ /evil.example", "http:evil.example", "https:/evil.example",
    "javascript:alert(1)", "data:text/html,x", "evil.example", "@evil.example", "/\r\nLocation: https://evil.example",
    "/x\r\nSet-Cookie: a=b", "/\x00/evil.example", "", "?x", "#x", ".//evil.example", "http://testserver.local@evil.example",
    "/courses\\..\\..\\evil.example", "\u2028//evil.example", "/\x0b/evil.example",
]  # fmt: skip


def session_of(answer: Any) -> str | None:
    """What the answer puts into the session cookie."""
    return next((value for name, value in answer.cookies.items() if name.endswith("session")), None)


def test_right_password_opens_a_session(client: TestClient, alice_person: SignedIn) -> None:
    answer = client.post("/sign-in", data=ALICE | {"email": " Alice@Example.org "})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/today"
    assert client.get("/courses").status_code == 200
    assert client.get("/sign-in").headers["location"] == "/today"


@pytest.mark.parametrize(
    "form",
    [{"password": "wrong"}, {"password": ""}, {"password": "x" * 10_000}, {"email": "nobody@example.org"},
     {"email": ""}, {"email": "' OR 1=1 --"}, {"email": "<script>alert(1)</script>"}, {"password": "\x00"}],
)  # fmt: skip
def test_wrong_address_or_password_is_never_told_apart(
    client: TestClient, alice_person: SignedIn, form: dict[str, str]
) -> None:
    answer = client.post("/sign-in", data=ALICE | form)
    assert answer.status_code == 401
    assert "The address or the password is wrong." in answer.text
    assert session_of(answer) is None
    assert "<script>alert" not in answer.text
    assert client.get("/courses").status_code == 303


def test_pages_lead_to_the_sign_in_and_back(client: TestClient, course: UUID) -> None:
    answer = client.get(f"/courses/{course}/roster")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next=%2Fcourses%2F{course}%2Froster"
    page = client.get(answer.headers["location"])
    assert f'name="next" value="/courses/{course}/roster"' in page.text
    answer = client.post("/sign-in", data=ALICE | {"next": f"/courses/{course}/roster"})
    assert answer.headers["location"] == f"/courses/{course}/roster"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_never_leads_to_another_site(client: TestClient, alice_person: SignedIn, target: str) -> None:
    assert local_path(target, "/courses") == "/courses"
    assert 'name="next" value="/today"' in client.get("/sign-in", params={"next": target}).text
    assert client.post("/sign-in", data=ALICE | {"next": target}).headers["location"] == "/today"
    assert client.get("/sign-in", params={"next": target}).headers["location"] == "/today"


def test_session_cookie_is_kept_from_scripts_and_other_sites(client: TestClient, alice_person: SignedIn) -> None:
    cookie = client.post("/sign-in", data=ALICE).headers["set-cookie"]
    name, _, attributes = cookie.partition(";")
    assert name.startswith("session=")
    assert {part.strip().lower() for part in attributes.split(";")} == {"path=/", "httponly", "samesite=lax"}


@pytest.fixture
def https(settings: Settings) -> Iterator[TestClient]:
    app = create_app(replace(settings, public_url="https://class.example.com"))
    with TestClient(app, base_url="https://class.example.com") as client:
        client.follow_redirects = False
        yield client


def test_session_cookie_is_bound_to_host_and_tls(https: TestClient) -> None:
    with https.portal() as portal:
        secret = portal.call(invite, "alice@example.org")
    answer = https.post(f"/invitations/{secret}", data={"name": "Alice", "password": PASSWORD})
    assert answer.status_code == 303
    name, _, attributes = answer.headers["set-cookie"].partition(";")
    assert name.startswith("__Host-session=")
    found = {part.strip().lower() for part in attributes.split(";")}
    assert found == {"path=/", "httponly", "samesite=lax", "secure"}
    assert https.get("/courses").status_code == 200
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    # the name without the prefix means nothing here
    https.cookies.clear()
    assert https.get("/courses", headers={"cookie": f"session={session_of(answer)}"}).status_code == 303


def test_chosen_session_id_is_never_taken(client: TestClient, alice_person: SignedIn, run: Run) -> None:
    """Session fixation."""
    for chosen in ("attacker-knows-this", "a" * 43, "", "'; DROP TABLE session; --"):
        client.cookies.set("session", chosen, domain="testserver.local")
        assert client.get("/courses").status_code == 303
        answer = client.post("/sign-in", data=ALICE)
        assert answer.status_code == 303
        assert session_of(answer) not in (chosen, None)
        assert len(session_of(answer) or "") >= 43
        assert run(session_person, chosen) is None
        client.cookies.clear()


def test_sign_in_ends_the_session_that_the_browser_brought(
    client: TestClient, alice_person: SignedIn, run: Run
) -> None:
    first = session_of(client.post("/sign-in", data=ALICE))
    second = session_of(client.post("/sign-in", data=ALICE))
    assert first != second
    assert run(session_person, first) is None
    assert run(session_person, second).id == alice_person.id


def test_sign_out_kills_the_session_of_a_stolen_cookie(client: TestClient, alice_person: SignedIn, run: Run) -> None:
    stolen = session_of(client.post("/sign-in", data=ALICE))
    elsewhere = run(open_session, alice_person)
    answer = client.post("/sign-out")
    assert answer.headers["location"] == "/sign-in?done=out"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert "You are signed out." in client.get(answer.headers["location"]).text
    client.cookies.set("session", stolen, domain="testserver.local")
    assert client.get("/courses").status_code == 303
    assert run(session_person, elsewhere) is not None
    client.cookies.clear()
    assert client.post("/sign-out").status_code == 303


def test_session_is_stored_as_a_hash(client: TestClient, alice_person: SignedIn, run: Run) -> None:
    secret = session_of(client.post("/sign-in", data=ALICE, headers={"user-agent": "Mozilla Chrome/1 Android secret"}))

    async def rows() -> list[dict[str, Any]]:
        return await Session.select()

    (row,) = run(rows)
    assert secret not in str(row)
    assert row["browser"] == "Chrome on Android"


def test_forms_of_other_sites_are_refused(client: TestClient, alice_person: SignedIn) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}):
        answer = client.post("/sign-in", data=ALICE, headers=headers)
        assert answer.status_code == 403
        assert session_of(answer) is None
    assert client.post("/sign-in", data=ALICE, headers={"sec-fetch-site": "same-origin"}).status_code == 303
    assert client.post("/sign-out", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get("/courses").status_code == 200


def test_guessing_is_slowed_down_for_the_guesser_alone(
    client: TestClient, bob: TestClient, alice_person: SignedIn
) -> None:
    for _ in range(10):
        assert client.post("/sign-in", data=ALICE | {"password": "a guess"}).status_code == 401
    answer = client.post("/sign-in", data=ALICE)
    assert answer.status_code == 429
    assert "Too many tries." in answer.text
    assert 'value="alice@example.org"' in answer.text
    assert session_of(answer) is None
    # another account from the same address is not locked out: a school is one address
    other = {"email": "bob@example.org", "password": "seven quiet lanterns drifting"}
    assert client.post("/sign-in", data=other).status_code == 303


def test_success_costs_no_try_and_forgets_none(client: TestClient, alice_person: SignedIn, run: Run) -> None:
    """Else whoever signs in beside the guesser would give the guesses back."""
    for _ in range(9):
        guess = client.post("/sign-in", data=ALICE | {"password": "a guess"})
        assert (guess.status_code, session_of(guess)) == (401, None)
        assert "The address or the password is wrong." in guess.text
    for _ in range(12):
        answer = client.post("/sign-in", data=ALICE)
        assert run(session_person, session_of(answer)).id == alice_person.id
        client.post("/sign-out")
    assert client.post("/sign-in", data=ALICE | {"password": "a guess"}).status_code == 401
    limited = client.post("/sign-in", data=ALICE)
    assert (limited.status_code, session_of(limited)) == (429, None)
    assert 0 < int(limited.headers["retry-after"]) <= 901


def test_invitation_makes_an_account_once(client: TestClient, run: Run) -> None:
    address = f"/invitations/{run(invite, 'carol@example.org')}"
    page = client.get(address)
    assert page.status_code == 200
    assert "carol@example.org" in page.text
    answer = client.post(address, data={"name": "Carol", "password": PASSWORD})
    assert answer.headers["location"] == "/today"
    assert client.get("/courses").status_code == 200
    for again in (client.get(address), client.post(address, data={"name": "Mallory", "password": PASSWORD})):
        assert again.status_code == 410
        assert "This link has been used or is too old. Ask for a new one." in again.text
    assert run(find_person, "carol@example.org").name == "Carol"


@pytest.mark.parametrize(
    ("form", "words"),
    [({"password": "short"}, "Use at least 12 characters."), ({"password": "x" * 129}, "Use at most 128 characters."),
     ({"password": "carol@example.org"}, "This password is easy to guess."),
     ({"password": "passwordpassword"}, "This password is easy to guess."), ({"password": ""}, "Use at least 12"),
     ({"name": " "}, "Write your name, up to 100 characters."),
     ({"name": "x" * 101}, "Write your name, up to 100 characters.")],
)  # fmt: skip
def test_invitation_stays_good_when_the_form_is_not(
    client: TestClient, run: Run, form: dict[str, str], words: str
) -> None:
    address = f"/invitations/{run(invite, 'carol@example.org')}"
    answer = client.post(address, data={"name": "Carol", "password": PASSWORD} | form)
    assert answer.status_code == 422
    assert words in answer.text
    assert session_of(answer) is None
    assert client.post("/sign-in", data={"email": "carol@example.org", "password": PASSWORD}).status_code == 401
    assert client.post(address, data={"name": "Carol", "password": PASSWORD}).status_code == 303


def test_sign_in_link_works_once(client: TestClient, alice_person: SignedIn, run: Run) -> None:
    address = f"/invitations/{run(sign_in_link, 'alice@example.org')}"
    assert "This link signs you in once as alice@example.org." in client.get(address).text
    answer = client.post(address)
    assert answer.headers["location"] == "/today"
    assert run(session_person, session_of(answer)).id == alice_person.id
    assert client.get(address).status_code == 410
    assert client.post(address).status_code == 410


def test_get_of_a_one_use_link_changes_nothing(client: TestClient, alice_person: SignedIn, run: Run) -> None:
    """Mail scanners and link previews open links."""

    async def rows() -> list[dict[str, Any]]:
        return await OneTimeLink.select().order_by(OneTimeLink.created_at)

    secrets = [run(invite, "carol@example.org"), run(sign_in_link, "alice@example.org")]
    before = run(rows)
    for secret in secrets:
        for _ in range(3):
            answer = client.get(f"/invitations/{secret}")
            assert answer.status_code == 200
            assert "set-cookie" not in answer.headers
        assert client.head(f"/invitations/{secret}").status_code in (200, 405)
    assert run(rows) == before
    assert {run(one_time, secret).kind for secret in secrets} == {"invite", "sign-in"}


@pytest.mark.parametrize(
    ("secret", "status"), [("x", 410), ("a" * 43, 410), ("..%2F..%2Fetc", 404), ("%00", 410), ("' OR 1=1", 410)]
)
def test_one_use_links_that_never_were_are_gone(client: TestClient, run: Run, secret: str, status: int) -> None:
    address, form = f"/invitations/{secret}", {"name": "x", "password": PASSWORD}
    for answer in (client.get(address), client.post(address, data=form)):
        assert (answer.status_code, session_of(answer)) == (status, None)
        assert {410: "This link has been used or is too old.", 404: "There is nothing at this"}[status] in answer.text
    assert run(list_people).people == []


def test_language_is_chosen_and_the_page_stays(client: TestClient) -> None:
    answer = client.post(
        "/language", data={"language": "zh"}, headers={"referer": "http://testserver.local/sign-in?x=1"}
    )
    assert answer.headers["location"] == "/sign-in?x=1"
    assert '<html lang="zh-CN">' in client.get("/sign-in").text
    for referrer in ("https://evil.example/x", "http://testserver.local.evil.example/", "//evil.example", ""):
        answer = client.post("/language", data={"language": "en"}, headers={"referer": referrer})
        assert answer.headers["location"] == "/courses"
    assert client.post("/language", data={"language": "xx\r\nSet-Cookie: a=b"}).headers.get("set-cookie") is None


def test_sign_out_clears_the_browser_but_not_the_reports_of_a_students_phone(
    alice: Any, client: Any, classroom: Any, phone: Any
) -> None:
    answer = alice.post("/sign-out")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    students = phone()
    students.get(f"/s/{classroom.token()}")
    assert students.post("/sign-out").headers["clear-site-data"] == '"cache"'


def test_browser_that_ends_its_own_session_forgets_as_at_sign_out(alice: Any, run: Run, alice_person: SignedIn) -> None:
    elsewhere = run(open_session, alice_person)
    mine, other = run(sessions_of, alice_person, alice.cookies["session"])
    assert "clear-site-data" not in alice.post(f"/account/sessions/{other.id}/end").headers
    answer = alice.post(f"/account/sessions/{mine.id}/end")
    assert answer.headers["location"] == "/sign-in?done=out"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert run(session_person, elsewhere) is None


def test_form_of_an_ended_session_comes_back_without_what_is_secret(client: TestClient) -> None:
    form = {
        "key_name": "The lab's screen",
        "key_old": PASSWORDS["alice"],
        "password": "violet lanterns",
        "pin": "123456",
    }
    page = client.post("/account/keys", data=form)
    assert page.status_code == 401
    assert '<input type="hidden" name="key_name" value="The lab&#39;s screen">' in page.text
    assert 'action="/account/keys"' in page.text
    for secret in (PASSWORDS["alice"], "violet lanterns", "123456"):
        assert secret not in page.text
    assert 'type="hidden"' not in client.post("/account/keys", data={"key_name": "x" * 70_000}).text
