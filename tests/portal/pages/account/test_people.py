"""Who may sign in: for admins only."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from litestar.testing import TestClient

from courses.clock import now
from courses.people.access import list_people, open_invitations
from courses.people.accounts import accept_invitation, find_person, invite, sign_in
from courses.people.sessions import open_session, session_person
from courses.signed_in import SignedIn
from courses.tables.people import Person, Session
from tests.portal.conftest import browser_on

Run = Callable[..., Any]
PASSWORD = "nine copper windmills hum softly"
SHOWN = re.compile(r"/shown/[\w-]{36}")


@pytest.fixture
def admin(client: TestClient, run: Run) -> TestClient:
    """Ada's browser; she is an admin."""

    async def make() -> str:
        return await open_session(
            await accept_invitation(await invite("ada@example.org", admin=True), "Ada", PASSWORD), "Firefox"
        )

    browser = browser_on(client)
    browser.cookies.set("session", run(make), domain="testserver.local")
    return browser


def test_people_are_listed(admin: TestClient, alice_person: SignedIn, run: Run) -> None:
    run(invite, "carol@example.org")
    page = admin.get("/people")
    assert page.status_code == 200
    assert "alice@example.org" in page.text
    assert "ada@example.org" in page.text
    assert "carol@example.org" in page.text
    assert f'action="/people/{alice_person.id}/disable"' in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_people_take_as_many_queries_for_three_as_for_one(
    admin: TestClient, run: Run, counted: Run, number: int
) -> None:
    async def more() -> None:
        for place in range(number):
            await accept_invitation(await invite(f"p{place}@example.org"), f"P {place}", PASSWORD)

    run(more)
    with counted() as queries:
        page = admin.get("/people").text
    assert page.count('class="email"') == number + 1
    assert (
        len(queries) == 8
    )  # session, rail, what waits, how many people, people, sessions, invitations, what is to be kept


def test_people_come_in_pages_and_are_found(admin: TestClient, run: Run) -> None:
    async def more() -> None:
        people = [Person(email=f"p{n:02}@example.org", name=f"Pupil {n:02}%", created_at=now()) for n in range(30)]
        await Person.insert(*people)
        await Session.insert(
            *(
                Session(token_hash=f"{place}{person.email}", person=person.id, created_at=now(), seen_at=now())
                for person in people
                for place in range(3)
            )
        )

    run(more)
    pages = [admin.get(f"/people?page={page}").text for page in (1, 2)]
    emails = re.findall(r'class="email">([^<]+)<', "".join(pages))
    assert emails == ["ada@example.org", *(f"p{n:02}@example.org" for n in range(30))]
    assert "?page=2" in pages[0]
    found = admin.get("/people", params={"q": "PUPIL %7"}).text
    assert re.findall(r'class="email">([^<]+)<', found) == []
    assert "Nobody is called that" in found
    assert re.findall(r'class="email">([^<]+)<', admin.get("/people", params={"q": "07% p07@"}).text) == [
        "p07@example.org"
    ]
    people = run(list_people, 2).people
    assert len(people) == 11
    assert all(person.seen_at is not None for person in people)


def test_others_find_nothing_there(alice: TestClient, alice_person: SignedIn, bob: TestClient, run: Run) -> None:
    nothing = alice.get("/nothing-here").text
    answers = [
        bob.get("/people"),
        bob.post("/people/invitations", data={"email": "mallory@example.org", "admin": "yes"}),
        bob.post(f"/people/{alice_person.id}/disable"),
        bob.post(f"/people/{alice_person.id}/enable"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert all("There is nothing at this address." in answer.text for answer in answers)
    assert "There is nothing at this address." in nothing
    assert run(open_invitations) == []
    assert alice.get("/account").status_code == 200
    assert "/people" not in alice.get("/account").text


def test_invitation_is_shown_until_it_is_kept(admin: TestClient, client: TestClient, run: Run) -> None:
    answer = admin.post(
        "/people/invitations", data={"email": " Carol@Example.org ", "admin": "yes"}, follow_redirects=True
    )
    assert answer.status_code == 200
    (address,) = re.findall(r'value="http://testserver\.local(/invitations/[\w-]+)"', answer.text)
    assert 'data-copy="value"' in answer.text
    assert address not in admin.get("/people").text
    assert address in admin.get(SHOWN.search(admin.get("/people").text)[0]).text
    assert "carol@example.org" in client.get(address).text
    answer = client.post(address, data={"name": "Carol", "password": PASSWORD})
    assert answer.headers["location"] == "/today"
    assert run(find_person, "carol@example.org").admin
    assert client.get(address).status_code == 410


@pytest.mark.parametrize(
    "email", ["", "carol", "carol@", "a@b", "carol@example.org\r\nBcc: x@y.zz", "<b>@x.y", "a" * 300 + "@x.org"]
)
def test_address_that_cannot_be_taken_comes_back_as_typed(admin: TestClient, run: Run, email: str) -> None:
    answer = admin.post("/people/invitations", data={"email": email}, follow_redirects=True)
    assert answer.status_code == 422
    assert "Write an e-mail address such as name@school.example." in answer.text
    assert "<b>@x" not in answer.text
    assert run(open_invitations) == []


def test_access_is_ended_at_once_and_given_back(
    admin: TestClient, alice: TestClient, alice_person: SignedIn, run: Run
) -> None:
    session = run(open_session, alice_person)
    run(invite, "alice@example.org")
    answer = admin.post(f"/people/{alice_person.id}/disable")
    page = admin.get(answer.headers["location"]).text
    assert "Alice can no longer sign in." in page
    assert f'action="/people/{alice_person.id}/enable"' in page
    assert alice.get("/courses").headers["location"].startswith("/sign-in")
    assert run(open_invitations) == []
    again = alice.post("/sign-in", data={"email": "alice@example.org", "password": "violet tractor beneath morning"})
    assert again.status_code == 401

    answer = admin.post("/people/invitations", data={"email": "alice@example.org"})
    assert answer.status_code == 422
    assert "This person&#39;s access has ended. Give it back first." in answer.text

    answer = admin.post(f"/people/{alice_person.id}/enable")
    assert "Alice can sign in again." in admin.get(answer.headers["location"]).text
    assert run(session_person, session) is None
    assert run(sign_in, "alice@example.org", "violet tractor beneath morning").id == alice_person.id


def test_admins_cannot_shut_themselves_out(admin: TestClient, run: Run) -> None:
    (ada,) = run(list_people).people
    answer = admin.post(f"/people/{ada.id}/disable")
    assert answer.status_code == 409
    assert "You cannot end your own access." in answer.text
    assert admin.get("/people").status_code == 200


def test_person_who_is_not_there_is_not_found(admin: TestClient) -> None:
    for action in ("disable", "enable"):
        answer = admin.post(f"/people/{uuid4()}/{action}")
        assert answer.status_code == 404
        assert "There is nothing at this address." in answer.text


def test_forms_of_other_sites_are_refused(
    admin: TestClient, alice_person: SignedIn, run: Run, cross_site: dict[str, str]
) -> None:
    form = {"email": "mallory@example.org", "admin": "yes"}
    for path, data in (("invitations", form), (f"{alice_person.id}/disable", {})):
        answer = admin.post(f"/people/{path}", data=data, headers=cross_site)
        assert answer.status_code == 403
        assert "it came from another site" in answer.text
    assert run(open_invitations) == []
    assert [person.disabled_at for person in run(list_people).people] == [None, None]
