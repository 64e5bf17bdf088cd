"""The projector page and its count."""

from datetime import timedelta
from typing import Any

from litestar.testing import TestClient

from courses.clock import now
from courses.lessons.links import issue_link, set_link_times, withdraw_link
from print.codes import QUIET, encode


def test_present_shows_code_address_and_count(alice: TestClient, classroom: Any) -> None:
    page = alice.get(f"/lessons/{classroom.lesson}/present").text
    modules = encode(f"http://TESTSERVER.LOCAL/S/{classroom.token()}").size + 2 * QUIET
    assert f'src="/links/{classroom.link.id}/qr.svg"' in page
    assert f'data-modules="{modules}"' in page
    assert "testserver.local/go" in page
    assert f'<b class="spoken" id="spoken">{classroom.link.spoken[:3]}-{classroom.link.spoken[3:]}</b>' in page
    assert "0 of 2 scanned" in page
    assert "site-header" not in page


def test_present_without_a_live_link_goes_to_the_lesson(alice: TestClient, classroom: Any) -> None:
    classroom.run(set_link_times, None, classroom.link, None, now() - timedelta(seconds=1))
    assert alice.get(f"/lessons/{classroom.lesson}/present").headers["location"] == f"/lessons/{classroom.lesson}"
    classroom.run(withdraw_link, None, classroom.link)
    assert alice.get(f"/lessons/{classroom.lesson}/present").headers["location"] == f"/lessons/{classroom.lesson}"


def test_an_older_open_link_is_shown_behind_a_newer_that_has_ended(alice: TestClient, classroom: Any) -> None:
    newer = classroom.run(issue_link, None, classroom.lesson)
    classroom.run(set_link_times, None, newer, None, now() - timedelta(seconds=1))
    assert f'src="/links/{classroom.link.id}/qr.svg"' in alice.get(f"/lessons/{classroom.lesson}/present").text
    assert f'src="/links/{classroom.link.id}/qr.svg"' in alice.get(f"/lessons/{classroom.lesson}").text
    assert alice.get(f"/lessons/{classroom.lesson}/projection").json()["link"] == str(classroom.link.id)
    assert alice.get(f"/lessons/{classroom.lesson}/scans").json()["code"] == classroom.link.code
    wall = alice.get(f"/courses/{classroom.course}/lessons/{classroom.lesson}/wall").text
    assert f'src="/links/{classroom.link.id}/qr.svg"' in wall
    assert f'href="/lessons/{classroom.lesson}/present"' in alice.get(f"/courses/{classroom.course}").text
    assert classroom.token().lower() in alice.get(f"/courses/{classroom.course}/completion/reminder").text


def test_scans_count_students_and_phones_without_a_name(alice: TestClient, classroom: Any, phone: Any) -> None:
    address = f"/lessons/{classroom.lesson}/scans"
    none = {"scanned": 0, "enrolled": 2, "unnamed": 0, "state": "open", "code": classroom.link.code}
    assert alice.get(address).json() == none
    for named in (True, False):
        student = phone()
        student.get(f"/s/{classroom.token()}")
        student.send("scan", link=classroom.link.code, platform="xiaohongshu")
        if named:
            student.post(f"/l/{classroom.link.code}/student", data={"student": "2026001"})
    assert alice.get(address).json() == none | {"scanned": 1, "unnamed": 1}


def test_scans_tell_that_a_link_has_ended(alice: TestClient, classroom: Any) -> None:
    address = f"/lessons/{classroom.lesson}/scans"
    classroom.run(set_link_times, None, classroom.link, now() + timedelta(days=1), None)
    assert alice.get(address).json()["state"] == "waiting"
    classroom.run(withdraw_link, None, classroom.link)
    assert (alice.get(address).json()["state"], alice.get(address).json()["code"]) == ("none", "")


def test_count_of_a_script_whose_session_ended_is_refused_as_json(client: TestClient, classroom: Any) -> None:
    answer = client.get(f"/lessons/{classroom.lesson}/scans", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_needed")
