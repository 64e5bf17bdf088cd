"""What phones report: taken once, in any order, only for what the phone may speak of."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from courses.clock import now
from courses.events.ladder import rung
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links, forget_card, issue_link, set_link_times, withdraw_link
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn
from courses.students.claims import claim_student
from courses.students.roster import remove_student
from courses.tables.links import Link
from portal.api.phones import events as events_api
from portal.student import quotas, reports
from portal.student.reports import DETAIL_BYTES

NOTE = "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2"


#: fixed, as the names of parametrised tests are made of it and must be the same in every process
NOBODY = "3b0c8a52-6f3c-4a55-9d51-7a1f1c2e9b10"


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "kind": kind, "at": datetime.now(UTC).isoformat(), "detail": {}} | more


def send(phone: Any, *events: Any) -> Any:
    return phone.post("/api/events", json={"events": list(events)})


def old(classroom: Any, link: Any, days: int = 60) -> None:
    """As if the link had been made so long ago."""
    made_at = now() - timedelta(days=days)
    classroom.run(lambda: Link.update({Link.created_at: made_at}).where(Link.id == link.id).run())
    forget_card(link.code)


@pytest.fixture
def ann(classroom: Any, phone: Callable[..., Any]) -> Any:
    """Ann's phone with her personal slip."""
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")
    return ann


def test_event_is_recorded_once(classroom: Any, ann: Any) -> None:
    scan = event("scan", platform="xiaohongshu")
    assert send(ann, scan).json() == {"recorded": 1, "known": 0}
    assert send(ann, scan).json() == {"recorded": 0, "known": 1}
    assert send(ann, scan, event("preview"), scan).json() == {"recorded": 1, "known": 2}
    stored = classroom.events()
    assert [row["kind"] for row in stored] == ["scan", "preview"]
    assert {row["student"] for row in stored} == {classroom.students[1].id}
    assert {row["link"] for row in stored} == {classroom.link.id}
    assert classroom.rung(classroom.students[1]) == "previewed"


def test_order_and_repetition_do_not_matter(classroom: Any, phone: Callable[..., Any], alice_person: SignedIn) -> None:
    start = now() - timedelta(minutes=10)
    kinds = ("scan", "preview", "launch", "fail")
    results = set()
    for order in list(permutations(range(4)))[::3]:
        lesson = classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "Once"))
        link = classroom.run(class_links, [lesson])[lesson]
        old(classroom, link)
        ann = phone()
        ann.get(f"/s/{classroom.token(1, link)}")
        made = [
            event(kind, at=(start + timedelta(minutes=n)).isoformat(), detail={"message": "no"})
            for n, kind in enumerate(kinds)
        ]
        for place in [*order, *order]:
            assert send(ann, made[place]).status_code == 200
        progress = classroom.progress(classroom.students[1], lesson)
        results.add((progress.scanned_at, progress.previewed_at, progress.launched_at, progress.failed_at))
    assert len(results) == 1


def test_link_is_read_by_the_server(classroom: Any, ann: Any) -> None:
    text = f"93 【茶】 😆 lR3gT9A0eAQ5XWn 😆 {NOTE}?xsec_token=T&source=webshare，复制"
    answer = send(ann, event("link", detail={"text": text, "note_id": "forged", "url": "https://evil.example"}))
    assert answer.json() == {"recorded": 1, "known": 0}
    progress = classroom.progress(classroom.students[1])
    assert (progress.note_url, progress.note_id) == (f"{NOTE}?xsec_token=T", "667aacb8000000001e010eb2")
    assert "lR3gT9A0eAQ5XWn" not in str(classroom.events())


@pytest.mark.parametrize("text", ["", "hello", "javascript:alert(1)", 7, None, ["x"], "x" * 3000])
def test_text_without_note_link_is_refused(classroom: Any, ann: Any, text: Any) -> None:
    answer = send(ann, event("link", detail={"text": text}))
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"
    assert list(answer.json()["error"]["fields"]) == ["text"]
    assert classroom.events() == []


def test_refused_event_does_not_hold_up_the_others(classroom: Any, ann: Any) -> None:
    bad = event("link", detail={"text": "hello"})
    answer = send(ann, event("claim"), bad)
    assert answer.status_code == 200
    body = answer.json()
    assert body["recorded"] == 1
    assert [(item["id"], item["reason"]) for item in body["refused"]] == [(bad["id"], "invalid")]
    assert classroom.rung(classroom.students[1]) == "claimed"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "confirm"}, {"kind": "refuse"}, {"kind": "published"}, {"kind": None},
        {"id": "1"}, {"id": ""}, {"id": None},
        {"at": "2026-01-01T00:00:00"}, {"at": "yesterday"}, {"at": 1795469233}, {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-14:00"},
        {"student": NOBODY}, {"person": NOBODY}, {"device": "0" * 16}, {"received_at": "2020-01-01T00:00:00Z"},
        {"lesson": NOBODY}, {"rung": "confirmed"},
        {"detail": []}, {"detail": "x"}, {"detail": {"message": "x" * DETAIL_BYTES}}, {"detail": {"message": "a\0b"}},
        {"platform": "x" * 17}, {"link": "x" * 65}, {"link": 7},
    ],
    ids=str,
)  # fmt: skip
def test_forged_or_malformed_is_refused_whole(classroom: Any, ann: Any, change: dict[str, Any]) -> None:
    answer = send(ann, event("scan"), event("preview") | change)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"
    assert classroom.events() == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b'{"events":[]}', b'{"events":{}}', b"\xff\xfe", b'{"events":[' + b"[" * 20_000 + b"]}",
        b'{"events":[{}],"more":1}', b'{"events":' + b"[" * 30_000,
    ],
)  # fmt: skip
def test_garbage_is_refused(classroom: Any, ann: Any, body: bytes) -> None:
    answer = ann.post("/api/events", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "bad_request"


def test_limits_of_a_body(classroom: Any, ann: Any) -> None:
    assert send(ann, *[event("scan") for _ in range(100)]).json() == {"recorded": 100, "known": 0}
    assert send(ann, *[event("scan") for _ in range(101)]).status_code == 400
    assert ann.post("/api/events", content=b" " * (64 << 10) + b"{}").status_code == 413


def test_long_share_text_is_read_and_only_its_link_is_kept(classroom: Any, ann: Any) -> None:
    text = "好" * 3900 + f" {NOTE} ，复制"
    assert send(ann, event("link", detail={"text": text})).json() == {"recorded": 1, "known": 0}
    assert "好" not in classroom.events()[0]["detail"]
    assert send(ann, event("fail", detail={"message": "好" * 3900})).status_code == 400
    refused = send(ann, event("link", detail={"text": "好" * 4001}))
    assert refused.json()["error"]["fields"]["text"] == "That is too long. Paste only the link of your note."


def test_unknown_platform_is_refused(classroom: Any, ann: Any) -> None:
    answer = send(ann, event("scan", platform="myspace"))
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["platform"])
    assert classroom.events() == []


def test_hostile_words_are_kept_as_words(classroom: Any, ann: Any) -> None:
    words = "<script>alert(1)</script> {{7*7}} =cmd() \r\nSet-Cookie: x"
    assert send(ann, event("fail", detail={"message": words})).json() == {"recorded": 1, "known": 0}
    assert classroom.progress(classroom.students[1]).failure == words


def test_stranger_may_not_report(classroom: Any, phone: Callable[..., Any]) -> None:
    answer = send(phone(), event("scan"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "phone_unknown")
    answer = send(phone(), event("scan", link=classroom.link.code))
    assert answer.status_code == 401
    answer = send(phone(), event("scan", link=classroom.token()[:-2] + "AA"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "token_invalid")
    assert classroom.events() == []


def test_token_speaks_for_its_link(classroom: Any, phone: Callable[..., Any]) -> None:
    scan = event("scan", link=classroom.token(1).lower(), detail={"browser": "wechat"})
    assert send(phone(), scan).json() == {"recorded": 1, "known": 0}
    assert send(phone(), event("scan", link=classroom.token(40))).status_code == 404
    (row,) = classroom.events()
    assert (row["student"], row["device"]) == (classroom.students[1].id, None)


def test_events_go_to_the_link_they_name(classroom: Any, ann: Any, alice_person: SignedIn) -> None:
    lesson = classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "Second"))
    other = classroom.run(class_links, [lesson])[lesson]
    ann.get(f"/s/{classroom.token(1, other)}")
    answer = send(ann, event("scan", link=classroom.link.code), event("scan", link=other.code))
    assert answer.json() == {"recorded": 2, "known": 0}
    assert {row["lesson"] for row in classroom.events()} == {classroom.lesson, lesson}


def test_known_id_of_another_changes_nothing(classroom: Any, ann: Any, phone: Callable[..., Any]) -> None:
    claim = event("claim")
    send(ann, claim)
    lin = phone()
    lin.get(f"/s/{classroom.token(0)}")
    assert send(lin, claim).json() == {"recorded": 0, "known": 1}
    assert classroom.rung(classroom.students[0]) == "not_started"


def test_seat_beats_what_the_phone_said(classroom: Any, ann: Any) -> None:
    device = None
    send(ann, event("scan"))
    device = classroom.events()[0]["device"]
    classroom.run(claim_student, classroom.course, device, "2026001")
    send(ann, event("claim"))
    assert classroom.rung(classroom.students[1]) == "claimed"
    assert classroom.rung(classroom.students[0]) == "not_started"


def test_student_who_left_no_longer_reports(classroom: Any, ann: Any) -> None:
    classroom.run(remove_student, None, classroom.course, classroom.students[1].id)
    answer = send(ann, event("claim"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert "Neil" not in answer.text
    assert classroom.events() == []


def test_withdrawn_link_takes_what_happened_before(classroom: Any, ann: Any) -> None:
    old(classroom, classroom.link)
    early = (now() - timedelta(seconds=5)).isoformat()
    classroom.run(withdraw_link, None, classroom.link)
    late = (now() + timedelta(seconds=1)).isoformat()
    assert send(ann, event("scan", at=late)).status_code == 410
    assert send(ann, event("claim", at=late)).json()["error"]["code"] == "link_ended"
    answer = send(ann, event("scan", at=early), event("claim", at=late))
    assert answer.status_code == 200
    assert answer.json()["recorded"] == 1
    assert [item["reason"] for item in answer.json()["refused"]] == ["link_ended"]


def test_expired_link_takes_the_end_of_what_was_begun(classroom: Any, ann: Any) -> None:
    old(classroom, classroom.link)
    classroom.run(set_link_times, None, classroom.link, None, now() - timedelta(hours=1))
    for kind in ("scan", "preview"):
        late = send(ann, event(kind))
        assert (late.status_code, late.json()["error"]["code"]) == (410, "link_ended")
    assert send(ann, event("claim")).json() == {"recorded": 1, "known": 0}
    begun = (now() - timedelta(hours=2)).isoformat()
    assert send(ann, event("scan", at=begun)).json() == {"recorded": 1, "known": 0}
    classroom.run(set_link_times, None, classroom.link, None, now() - timedelta(hours=25))
    late = send(ann, event("claim"))
    assert (late.status_code, late.json()["error"]["code"]) == (410, "link_ended")
    in_time = (now() - timedelta(hours=26)).isoformat()
    assert send(ann, event("claim", at=in_time)).json() == {"recorded": 1, "known": 0, "ended": True}
    assert [row["kind"] for row in classroom.events()] == ["claim", "scan", "claim"]


def test_link_that_is_not_open_takes_nothing(classroom: Any, ann: Any) -> None:
    classroom.run(set_link_times, None, classroom.link, now() + timedelta(hours=1), None)
    answer = send(ann, event("scan"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "link_not_open")


def test_clock_of_the_phone_may_be_wrong(classroom: Any, ann: Any) -> None:
    begun = now()
    send(ann, event("scan", at="1970-01-02T00:00:00Z"), event("preview", at="2099-01-01T00:00:00+08:00"))
    progress = classroom.progress(classroom.students[1])
    assert begun < progress.scanned_at == progress.previewed_at < now()
    assert progress.doubtful == "scanned previewed"
    kept = [(row["at"].year, row["at_doubtful"]) for row in classroom.events()]
    assert sorted(kept) == [(1970, True), (2098, True)]


def test_clock_that_the_page_has_measured_is_put_right(classroom: Any, ann: Any) -> None:
    old(classroom, classroom.link)
    made_at = now() - timedelta(milliseconds=10)
    off = timedelta(days=20_000)
    wrong = event("scan", at=(made_at - off).isoformat(), offset=off // timedelta(milliseconds=1))
    assert send(ann, wrong).json() == {"recorded": 1, "known": 0}
    assert (classroom.progress(classroom.students[1]).scanned_at - made_at) < timedelta(milliseconds=1)
    assert classroom.progress(classroom.students[1]).doubtful is None
    assert [row["clock_offset"] for row in classroom.events()] == [wrong["offset"]]


@pytest.mark.parametrize("offset", [10**13, -(10**13), "5", 1.5, True, [1]])
def test_offset_that_no_clock_has_is_refused(classroom: Any, ann: Any, offset: object) -> None:
    assert send(ann, event("scan", offset=offset)).status_code == 400
    assert classroom.events() == []


def test_report_twenty_days_late_keeps_its_time(classroom: Any, ann: Any) -> None:
    old(classroom, classroom.link)
    then = now() - timedelta(days=20)
    send(ann, *(event(kind, at=then.isoformat()) for kind in ("scan", "preview", "launch", "claim")))
    progress = classroom.progress(classroom.students[1])
    assert (progress.scanned_at, progress.launched_at, progress.claim_made_at) == (then, then, then)
    assert progress.claimed_at > now() - timedelta(minutes=1)
    assert rung(progress) == ("claimed", then)


def test_report_from_before_the_link_was_made_is_doubtful(classroom: Any, ann: Any) -> None:
    old(classroom, classroom.link, 5)
    send(ann, event("scan", at=(now() - timedelta(days=20)).isoformat()))
    progress = classroom.progress(classroom.students[1])
    assert progress.scanned_at > now() - timedelta(minutes=1)
    assert progress.doubtful == "scanned"


def test_personal_link_hears_its_own_student_alone(classroom: Any, phone: Callable[..., Any]) -> None:
    personal = classroom.run(issue_link, None, classroom.lesson, classroom.students[0].id)
    for seat in (1, None):
        answer = send(phone(), event("claim", link=classroom.token(seat, personal)))
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert classroom.events() == []
    assert send(phone(), event("claim", link=classroom.token(0, personal))).json() == {"recorded": 1, "known": 0}
    assert [row["student"] for row in classroom.events()] == [classroom.students[0].id]


def test_form_of_another_site_is_refused(classroom: Any, ann: Any) -> None:
    answer = ann.post("/api/events", json={"events": [event("claim")]}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert "it came from another site" in answer.json()["error"]["message"]
    assert classroom.events() == []


@pytest.fixture
def three_reports_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEVICE_LIMIT", "STUDENT_LIMIT"):
        monkeypatch.setattr(quotas, name, 3)


@pytest.mark.usefixtures("three_reports_an_hour", "own_app")
def test_one_phone_is_slowed_down_and_its_class_is_not(classroom: Any, ann: Any, phone: Callable[..., Any]) -> None:
    for _ in range(3):
        assert send(ann, event("scan")).status_code == 200
    answer = send(ann, event("scan"))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 3600
    assert answer.json()["error"]["code"] == "too_many"
    # Nothing that it sends is looked into any more, else this would be wrong of itself.
    assert send(ann, event("scan", platform="nonsense")).status_code == 429
    lin = phone()
    lin.get(f"/s/{classroom.token(0)}")
    assert send(lin, event("scan")).status_code == 200


def test_name_given_meanwhile_is_not_lost(
    classroom: Any, phone: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = phone()
    bob.get(f"/s/{classroom.token()}")
    send(bob, event("scan"))
    device = classroom.events()[0]["device"]
    sort_out = reports.sort_out

    async def slow(*arguments: Any) -> Any:
        found = await sort_out(*arguments)
        await claim_student(classroom.course, device, "2026001")  # between the look-up and the commit
        return found

    monkeypatch.setattr(events_api, "sort_out", slow)
    send(bob, event("preview"))
    assert classroom.progress(classroom.students[0]).previewed_at is not None


def test_refused_signature_is_worth_another_try(classroom: Any, ann: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    monkeypatch.setattr("portal.platforms.XiaoHongShu.note_refusal", lambda _, words: said.append(words) or True)
    answer = send(ann, event("fail", detail={"message": "签名校验失败"}))
    assert answer.json() == {"recorded": 1, "known": 0, "retry": True}
    old = (now() - timedelta(minutes=5)).isoformat()
    assert "retry" not in send(ann, event("fail", at=old, detail={"message": "签名校验失败"})).json()
    assert said == ["签名校验失败"]
