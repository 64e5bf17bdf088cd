"""Class links that open only in the room: with the code on the projector, which is claimed once and then kept."""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from courses import clock
from courses.lessons.links import forget_cards, issue_link, set_link_times
from courses.lessons.room_codes import room_code
from courses.tables.people import Session
from portal.pages.sharing import room
from portal.pages.student import scan
from portal.sharing.addresses import room_url
from print.codes import encode

WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 Mobile MicroMessenger/8.0.44"


class Clock:
    """The server's, in the modules that read the code."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return clock.now() + self.ahead

    def move(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    for module in (room, scan):
        monkeypatch.setattr(module, "now", moved)
    return moved


@pytest.fixture
def inside(alice: Any, classroom: Any) -> Any:
    """The classroom, whose course asks for the code."""
    assert alice.post(f"/courses/{classroom.course}/room-code", data={"ask": "1"}).status_code == 303
    return classroom


def code_now(room: Any, moved: Clock) -> Any:
    return room_code(room.settings.keyring, room.link.code_bytes, moved())


def scan_screen(phone: Any, room: Any, moved: Clock) -> Any:
    path = room_url(room.settings, room.link, moved()).removeprefix("http://TESTSERVER.LOCAL")
    return phone.get(path)


NOTE = "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2"


@pytest.mark.parametrize("form", ["publication", "student"])
def test_form_that_is_sent_again_after_the_digits_goes_on(
    alice: Any, classroom: Any, phone: Callable[..., Any], moved: Clock, form: str
) -> None:
    """The page was open when the course began to ask: what was typed comes back with the digits, and then arrives."""
    ann, base, token = phone(), f"/l/{classroom.link.code}", classroom.token()
    alice.post(f"/courses/{classroom.course}/room-code", data={"ask": "1"})
    assert ann.get(f"/s/{token}").status_code == 303  # waits
    alice.post(f"/courses/{classroom.course}/room-code", data={"ask": "0"})
    if form == "publication":
        ann.post(f"{base}/student", data={"student": "2026002"})
    page = ann.get(base).text
    alice.post(f"/courses/{classroom.course}/room-code", data={"ask": "1"})
    typed = (
        {"text": f"看“{NOTE}” <b>", "choice": "link", "platform": "xiaohongshu"}
        if form == "publication"
        else {"student": "2026002"}
    )
    (handle,) = set(re.findall('name="as" value="([^"]+)"', page))
    answer = ann.post(f"{base}/{form}", data=typed | {"as": handle})
    assert answer.status_code == 403
    for digits in ("", code_now(classroom, moved).digits):
        assert f">{html.escape(next(iter(typed.values())))}</textarea>".replace("&quot;", "&#34;") in answer.text
        again = {name: html.unescape(text) for name, text in HIDDEN.findall(answer.text)}
        assert again == typed | {"as": handle, "onward": form}
        (address,) = re.findall('<form method="post" action="(/l/[^"]*)"', answer.text)
        assert address == f"{base}/room"
        answer = ann.post(address, data=again | {"code": digits})
    assert (answer.status_code, answer.headers["location"]) == (307, f"{base}/{form}")
    assert ann.post(answer.headers["location"], data=again | {"code": digits}).status_code == 303
    assert (NOTE in ann.get(base).text, classroom.rung(classroom.students[1])) == (
        (True, "linked") if form == "publication" else (False, "not_started")
    )
    assert ann.post(f"{base}/room", data={"code": digits, "onward": "//evil.example"}).headers["location"] == base


HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def test_who_scans_the_screen_is_in_and_stays_in(inside: Any, phone: Callable[..., Any], moved: Clock) -> None:
    ann = phone()
    answer = scan_screen(ann, inside, moved)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/l/{inside.link.code}")
    moved.move(3600)
    assert "Who are you?" in ann.get(f"/l/{inside.link.code}").text
    assert ann.post(f"/l/{inside.link.code}/student", data={"student": "2026001"}).status_code == 303
    assert ann.send("scan").json() == {"recorded": 1, "known": 0}
    # the link that somebody passes on does not put it out again
    ann.get(f"/s/{inside.token()}")
    assert "2026001 林**" in ann.get(f"/l/{inside.link.code}").text


@pytest.mark.parametrize(("age", "opens"), [(0, True), (59, True), (91, False)])
def test_a_code_that_was_passed_on_opens_for_a_minute_and_then_says_what_to_do(
    inside: Any, phone: Callable[..., Any], moved: Clock, age: float, opens: bool
) -> None:
    path = room_url(inside.settings, inside.link, moved()).removeprefix("http://TESTSERVER.LOCAL")
    moved.move(age)
    bob = phone()
    assert bob.get(path).status_code == 303
    page = bob.get(f"/l/{inside.link.code}")
    assert (page.status_code == 200) is opens
    assert ("Are you in the room?" in page.text) is not opens


def test_a_plain_link_asks_for_the_digits_and_takes_them_once(
    inside: Any, phone: Callable[..., Any], moved: Clock
) -> None:
    bob, link = phone(), inside.link.code
    bob.get(f"/s/{inside.token()}")
    for path in (f"/l/{link}", f"/l/{link}/student", f"/l/{link}/mine"):
        asked = bob.get(path)
        assert asked.status_code == 403
        assert f'action="/l/{link}/room"' in asked.text
        assert "data-refusal=" in asked.text
        assert "Find <strong>light</strong>" not in asked.text
    for path, data in (("student", {"student": "2026001"}), ("publication", {"choice": "claim"})):
        assert bob.post(f"/l/{link}/{path}", data=data).status_code == 403
    # nor does it count what the page's script would say, however it is named
    for reference in ("", link, inside.token()):
        refused = bob.send("claim", link=reference)
        assert refused.status_code == 403
        assert refused.json()["error"]["code"] == "room_code_needed"
    assert inside.events() == []
    wrong = bob.post(f"/l/{link}/room", data={"code": "000 000"})
    assert wrong.status_code == 422
    assert "They change every half minute" in wrong.text
    digits = code_now(inside, moved).digits
    assert bob.post(f"/l/{link}/room", data={"code": f"{digits[:3]} {digits[3:]}"}).headers["location"] == f"/l/{link}"
    moved.move(600)
    assert "Who are you?" in bob.get(f"/l/{link}").text
    # a form that is sent again leads on
    assert bob.post(f"/l/{link}/room", data={"code": "x"}).status_code == 303


def test_wrong_digits_are_limited_for_this_phone_and_the_screen_still_opens(
    inside: Any, phone: Callable[..., Any], moved: Clock
) -> None:
    bob, neighbour = phone(), phone()
    for each in (bob, neighbour):
        each.get(f"/s/{inside.token()}")
    for _ in range(10):
        bob.post(f"/l/{inside.link.code}/room", data={"code": "000000"})
    right = {"code": code_now(inside, moved).digits}
    answer = bob.post(f"/l/{inside.link.code}/room", data=right)
    assert answer.status_code == 429
    assert "that always works" in answer.text
    assert neighbour.post(f"/l/{inside.link.code}/room", data=right).status_code == 303
    scan_screen(bob, inside, moved)
    assert bob.get(f"/l/{inside.link.code}").status_code == 200


def test_early_in_the_room_is_in_when_it_opens(inside: Any, phone: Callable[..., Any], moved: Clock, run: Any) -> None:
    run(set_link_times, None, inside.link, clock.now() + timedelta(hours=1), None)
    ann, wechat = phone(), phone(user_agent=WECHAT)
    assert scan_screen(ann, inside, moved).status_code == 303
    waiting = ann.get(f"/l/{inside.link.code}")
    assert "Not open yet" in waiting.text
    assert 'http-equiv="refresh"' in waiting.text
    answer = scan_screen(wechat, inside, moved)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    run(set_link_times, None, inside.link, None, None)
    moved.move(3600)
    assert "Who are you?" in ann.get(f"/l/{inside.link.code}").text


def test_phones_that_were_there_before_it_was_asked_go_on(
    classroom: Any, alice: Any, phone: Callable[..., Any]
) -> None:
    ann, late = phone(), phone()
    ann.get(f"/s/{classroom.token()}")
    alice.post(f"/courses/{classroom.course}/room-code", data={"ask": "1"})
    late.get(f"/s/{classroom.token()}")
    assert "Who are you?" in ann.get(f"/l/{classroom.link.code}").text
    asked = late.get(f"/l/{classroom.link.code}")
    assert asked.status_code == 403
    assert "Are you in the room?" in asked.text
    alice.post(f"/courses/{classroom.course}/room-code", data={"ask": "0"})
    assert "Who are you?" in late.get(f"/l/{classroom.link.code}").text


def test_personal_slips_and_links_are_not_asked(inside: Any, phone: Callable[..., Any], run: Any) -> None:
    ann = phone()
    ann.get(f"/s/{inside.token(0)}")
    assert "林小满" in ann.get(f"/l/{inside.link.code}").text
    own = run(issue_link, None, inside.lesson, inside.students[1].id)
    ann.get(f"/s/{inside.token(1, own)}")
    assert "Ann O&#39;Neil" in ann.get(f"/l/{own.code}").text


def test_nothing_of_the_lesson_is_had_outside_the_room(inside: Any, phone: Callable[..., Any]) -> None:
    token, stranger = inside.token(), phone()
    for path in (f"/api/post/preview/{token}", f"/api/post/publish/{token}"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "room_code_needed")
    for kind in ("scan", "preview", "launch", "claim"):
        refused = stranger.send(kind, link=token)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "room_code_needed")
    assert inside.events() == []
    # another app's browser gets the way out of it, where the digits are asked for, and nothing of the lesson
    page = phone(user_agent=WECHAT).get(f"/S/{token}/aaaaaaaa")
    assert page.status_code == 403
    assert "Open this in your own browser" in page.text
    assert f"/s/{token.lower()}</p>" in page.text
    assert "Find <strong>light</strong>" not in page.text
    assert 'class="who"' not in page.text
    assert "data-refusal=" in page.text


def test_way_out_of_another_app_takes_the_code_along(inside: Any, phone: Callable[..., Any], moved: Clock) -> None:
    address = room_url(inside.settings, inside.link, moved()).lower()
    wechat = phone(user_agent=WECHAT)
    assert address in scan_screen(wechat, inside, moved).text
    stale = wechat.get(f"/s/{inside.token().lower()}/aaaaaaaa").text
    assert f"/s/{inside.token().lower()}" in stale
    assert "aaaaaaaa" not in stale
    bob = phone()
    bob.get(address.removeprefix("http://testserver.local"))
    assert "Who are you?" in bob.get(f"/l/{inside.link.code}").text


def test_instructors_are_told_what_the_link_needs(inside: Any, alice: Any) -> None:
    assert "asks for the code of the room" in alice.get(f"/lessons/{inside.lesson}").text
    assert "asks for the code of the room" in alice.get(f"/courses/{inside.course}/completion/reminder").text


def test_projector_keeps_nobody_signed_in(inside: Any, alice: Any, run: Any) -> None:
    before = clock.now() - timedelta(hours=7)
    run(lambda: Session.update({Session.seen_at: before}, force=True).run())
    for path in ("projection", "scans"):
        assert alice.get(f"/lessons/{inside.lesson}/{path}").status_code == 200
    (seen,) = run(lambda: Session.select(Session.seen_at).output(as_list=True).run())
    assert seen == before
    assert alice.get(f"/lessons/{inside.lesson}/present").status_code == 200
    assert run(lambda: Session.select(Session.seen_at).output(as_list=True).run()) != [before]


def test_a_wrong_room_or_token_touches_no_database(
    inside: Any, phone: Callable[..., Any], counted: Callable[[], Any]
) -> None:
    ann = phone()
    token = inside.token()
    with counted() as queries:
        letter = "A" if token[9] != "A" else "B"
        assert ann.get(f"/s/{token[:9]}{letter}{token[10:]}/ABCDEFGH").status_code == 404
        assert phone().post(f"/l/{inside.link.code}/room", data={"code": "123456"}).status_code == 403
    assert queries == []


def test_projector_shows_the_code_and_asks_again_in_time(
    inside: Any, alice: Any, bob: Any, moved: Clock, run: Any, phone: Callable[..., Any]
) -> None:
    path = f"/lessons/{inside.lesson}/projection"
    shown = alice.get(path).json()
    digits = code_now(inside, moved).digits
    assert shown["room"] == f"{digits[:3]} {digits[3:]}"
    assert 0 < shown["again"] <= 10
    assert (shown["code"], shown["state"]) == (inside.link.code, "open")
    drawn = alice.get(shown["image"])
    assert drawn.headers["content-type"].startswith("image/svg")
    url = room_url(inside.settings, inside.link, moved())
    assert len(url) == len("http://TESTSERVER.LOCAL/S/") + 36 + 9
    assert shown["modules"] == encode(url, "M").size + 8
    for page in (f"/courses/{inside.course}/lessons/{inside.lesson}/wall", f"/lessons/{inside.lesson}/present"):
        text = alice.get(page).text
        assert re.search(r'<b id="room-code">\d{3} \d{3}</b>', text)
        assert re.search(r'<img id="qr" src="/links/[\w-]+/qr.svg\?room=\d{6}"', text)
    moved.move(31)
    assert alice.get(path).json()["room"] != shown["room"]
    assert bob.get(path).status_code == 404


def test_projector_without_room_or_link_says_so(alice: Any, classroom: Any, run: Any) -> None:
    path = f"/lessons/{classroom.lesson}/projection"
    shown = alice.get(path).json()
    assert (shown["room"], shown["again"]) == ("", 10)
    assert shown["image"] == f"/links/{classroom.link.id}/qr.svg"
    assert re.fullmatch(r"\w{3}-\w{4}", shown["spoken"])
    run(set_link_times, None, classroom.link, None, clock.now() - timedelta(minutes=1))
    forget_cards()
    ended = alice.get(path).json()
    assert (ended["state"], ended["link"], ended["image"]) == ("expired", "", "")


def test_page_is_chinese_when_the_phone_asks(inside: Any, phone: Callable[..., Any]) -> None:
    bob = phone("zh-CN")
    bob.get(f"/s/{inside.token()}")
    assert "你在教室里吗？" in bob.get(f"/l/{inside.link.code}").text
