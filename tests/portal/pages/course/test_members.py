"""Members of a course on the page: invite, join, and what a link tells whom."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar.testing import TestClient

from courses.people.accounts import find_person

Run = Callable[..., Any]
PASSWORD = "nine copper windmills hum softly"


def invitation(alice: TestClient, course: UUID, email: str, role: str = "assistant") -> str:
    """The link's path; it is shown this once."""
    page = alice.post(
        f"/courses/{course}/members/invitations", data={"email": email, "role": role}, follow_redirects=True
    )
    assert page.status_code == 200
    (path,) = set(re.findall(r"/invitations/[\w-]{43}", page.text))
    assert path not in alice.get(f"/courses/{course}/members").text
    return path


def test_newcomer_joins_by_link_and_sees_what_an_assistant_may(
    alice: TestClient, client: TestClient, course: UUID
) -> None:
    path = invitation(alice, course, "nora@example.org")
    assert "Spring campaign 春季" in client.get(path).text  # a GET changes nothing
    assert client.post(path, data={"name": "Nora", "password": "short"}).status_code == 422
    answer = client.post(path, data={"name": "Nora", "password": PASSWORD})
    assert answer.headers["location"] == f"/courses/{course}?done=joined"
    assert client.get(path).status_code == 410
    page = client.get(f"/courses/{course}/members").text
    assert "Nora" in page
    assert "Invite somebody" not in page
    assert f'action="/courses/{course}/departure"' in page
    assert client.get(f"/courses/{course}/edit").status_code == 403


def test_member_joins_when_signed_in(alice: TestClient, bob: TestClient, client: TestClient, course: UUID) -> None:
    path = invitation(alice, course, "bob@example.org", "editor")
    stranger = client.get(path).text
    assert f"/sign-in?next={path}" in stranger
    assert "Your name" not in stranger  # a link never sets the password of an account
    answer = client.post(path, data={"name": "Mallory", "password": PASSWORD})
    assert answer.headers["location"].startswith("/sign-in?next=")
    assert "Join the course" in bob.get(path).text
    assert bob.get(f"/courses/{course}").status_code == 404
    assert bob.post(path).headers["location"] == f"/courses/{course}?done=joined"
    assert "Editor" in bob.get("/courses").text
    assert bob.post(path).status_code == 410


def test_invitation_of_somebody_else_says_so(alice: TestClient, bob: TestClient, course: UUID) -> None:
    path = invitation(alice, course, "nora@example.org")
    page = bob.get(path)
    assert "You are signed in as bob@example.org" in page.text
    assert "Join the course" not in page.text
    assert bob.post(path).status_code == 403
    assert bob.get(f"/courses/{course}").status_code == 404


def test_owner_changes_a_role_withdraws_and_removes(alice: TestClient, bob: TestClient, course: UUID, run: Run) -> None:
    bob.post(invitation(alice, course, "bob@example.org", "viewer"))
    member = f"/courses/{course}/members/{run(find_person, 'bob@example.org').id}"
    assert alice.post(member, data={"role": "king"}).status_code == 422
    assert alice.post(member, data={"role": "editor"}).status_code == 303
    assert bob.get(f"/courses/{course}/lessons/new").status_code == 200
    again = alice.post(f"/courses/{course}/members/invitations", data={"email": "bob@example.org", "role": "viewer"})
    assert again.status_code == 422
    assert "bob@example.org works on this course already." in again.text
    assert alice.post(f"{member}/removal").status_code == 303
    assert bob.get(f"/courses/{course}").status_code == 404
    path = invitation(alice, course, "nora@example.org")
    page = alice.get(f"/courses/{course}/members").text
    (withdrawal,) = re.findall(r'action="([^"]+/withdrawal)"', page)
    assert alice.post(withdrawal).status_code == 303
    assert alice.get(path).status_code == 410


def test_log_tells_who_did_what_and_keeps_no_secret(alice: TestClient, bob: TestClient, course: UUID) -> None:
    path = invitation(alice, course, "bob@example.org", "viewer")
    bob.post(path)
    alice.post(f"/courses/{course}", data={"title": "=1+1 <b>", "term": "2026"})
    page = bob.get(f"/courses/{course}/log").text
    assert "<b>Alice</b> changed the course’s title from “Spring campaign 春季” to “=1+1 &lt;b&gt;”" in page
    assert "<b>Bob</b> joined as Viewer" in page
    assert path.rpartition("/")[2] not in page
    chinese = bob.get(f"/courses/{course}/log?what=member", headers={"accept-language": "zh-CN"}).text
    assert "加入课程，角色为旁观者" in chinese
    assert "标题" not in chinese
    file = bob.get(f"/courses/{course}/log.csv").content.decode("utf-8-sig")
    rows = file.strip().split("\r\n")
    assert len(rows) == 5
    assert ",'=1+1 <b>," in rows[1]
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d,Alice,page,course.edit", rows[1])


def test_members_page_takes_as_many_queries_for_three_as_for_one(
    alice: TestClient, bob: TestClient, course: UUID, counted: Callable[[], Any]
) -> None:
    with counted() as one:
        alice.get(f"/courses/{course}/members")
    with counted() as log:
        alice.get(f"/courses/{course}/log")
    bob.post(invitation(alice, course, "bob@example.org"))
    invitation(alice, course, "nora@example.org")
    with counted() as more:
        alice.get(f"/courses/{course}/members")
    with counted() as longer:
        alice.get(f"/courses/{course}/log")
    assert (len(more), len(longer)) == (len(one), len(log)) == (8, 8)
