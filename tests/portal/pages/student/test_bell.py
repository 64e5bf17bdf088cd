"""At the bell: a link that ends while a phone is at it. Who came in time may finish for the grace period, nobody else may."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from courses.clock import now
from courses.lessons.links import GRACE, forget_card, set_link_times, withdraw_link
from courses.tables.lessons import Lesson
from courses.tables.links import Link

NOTE = "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2"
TYPED = f"93 【茶 - Ann | 小红书】 😆 {NOTE}?xsec_token=T <b>"


def end(classroom: Any, how: str, ago: timedelta) -> None:
    """The link expires, or the lesson closes; both have begun long before."""
    ended_at = now() - ago
    made_at = ended_at - timedelta(days=2)
    classroom.run(lambda: Link.update({Link.created_at: made_at}).where(Link.id == classroom.link.id).run())
    if how == "expired":
        classroom.run(set_link_times, None, classroom.link, None, ended_at)
    else:
        classroom.run(lambda: Lesson.update({Lesson.closes_at: ended_at}).where(Lesson.id == classroom.lesson).run())
    forget_card(classroom.link.code)


@pytest.fixture(params=["expired", "closed"])
def how(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def ann(classroom: Any, phone: Callable[..., Any]) -> Any:
    """She scanned while it was open."""
    ann = phone()
    assert ann.get(f"/s/{classroom.token(1)}").status_code == 303
    return ann


def tell(phone: Any, classroom: Any, **form: str) -> Any:
    return phone.post(f"/l/{classroom.link.code}/publication", data={"id": str(uuid4())} | form)


def report(kind: str, at: datetime, **detail: str) -> dict[str, Any]:
    return {"id": str(uuid4()), "kind": kind, "at": at.isoformat(), "detail": detail}


def test_phone_that_came_in_time_goes_on_until_the_grace_is_over(classroom: Any, ann: Any, how: str) -> None:
    end(classroom, how, timedelta(minutes=5))
    page = ann.get(f"/l/{classroom.link.code}")
    assert page.status_code == 200
    assert "This lesson has ended." in page.text
    until = now() - timedelta(minutes=5) + GRACE
    assert f'until <time datetime="{until.isoformat(timespec="minutes")[:15]}' in page.text
    # as the app's back button, the share link, the code on the wall
    again = ann.get(f"/s/{classroom.token(1)}")
    assert (again.status_code, again.headers["location"]) == (303, f"/l/{classroom.link.code}")
    assert "set-cookie" not in again.headers, "it is no new scan"
    answer = tell(ann, classroom, choice="link", text=TYPED)
    assert answer.status_code == 303
    after = ann.get(answer.headers["location"])
    assert after.status_code == 200
    assert "Your link has arrived." in after.text
    assert classroom.rung(classroom.students[1]) == "linked"
    mine = ann.get(f"/l/{classroom.link.code}/mine")
    assert "This lesson has ended." in mine.text
    assert f'<a href="/l/{classroom.link.code}">Tea 茶</a>' in mine.text
    assert "Not open now" not in mine.text
    assert ann.get(f"/api/post/publish/{classroom.link.code}").status_code == 200


def test_chinese_page_says_until_when(classroom: Any, phone: Callable[..., Any]) -> None:
    ann = phone("zh-CN")
    ann.get(f"/s/{classroom.token(1)}")
    end(classroom, "expired", timedelta(minutes=5))
    assert "这节课已结束。" in ann.get(f"/l/{classroom.link.code}").text


def test_class_link_asks_for_a_name_in_the_grace_too(classroom: Any, phone: Callable[..., Any]) -> None:
    bo = phone()
    bo.get(f"/s/{classroom.token()}")
    end(classroom, "expired", timedelta(minutes=5))
    assert "This lesson has ended." in bo.get(f"/l/{classroom.link.code}/student").text
    assert bo.post(f"/l/{classroom.link.code}/student", data={"student": "2026001"}).status_code == 303
    assert tell(bo, classroom, choice="claim").status_code == 303
    assert classroom.rung(classroom.students[0]) == "claimed"


def test_unknown_phone_is_turned_away_at_the_bell(
    classroom: Any, phone: Callable[..., Any], ann: Any, how: str
) -> None:
    end(classroom, how, timedelta(minutes=5))
    stranger = phone()
    for token in (classroom.token(1), classroom.token()):
        assert stranger.get(f"/s/{token}").status_code == 410
    assert stranger.get(f"/l/{classroom.link.code}").status_code == 403
    assert stranger.get(f"/api/post/preview/{classroom.token(1)}").status_code == 410
    # Ann's own slip, and no other on her phone
    assert ann.get(f"/s/{classroom.token(0)}").status_code == 410
    assert classroom.events() == []


def test_open_link_says_nothing_of_an_end(classroom: Any, ann: Any) -> None:
    assert "until-notice" not in ann.get(f"/l/{classroom.link.code}").text


def test_link_that_was_withdrawn_opens_for_nobody(classroom: Any, ann: Any) -> None:
    classroom.run(withdraw_link, None, classroom.link)
    assert ann.get(f"/s/{classroom.token(1)}").status_code == 410
    answer = tell(ann, classroom, choice="link", text=TYPED)
    assert answer.status_code == 410
    assert TYPED in unescape(answer.text)
    assert classroom.events() == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_form_after_the_grace_keeps_what_was_typed_and_says_what_to_do(
    classroom: Any, phone: Callable[..., Any], how: str, language: str
) -> None:
    ann = phone(language)
    ann.get(f"/s/{classroom.token(1)}")
    end(classroom, how, GRACE + timedelta(minutes=5))
    assert ann.get(f"/l/{classroom.link.code}").status_code == 410
    answer = tell(ann, classroom, choice="link", text=TYPED)
    assert answer.status_code == 410
    field = answer.text.split('<textarea id="typed" rows="4" readonly>')[1].split("</textarea>")[0]
    assert unescape(field) == TYPED
    assert "<b>" not in field
    advice = "your teacher can still enter it by hand" if language == "en" else "老师仍可手动登记"
    assert advice in answer.text
    assert classroom.events() == []


def test_page_without_a_form_shows_no_empty_field(classroom: Any, ann: Any) -> None:
    end(classroom, "expired", GRACE + timedelta(minutes=5))
    assert 'id="typed"' not in ann.get(f"/l/{classroom.link.code}").text


def test_report_of_what_was_done_in_time_is_taken_and_says_that_the_page_is_gone(
    classroom: Any, ann: Any, how: str
) -> None:
    end(classroom, how, GRACE + timedelta(hours=3))
    before, after = (now() - GRACE - timedelta(hours=hours) for hours in (4, 2))
    sent = ann.post("/api/events", json={"events": [report("link", before, text=NOTE)]})
    assert (sent.status_code, sent.json()) == (200, {"recorded": 1, "known": 0, "ended": True})
    late = ann.post("/api/events", json={"events": [report("claim", after)]})
    assert (late.status_code, late.json()["error"]["code"]) == (410, "link_ended")
    assert "your teacher, who can still enter it by hand" in late.json()["error"]["message"]


def test_report_in_the_grace_does_not_say_that_the_page_is_gone(classroom: Any, ann: Any, how: str) -> None:
    end(classroom, how, timedelta(minutes=5))
    answer = ann.post("/api/events", json={"events": [report("claim", now())]})
    assert answer.json() == {"recorded": 1, "known": 0}
    scan = ann.post("/api/events", json={"events": [report("scan", now())]})
    assert scan.status_code == 410, "whoever comes now was not there"
