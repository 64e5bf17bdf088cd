"""Share a lesson: its link, its times, withdraw and issue anew."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from litestar.testing import TestClient

from courses.clock import now
from courses.lessons.links import (
    LinkInfo,
    class_links,
    issue_link,
    link_of,
    links_of_lesson,
    set_link_times,
    withdraw_link,
)
from courses.signed_in import SignedIn


@pytest.fixture
def path(classroom: Any) -> str:
    return f"/lessons/{classroom.lesson}"


def test_share_page_has_link_code_and_ways_on(alice: TestClient, classroom: Any, path: str) -> None:
    page = alice.get(path).text
    assert f'value="http://testserver.local/s/{classroom.token().lower()}" readonly' in page
    assert f"{classroom.link.spoken[:3]}-{classroom.link.spoken[3:]}" in page
    assert "<b>testserver.local/go</b>" in page
    assert f'src="/links/{classroom.link.id}/qr.svg"' in page
    for address in (f"{path}/present", f"{path}/preview", f"{path}/edit", f"/courses/{classroom.course}/sheet"):
        assert f'href="{address}"' in page
    assert "0 of 2 done" in page
    assert '<span class="badge good">Open</span>' in page


def test_what_the_platform_would_refuse_is_told(alice: TestClient, classroom: Any, path: str) -> None:
    assert "It cannot be published like this:" not in alice.get(path).text
    alice.post(path, files=[("title", (None, "Empty")), ("platforms", (None, "xiaohongshu"))])
    page = alice.get(path).text
    assert "It cannot be published like this:" in page
    assert "The lesson has no pictures." in page


def test_times_are_those_of_the_portals_zone(
    alice: TestClient, alice_person: SignedIn, classroom: Any, path: str
) -> None:
    form = {"opens_at": "2031-03-01T08:00", "expires_at": "2031-03-31T23:59"}
    answer = alice.post(f"/links/{classroom.link.id}", data=form)
    assert answer.headers["location"] == f"{path}?done=times"
    link = classroom.run(link_of, alice_person, classroom.link.id)
    zone = ZoneInfo("Asia/Shanghai")
    assert link.opens_at.astimezone(zone).isoformat() == "2031-03-01T08:00:00+08:00"
    assert link.expires_at.astimezone(zone).isoformat() == "2031-03-31T23:59:00+08:00"
    page = alice.get(answer.headers["location"]).text
    assert "The times are saved." in page
    assert 'value="2031-03-01T08:00"' in page
    assert '<span class="badge info">Not open yet</span>' in page
    alice.post(f"/links/{classroom.link.id}", data={"opens_at": "", "expires_at": " "})
    link = classroom.run(link_of, alice_person, classroom.link.id)
    assert (link.opens_at, link.expires_at) == (None, None)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"opens_at": "2031-03-02T00:00", "expires_at": "2031-03-01T00:00"}, "A link must expire after it opens."),
        ({"opens_at": "tomorrow", "expires_at": ""}, "Write date and time, such as 2026-09-01T08:00."),
        ({"opens_at": "", "expires_at": "2031-13-45T99:99"}, "Write date and time, such as 2026-09-01T08:00."),
        ({"opens_at": "0001-01-01T00:00", "expires_at": ""}, ""),
        ({"opens_at": "", "expires_at": "9999-12-31T23:59"}, ""),
        ({"opens_at": "2031-03-01T08:00:00-05:00<script>", "expires_at": "=cmd()"}, "Write date and time"),
    ],
)
def test_wrong_times_come_back_as_typed(
    alice: TestClient, alice_person: SignedIn, classroom: Any, form: dict[str, str], words: str
) -> None:
    answer = alice.post(f"/links/{classroom.link.id}", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    for text in form.values():
        assert f'value="{text.replace("<", "&lt;").replace(">", "&gt;")}"' in answer.text
    assert '<script>"' not in answer.text
    assert classroom.run(link_of, alice_person, classroom.link.id) == classroom.link


def test_withdrawn_link_can_be_issued_anew(
    alice: TestClient, classroom: Any, path: str, phone: Callable[..., Any]
) -> None:
    answer = alice.post(f"/links/{classroom.link.id}/withdrawal")
    assert answer.headers["location"] == f"{path}?done=withdrawn"
    page = alice.get(path).text
    assert "This lesson has no link" in page
    assert "Withdrawn" in page
    assert phone().get(f"/s/{classroom.token()}").status_code == 410
    assert alice.post(f"{path}/links").headers["location"] == f"{path}?done=issued"
    newer = classroom.run(class_links, [classroom.lesson])[classroom.lesson]
    assert newer.code != classroom.link.code
    assert phone().get(f"/s/{classroom.token(link=newer)}").status_code == 303
    assert classroom.token(link=newer).lower() in alice.get(path).text


def test_a_new_link_ends_the_old_one(alice: TestClient, classroom: Any, path: str) -> None:
    alice.post(f"{path}/links")
    newer, older = classroom.run(links_of_lesson, classroom.lesson)
    assert older.id == classroom.link.id
    assert (newer.state(now()), older.state(now())) == ("open", "withdrawn")
    page = alice.get(path).text
    assert "Other links" in page
    assert f"{older.spoken[:3]}-{older.spoken[3:]}" in page


def test_expired_link_can_be_opened_again(alice: TestClient, classroom: Any, path: str) -> None:
    classroom.run(set_link_times, None, classroom.link, None, now() - timedelta(days=1))
    page = alice.get(path).text
    assert "The link has expired" in page
    assert classroom.token().lower() not in page
    alice.post(f"/links/{classroom.link.id}", data={"opens_at": "", "expires_at": ""})
    assert classroom.token().lower() in alice.get(path).text


def test_personal_links_are_listed_with_their_student(
    alice: TestClient, alice_person: SignedIn, classroom: Any, path: str
) -> None:
    personal: LinkInfo = classroom.run(issue_link, alice_person, classroom.lesson, classroom.students[0].id)
    page = alice.get(path).text
    assert "林小满" in page
    assert f'action="/links/{personal.id}/withdrawal"' in page
    assert classroom.run(class_links, [classroom.lesson])[classroom.lesson] == classroom.link


def test_times_of_a_withdrawn_link_cannot_be_set(alice: TestClient, alice_person: SignedIn, classroom: Any) -> None:
    classroom.run(withdraw_link, None, classroom.link)
    before = classroom.run(link_of, alice_person, classroom.link.id)
    answer = alice.post(f"/links/{classroom.link.id}", data={"opens_at": "", "expires_at": "2031-01-01T00:00"})
    assert answer.status_code == 409
    assert "This link was withdrawn. Issue a new one." in answer.text
    assert classroom.run(link_of, alice_person, classroom.link.id) == before


@pytest.mark.parametrize("done", ["<script>", "x" * 3000, "%00"])
def test_made_up_notices_say_nothing(alice: TestClient, path: str, done: str) -> None:
    page = alice.get(path, params={"done": done})
    assert page.status_code == 200
    assert 'class="notice good"' not in page.text


@pytest.mark.parametrize("action", ["", "/withdrawal"])
def test_links_of_others_cannot_be_changed(
    bob: TestClient, client: TestClient, alice: TestClient, alice_person: SignedIn, classroom: Any, action: str,
    cross_site: dict[str, str],
) -> None:  # fmt: skip
    address, form = f"/links/{classroom.link.id}{action}", {"opens_at": "", "expires_at": "2031-01-01T00:00"}
    theirs, nobodys = bob.post(address, data=form), bob.post(f"/links/{uuid4()}{action}", data=form)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    for answer, status, words in (
        (client.post(address, data=form), 401, "Please sign in."),
        (alice.post(address, data=form, headers=cross_site), 403, "it came from another site"),
    ):
        assert answer.status_code == status
        assert words in answer.text
    assert classroom.run(link_of, alice_person, classroom.link.id) == classroom.link


def test_all_times_are_one_form_and_saved_all_or_none(alice: TestClient, classroom: Any) -> None:
    page = alice.get(f"/lessons/{classroom.lesson}").text
    assert page.count("Save the times") == 1
    good = {"opens_at": "2031-03-01T08:00", "due_at": "2031-03-05T08:00", "closes_at": "2031-04-01T08:00",
            "link_opens_at": "", "link_expires_at": "2031-03-31T23:59"}  # fmt: skip
    answer = alice.post(f"/lessons/{classroom.lesson}/schedule", data=good)
    assert answer.headers["location"] == f"/lessons/{classroom.lesson}?done=times"
    page = alice.get(answer.headers["location"]).text
    for value in filter(None, good.values()):
        assert f'value="{value}"' in page
    wrong = good | {
        "due_at": "2031-03-06T08:00",
        "link_opens_at": "2031-03-31T23:59",
        "link_expires_at": "2031-03-01T00:00",
    }
    answer = alice.post(f"/lessons/{classroom.lesson}/schedule", data=wrong)
    assert answer.status_code == 422
    assert "A link must expire after it opens." in answer.text
    assert 'value="2031-03-06T08:00"' in answer.text
    assert 'value="2031-03-05T08:00"' in alice.get(f"/lessons/{classroom.lesson}").text
