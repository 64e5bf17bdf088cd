"""Whose a report is: of the student on whose page it was made, whoever has the phone when it arrives."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from courses.clock import now
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links, set_link_times, withdraw_link
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn
from courses.students.roster import remove_student
from courses.tables.events import Handover
from courses.tokens import seal
from portal.student.handles import PURPOSE, read_handle
from tests.portal.conftest import phone_event

NOTE = "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2"


def page(phone: Any, classroom: Any, path: str = "") -> str:
    """The handle of a page that the phone opens."""
    return handle(phone.get(f"/l/{classroom.link.code}{path}").text)


def handle(text: str) -> str:
    (found,) = set(re.findall(r'(?:data-as|name="as" value)="([\w-]+)"', text))
    return found


def send(phone: Any, handle: str | None, *events: dict[str, Any]) -> Any:
    return phone.post("/api/events", json={"events": list(events), "as": handle})


def name(phone: Any, classroom: Any, text: str, **form: str) -> Any:
    return phone.post(f"/l/{classroom.link.code}/student", data={"student": text} | form)


def owners(classroom: Any) -> list[tuple[str, str | None]]:
    """What was reported, and the number of whose it is."""
    numbers = {student.id: student.number for student in classroom.students}
    return [(event["kind"], numbers.get(event["student"])) for event in classroom.events()]


@pytest.fixture
def shared(classroom: Any, phone: Callable[..., Any]) -> Any:
    """A phone that scanned the class link."""
    shared = phone()
    shared.get(f"/s/{classroom.token()}")
    return shared


def test_report_kept_while_the_phone_changes_hands_by_a_slip_is_whose_it_was(classroom: Any, shared: Any) -> None:
    shared.get(f"/s/{classroom.token(0)}")
    hers = page(shared, classroom)
    shared.get(f"/s/{classroom.token(1)}")
    answer = send(shared, hers, phone_event("link", detail={"text": NOTE}))
    assert answer.json() == {"recorded": 1, "known": 0, "counted_for": "林小满"}
    assert (classroom.rung(classroom.students[0]), classroom.rung(classroom.students[1])) == ("linked", "not_started")
    assert send(shared, page(shared, classroom), phone_event("claim")).json() == {"recorded": 1, "known": 0}
    assert owners(classroom) == [("link", "2026001"), ("claim", "2026002")]


def test_report_kept_while_the_phone_says_another_name_is_whose_it_was(classroom: Any, shared: Any) -> None:
    name(shared, classroom, "2026001")
    hers = page(shared, classroom)
    assert send(shared, hers, phone_event("preview")).json() == {"recorded": 1, "known": 0}
    name(shared, classroom, "2026002", **{"as": page(shared, classroom, "/student")})
    assert send(shared, hers, phone_event("claim")).json() == {"recorded": 1, "known": 0, "counted_for": "2026001 林**"}
    assert send(shared, page(shared, classroom, "/mine"), phone_event("scan")).json() == {"recorded": 1, "known": 0}
    assert owners(classroom) == [("preview", "2026001"), ("claim", "2026001"), ("scan", "2026002")]


def test_report_before_any_name_is_of_the_first_name_and_of_no_later_one(classroom: Any, shared: Any) -> None:
    before = page(shared, classroom)
    assert send(shared, before, phone_event("scan")).json() == {"recorded": 1, "known": 0}
    assert owners(classroom) == [("scan", None)]
    name(shared, classroom, "2026001", **{"as": before})
    assert send(shared, before, phone_event("preview")).json() == {"recorded": 1, "known": 0}
    name(shared, classroom, "2026002")
    assert send(shared, before, phone_event("launch")).json()["counted_for"] == "2026001 林**"
    assert owners(classroom) == [("scan", "2026001"), ("preview", "2026001"), ("launch", "2026001")]


def test_report_of_one_who_has_left_the_course_is_never_the_next_students(classroom: Any, shared: Any) -> None:
    name(shared, classroom, "2026001")
    hers = page(shared, classroom)
    classroom.run(remove_student, None, classroom.course, classroom.students[0].id)
    assert send(shared, hers, phone_event("claim")).status_code == 200
    name(shared, classroom, "2026002")
    assert owners(classroom) == [("claim", "2026001")]


def test_handle_is_no_good_on_another_phone_or_without_cookies(
    classroom: Any, shared: Any, phone: Callable[..., Any]
) -> None:
    name(shared, classroom, "2026001")
    hers = page(shared, classroom)
    thief, stranger = phone(), phone()
    thief.get(f"/s/{classroom.token(1)}")
    for other in (thief, stranger):
        answer = send(other, hers, phone_event("claim"))
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "other_phone")
        assert "Scan the code again" in answer.json()["error"]["message"]
        assert other.get(f"/api/post/publish/{classroom.link.code}?as={hers}").json()["error"]["code"] == "other_phone"
        for form, data in (("publication", {"choice": "claim"}), ("student", {"student": "2026001"})):
            refused = other.post(f"/l/{classroom.link.code}/{form}", data=data | {"as": hers})
            assert refused.status_code == 403
            assert "Scan the code again" in html.unescape(refused.text)
    assert classroom.events() == []
    assert classroom.run(lambda: Handover.count().run()) == 0


def test_handle_that_is_not_ours_counts_nothing(classroom: Any, shared: Any) -> None:
    name(shared, classroom, "2026001")
    hers, keyring = page(shared, classroom), classroom.settings.keyring
    cookie = next(value for key, value in shared.jar.items() if key.startswith("l-"))
    payload = bytes.fromhex(read_handle(keyring, hers).device) + bytes(6) + classroom.link.code_bytes
    for forged in (hers[:-3], f"x{hers[1:]}", cookie, classroom.token(0), seal(keyring, "phone-v1", payload), "null"):
        answer = send(shared, forged, phone_event("claim"))
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "token_invalid")
        assert (
            shared.post(f"/l/{classroom.link.code}/publication", data={"choice": "claim", "as": forged}).status_code
            == 404
        )
    assert send(shared, "x" * 201, phone_event("claim")).status_code == 400
    assert send(shared, 7, phone_event("claim")).status_code == 400
    assert classroom.events() == []
    assert send(shared, seal(keyring, PURPOSE, payload), phone_event("claim")).status_code == 200


def test_event_of_another_link_does_not_count_under_this_handle(
    classroom: Any, shared: Any, alice_person: SignedIn
) -> None:
    lesson = classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "Second"))
    other = classroom.run(class_links, [lesson])[lesson]
    shared.get(f"/s/{classroom.token(0, other)}")
    name(shared, classroom, "2026001")
    hers = page(shared, classroom)
    for link in (other.code, classroom.token(0, other), classroom.token()):
        answer = send(shared, hers, phone_event("claim", link=link))
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    mixed = send(shared, hers, phone_event("claim", link=other.code), phone_event("scan", link=""),
                 phone_event("preview", link=classroom.link.code.lower()))  # fmt: skip
    assert mixed.json()["recorded"] == 2
    assert [refused["reason"] for refused in mixed.json()["refused"]] == ["invalid"]
    assert shared.post(f"/l/{other.code}/publication", data={"choice": "claim", "as": hers}).status_code == 422
    assert {event["link"] for event in classroom.events()} == {classroom.link.id}


def test_link_of_the_handle_is_open_as_before(classroom: Any, shared: Any) -> None:
    shared.get(f"/s/{classroom.token(0)}")
    hers = page(shared, classroom)
    shared.get(f"/s/{classroom.token(1)}")
    classroom.run(set_link_times, None, classroom.link, None, now())
    assert send(shared, hers, phone_event("scan")).json()["error"]["code"] == "link_ended"
    assert send(shared, hers, phone_event("claim")).json()["counted_for"] == "林小满"
    classroom.run(withdraw_link, None, classroom.link)
    assert send(shared, hers, phone_event("claim")).json()["error"]["code"] == "link_ended"
    assert shared.get(f"/api/post/publish/{classroom.link.code}?as={hers}").status_code == 410
    assert owners(classroom) == [("claim", "2026001")]


def test_draft_is_shown_by_the_handle(classroom: Any, shared: Any) -> None:
    hers = page(shared, classroom)
    assert shared.get(f"/api/post/preview/{classroom.link.code}?as={hers}").json()["title"] == "Tea 茶"
    other = shared.get(f"/api/post/preview/{classroom.token(1)}?as={hers}")
    assert (other.status_code, other.json()["error"]["code"]) == (422, "invalid")


def test_form_of_an_old_page_counts_for_who_had_it_and_says_so(classroom: Any, shared: Any) -> None:
    name(shared, classroom, "2026001")
    hers = page(shared, classroom)
    name(shared, classroom, "2026002")
    form = {"choice": "link", "text": NOTE, "as": hers}
    bad = shared.post(f"/l/{classroom.link.code}/publication", data=form | {"text": "no link"})
    assert bad.status_code == 422
    assert ">no link</textarea>" in bad.text
    assert read_handle(classroom.settings.keyring, handle(bad.text)).student == classroom.students[0].id
    answer = shared.post(f"/l/{classroom.link.code}/publication", data=form)
    after = html.unescape(shared.get(answer.headers["location"]).text)
    assert "Counted for 2026001 林**. This phone is somebody else’s now." in after
    assert "2026002 A**" in after
    assert "<p>Your link has been received." not in after
    assert owners(classroom) == [("link", "2026001")]
    again = shared.get(f"/l/{classroom.link.code}?done=linked&as={page(shared, classroom)}").text
    assert "Counted for 2026001 林**" not in html.unescape(again)


def test_app_without_cookies_reports_by_its_token_as_before(classroom: Any, phone: Callable[..., Any]) -> None:
    wechat = phone(user_agent="Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.44")
    assert 'data-as=""' in wechat.get(f"/s/{classroom.token(0)}").text
    assert wechat.send("scan", link=classroom.token(0)).status_code == 200
    assert owners(classroom) == [("scan", "2026001")]


def test_two_slips_in_one_second_are_two_scans(classroom: Any, shared: Any) -> None:
    ids = []
    for seat in (0, 1, 1):
        shared.get(f"/s/{classroom.token(seat)}")
        ids.append(re.search(r'data-scan="([^"]+)"', shared.get(f"/l/{classroom.link.code}").text)[1])
    assert ids[0] != ids[1]
