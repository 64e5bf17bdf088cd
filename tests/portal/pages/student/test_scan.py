"""A scanned code: who gets in, what is remembered, and that nothing is written."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from courses.clock import now
from courses.lessons.authoring import delete_lesson, lesson_by_id
from courses.lessons.links import forget_card, issue_link, set_link_times, withdraw_link
from courses.students.roster import remove_student
from courses.tokens import CODE_BYTES, SHARE, Keyring, share_token
from portal.student.phone import Phone, link_cookie

WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.44"
)


def not_known(answer: Response) -> None:
    """Turned away as with a code that never was, and nothing is left on the phone."""
    assert answer.status_code == 404
    assert "We do not know this code" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("fold", [str.lower, str.upper])
def test_scan_leads_to_clean_page_with_cookie(classroom: Any, phone: Callable[..., Any], fold: Any) -> None:
    bob = phone()
    answer = bob.get(f"/{fold('s')}/{fold(classroom.token())}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/l/{classroom.link.code}"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"l-{classroom.link.code}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = bob.get(f"/l/{classroom.link.code}")
    assert page.status_code == 200
    assert classroom.token() not in page.text.upper()


def test_flipped_bit_is_not_found(classroom: Any, phone: Callable[..., Any]) -> None:
    token = classroom.token(0)
    dice = random.Random(7)
    for _ in range(60):
        place = dice.randrange(len(token))
        letter = dice.choice([other for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if other != token[place]])
        not_known(phone().get(f"/s/{token[:place]}{letter}{token[place + 1 :]}"))


@pytest.mark.parametrize("mark", ["。", "）", "，快来", ".", ")", "\u200b", "%20", "”", "请打开", "=", "/abcdefg2。"])
def test_link_with_a_mark_behind_it_opens(classroom: Any, phone: Callable[..., Any], mark: str) -> None:
    bob = phone()
    assert bob.get(f"/s/{classroom.token(0)}{mark}").headers["location"] == f"/l/{classroom.link.code}"
    assert "林小满" in bob.get(f"/l/{classroom.link.code}").text
    app = phone().get(f"/s/{classroom.token()}{mark}", headers={"user-agent": WECHAT})
    assert app.status_code == 200
    assert f"/s/{classroom.token().lower()}" in app.text


@pytest.mark.parametrize("token", ["x", "0" * 36, "A" * 400, "%00", "é", "A" * 36 + "="])
def test_garbled_token_is_not_found(classroom: Any, phone: Callable[..., Any], token: str) -> None:
    not_known(phone().get(f"/s/{token}"))


def test_token_is_verified_before_the_database(
    classroom: Any, phone: Callable[..., Any], counted: Callable[[], Any]
) -> None:
    with counted() as queries:
        letter = "A" if classroom.token()[9] != "A" else "B"
        not_known(phone().get(f"/s/{classroom.token()[:9]}{letter}{classroom.token()[10:]}"))
        assert "Scan the code first" in phone().get(f"/l/{classroom.link.code}").text
    assert queries == []


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was verified, by its purpose, in its order."""
    found: list[str] = []
    unseal = Keyring.unseal

    def counted(keyring: Keyring, purpose: str, sealed: bytes) -> bytes:
        found.append(purpose)
        return unseal(keyring, purpose, sealed)

    monkeypatch.setattr(Keyring, "unseal", counted)
    return found


def test_token_and_cookie_are_verified_once_also_where_the_phone_is_turned_away(
    classroom: Any, phone: Callable[..., Any], verified: list[str]
) -> None:
    bob = phone()
    address = bob.get(f"/s/{classroom.token()}").headers["location"]
    assert bob.get(address).status_code == 200
    assert verified == [SHARE, "phone-v1"]
    verified.clear()
    classroom.run(withdraw_link, None, classroom.link)
    assert phone().get(f"/s/{classroom.token()}").status_code == 410
    assert bob.get(address).status_code == 410
    assert verified == [SHARE], "what was read of the cookie is kept"


def test_other_portals_token_is_not_found(classroom: Any, phone: Callable[..., Any]) -> None:
    other = Keyring.parse(f"1:{'77' * 32}")
    not_known(phone().get(f"/s/{share_token(other, classroom.link.code_bytes)}"))


def test_unknown_link_is_not_found(classroom: Any, phone: Callable[..., Any]) -> None:
    token = share_token(classroom.settings.keyring, b"\1" * CODE_BYTES)
    not_known(phone().get(f"/s/{token}"))


def test_withdrawn_link_is_gone(classroom: Any, phone: Callable[..., Any]) -> None:
    bob = phone()
    bob.get(f"/s/{classroom.token()}")
    classroom.run(withdraw_link, None, classroom.link)
    for answer in (phone("zh-CN").get(f"/s/{classroom.token()}"), phone("zh-CN").get(f"/S/{classroom.token(0)}")):
        assert answer.status_code == 410
        assert "这个码已经停用，请向老师要新的码。" in answer.text
        assert "set-cookie" not in answer.headers
    assert bob.get(f"/l/{classroom.link.code}").status_code == 410


def test_expired_link_is_gone(classroom: Any, phone: Callable[..., Any]) -> None:
    classroom.run(set_link_times, None, classroom.link, None, now() - timedelta(seconds=1))
    answer = phone().get(f"/s/{classroom.token()}")
    assert answer.status_code == 410
    assert "Ask your instructor for a new code." in answer.text


def test_link_that_is_not_open_says_when_and_looks_again(classroom: Any, phone: Callable[..., Any]) -> None:
    opens = now() + timedelta(seconds=20)
    classroom.run(set_link_times, None, classroom.link, opens, None)
    answer = phone().get(f"/s/{classroom.token()}")
    assert answer.status_code == 403
    assert f'datetime="{opens.isoformat(timespec="seconds")}"' in answer.text
    assert 'http-equiv="refresh"' in answer.text
    assert "set-cookie" not in answer.headers


def test_lesson_in_the_trash_says_so_until_it_is_taken_back(classroom: Any, phone: Callable[..., Any]) -> None:
    async def delete(deleted: bool = True) -> None:
        await delete_lesson(None, await lesson_by_id(classroom.lesson), deleted)
        forget_card(classroom.link.code)

    bob, address = phone(), f"/l/{classroom.link.code}"
    bob.get(f"/s/{classroom.token(0)}")
    classroom.run(delete)
    for answer in (
        phone().get(f"/s/{classroom.token()}"), phone().get(f"/s/{classroom.token(0)}"), bob.get(address),
        bob.get(f"{address}/mine"), phone().get(f"/s/{classroom.token()}", headers={"user-agent": WECHAT}),
    ):  # fmt: skip
        assert answer.status_code == 410
        assert "Your teacher has removed this lesson. What you sent is kept." in answer.text
        assert "not one of ours" not in answer.text
        assert "Tea 茶" not in answer.text
        assert "set-cookie" not in answer.headers
    chinese = phone("zh-CN").get(f"/s/{classroom.token()}").text
    assert "老师移除了这节课。你发送的内容都还在。如果还需要，请联系老师。" in chinese
    for kind, reference in product(("preview", "publish"), (classroom.link.code, classroom.token())):
        told = bob.get(f"/api/post/{kind}/{reference}")
        assert (told.status_code, told.json()["error"]["code"]) == (410, "lesson_in_trash")
    # The phone keeps what it could not send: this code is none after which it gives up.
    kept = bob.send("scan")
    assert (kept.status_code, kept.json()["error"]["code"]) == (410, "lesson_in_trash")
    classroom.run(delete, False)
    assert bob.get(address).status_code == 200


def test_personal_slip_knows_its_student(classroom: Any, phone: Callable[..., Any]) -> None:
    ann = phone()
    ann.get(f"/s/{classroom.token(classroom.students[1].seat)}")
    page = ann.get(f"/l/{classroom.link.code}").text
    assert "Ann O&#39;Neil" in page
    assert "Who are you?" not in page
    assert "林小满" not in page


def test_slip_of_student_who_left_is_not_found(classroom: Any, phone: Callable[..., Any]) -> None:
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")
    classroom.run(remove_student, None, classroom.course, classroom.students[1].id)
    for answer in (
        phone().get(f"/s/{classroom.token(1)}"), phone().get(f"/s/{classroom.token(77)}"),
        ann.get(f"/l/{classroom.link.code}"),
    ):  # fmt: skip
        not_known(answer)
        assert "Neil" not in answer.text


def test_personal_link_needs_its_own_seat(classroom: Any, phone: Callable[..., Any]) -> None:
    personal = classroom.run(issue_link, None, classroom.lesson, classroom.students[0].id)
    not_known(phone().get(f"/s/{classroom.token(link=personal)}"))
    not_known(phone().get(f"/s/{classroom.token(1, personal)}"))
    answer = phone().get(f"/s/{classroom.token(0, personal)}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/l/{personal.code}")


def test_phone_keeps_its_device_and_twenty_links(
    classroom: Any, phone: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = phone()
    for moment in range(1_800_000_000, 1_800_000_023):
        monkeypatch.setattr("portal.student.phone.time.time", lambda moment=moment: moment)
        link = classroom.run(issue_link, None, classroom.lesson)
        bob.get(f"/s/{classroom.token(link=link)}")
    names = [name for name in bob.jar if name.startswith("l-")]
    assert len(names) == 20
    assert f"l-{link.code}" in names
    bob.send("scan", link=names[0][2:])
    bob.send("scan", link=names[-1][2:])
    assert len({event["device"] for event in classroom.events()}) == 1


def test_wechat_gets_the_way_out_at_the_same_address(classroom: Any, phone: Callable[..., Any]) -> None:
    answer = phone("zh-CN", WECHAT).get(f"/S/{classroom.token(0)}")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "在微信里打不开小红书" in answer.text
    assert "选择「在 Safari 中打开」或「在浏览器打开」" in answer.text
    assert f"/s/{classroom.token(0).lower()}" in answer.text
    assert "data-sdk" not in answer.text
    assert 'id="publish"' not in answer.text
    assert "Find <strong>light</strong>." in answer.text
    assert answer.headers["referrer-policy"] == "same-origin"
    script = next(part for part in answer.headers["content-security-policy"].split("; ") if part.startswith("script-"))
    assert script == "script-src 'self'"


def test_wechat_at_the_clean_address_offers_the_code_again(classroom: Any, phone: Callable[..., Any]) -> None:
    bob = phone()
    bob.get(f"/s/{classroom.token(0)}")
    bob.headers["user-agent"] = WECHAT
    page = bob.get(f"/l/{classroom.link.code}").text
    assert f"/s/{classroom.token(0).lower()}" in page
    assert "data-sdk" not in page


def test_cookie_of_other_phone_or_made_up_is_nobodys(classroom: Any, phone: Callable[..., Any]) -> None:
    eve = phone()
    for value in ("", "x", str(uuid4()), "AAAA" * 12):
        eve.jar.set(f"l-{classroom.link.code}", value, domain="testserver.local")
        answer = eve.get(f"/l/{classroom.link.code}")
        assert answer.status_code == 403
        assert 'href="/go"' in answer.text


def test_cookie_of_one_link_does_not_open_another(classroom: Any, phone: Callable[..., Any]) -> None:
    other = classroom.run(issue_link, None, classroom.lesson)
    eve = phone()
    eve.get(f"/s/{classroom.token()}")
    eve.jar.set(f"l-{other.code}", eve.jar[f"l-{classroom.link.code}"], domain="testserver.local")
    answer = eve.get(f"/l/{other.code}")
    assert answer.status_code == 403
    assert "Scan the code first" in answer.text
    assert "Tea 茶" not in answer.text
    assert "Who are you?" in eve.get(f"/l/{classroom.link.code}").text


def test_secure_cookie_over_https(classroom: Any) -> None:
    cookie = link_cookie(
        Phone("0" * 16, 1, b"12345", None), replace(classroom.settings, public_url="https://x.example")
    )
    assert cookie.key.startswith("__Host-l-")
    assert cookie.secure
    assert cookie.path == "/"
