"""Did you publish it? The form without scripts."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from courses.tables.events import Event
from portal.student import quotas

NOTE = "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2"


@pytest.fixture
def ann(classroom: Any, phone: Callable[..., Any]) -> Any:
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")
    return ann


def tell(phone: Any, classroom: Any, **form: str) -> Any:
    return phone.post(f"/l/{classroom.link.code}/publication", data=form)


def test_claim_without_scripts(classroom: Any, ann: Any) -> None:
    form_id = ann.get(f"/l/{classroom.link.code}").text.split('name="id" value="')[1].split('"')[0]
    for _ in range(2):
        answer = tell(ann, classroom, choice="claim", id=form_id, text="")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/l/{classroom.link.code}?done=claimed"
    assert classroom.rung(classroom.students[1]) == "claimed"
    assert [event["kind"] for event in classroom.events()] == ["claim"]


def test_link_after_claim_with_the_same_form_counts(classroom: Any, ann: Any) -> None:
    form_id = str(uuid4())
    tell(ann, classroom, choice="claim", id=form_id)
    text = f"93 【茶 - Ann | 小红书】 😆 abc 😆 {NOTE}?xsec_token=T&source=webshare，复制"
    assert tell(ann, classroom, choice="link", id=form_id, text=text).status_code == 303
    progress = classroom.progress(classroom.students[1])
    assert classroom.rung(classroom.students[1]) == "linked"
    assert progress.note_url == f"{NOTE}?xsec_token=T"
    assert progress.note_id == "667aacb8000000001e010eb2"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Paste the link of your note."),
        ("no link", "There is no link in this text."),
        ("https://www.xiaohongshu.com/user/profile/5f0000000000000000000000", "leads to a profile"),
        ("https://v.douyin.com/fKNisepr3Tw/", "a link to Douyin"),
        ("https://evil.example/explore/667aacb8000000001e010eb2", "not a XiaoHongShu link"),
    ],
)
def test_refused_link_keeps_the_text(classroom: Any, ann: Any, text: str, words: str) -> None:
    answer = tell(ann, classroom, choice="link", id=str(uuid4()), text=text)
    assert answer.status_code == 422
    assert words in answer.text
    assert f">{text}</textarea>" in answer.text
    assert classroom.events() == []


@pytest.fixture
def one_report_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "STUDENT_LIMIT", 1)


@pytest.mark.usefixtures("one_report_an_hour", "own_app")
def test_every_page_that_turns_a_form_away_gives_back_what_was_typed(
    classroom: Any, ann: Any, phone: Callable[..., Any]
) -> None:
    def told(sender: Any, text: str) -> tuple[int, str]:
        answer = tell(sender, classroom, choice="link", id=str(uuid4()), text=text)
        found = re.search(r'<textarea id="typed"[^>]*>(.*?)</textarea>', answer.text, re.S)
        return answer.status_code, found[1] if found else answer.text

    text, shown = f"看 {NOTE} <b>", f"看 {NOTE} &lt;b&gt;"
    assert told(phone(), text) == (403, shown)
    classroom.run(lambda: Event.raw("ALTER TABLE event RENAME TO away").run())
    try:
        assert told(ann, text) == (500, shown)
    finally:
        classroom.run(lambda: Event.raw("ALTER TABLE away RENAME TO event").run())
    assert told(ann, text)[0] == 303  # the failure cost nothing
    assert told(ann, text) == (429, shown)
    status, page = told(ann, "字" * 30_000)
    assert status == 413
    assert "Go back in your browser: what you typed is still in the form." in page


@pytest.mark.parametrize("choice", ["", "confirm", "refuse", "scan"])
def test_other_answers_are_refused(classroom: Any, ann: Any, choice: str) -> None:
    answer = tell(ann, classroom, choice=choice, id="not a uuid")
    assert answer.status_code == 422
    assert "Choose one of the answers." in answer.text
    assert classroom.events() == []


def test_not_yet_changes_nothing(classroom: Any, ann: Any) -> None:
    assert tell(ann, classroom, choice="later").headers["location"] == f"/l/{classroom.link.code}"
    assert classroom.events() == []


def test_unnamed_phone_must_say_who_it_is(classroom: Any, phone: Callable[..., Any]) -> None:
    bob = phone()
    bob.get(f"/s/{classroom.token()}")
    answer = tell(bob, classroom, choice="claim", id=str(uuid4()))
    assert answer.status_code == 422
    assert "First say who you are." in answer.text
    assert classroom.events() == []


def test_strangers_phone_is_turned_away(classroom: Any, phone: Callable[..., Any], ann: Any, cross_site: Any) -> None:
    stranger = tell(phone(), classroom, choice="claim")
    assert stranger.status_code == 403
    assert "Scan the code first" in stranger.text
    answer = ann.post(f"/l/{classroom.link.code}/publication", data={"choice": "claim"}, headers=cross_site)
    assert answer.status_code == 403
    assert "it came from another site" in answer.text
    assert classroom.events() == []
