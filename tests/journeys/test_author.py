"""Journey 1: an instructor signs up, writes a lesson and prints it."""

import re
from collections.abc import Callable
from typing import Any

import httpx


def test_author_writes_shares_and_prints(
    make_instructor: Callable[..., Any], make_student: Callable[[], Any], read_sheet: Callable[[bytes], list[str]]
) -> None:
    alice = make_instructor()
    listed = alice.http.get(f"/courses/{alice.course}").text
    assert "三步拍出一杯好茶" in listed
    url = alice.share_url()

    sheet = alice.http.get(f"/courses/{alice.course}/sheet.pdf", params={"layout": "a4-24"})
    assert sheet.headers["content-type"] == "application/pdf"
    codes = read_sheet(sheet.content)
    assert [code.lower() for code in codes] == [url.lower()]
    assert codes[0].startswith("http")
    assert codes[0].split("://")[1] == codes[0].split("://")[1].upper()

    page = make_student().scan(codes[0])
    assert page.status_code == 200
    assert "三步拍出一杯好茶" in page.text


def test_author_prints_a_slip_for_each_student(
    make_instructor: Callable[..., Any], make_student: Callable[[], Any], read_sheet: Callable[[bytes], list[str]]
) -> None:
    alice = make_instructor()
    sheet = alice.http.get(f"/courses/{alice.course}/sheet.pdf", params={"layout": "a4-24", "personal": "1"})
    pages = [make_student().scan(code).text for code in read_sheet(sheet.content)]
    assert len(pages) == 2
    assert sorted("林小满" in page for page in pages) == [False, True]
    assert sorted("王子涵" in page for page in pages) == [False, True]


def test_author_gets_the_form_back_with_uploads_and_text(make_instructor: Callable[..., Any]) -> None:
    alice = make_instructor()
    from_phone = (("pictures", ("a.jpg", b"not a picture", "image/jpeg")),)
    form = {"kind": "normal", "title": "", "body": "typed text", "topics": "#a#b", "platforms": "xiaohongshu"}
    answer = alice.http.post(f"/courses/{alice.course}/lessons", data=form, files=list(from_phone))
    assert answer.status_code == 422
    assert "typed text" in answer.text
    assert "a.jpg" in answer.text
    lessons = set(re.findall(r"/lessons/[0-9a-f-]{36}/edit", alice.http.get(f"/courses/{alice.course}").text))
    assert lessons == {f"/lessons/{alice.lesson}/edit"}, "nothing was added"


def test_author_withdraws_a_link_and_issues_a_new_one(
    make_instructor: Callable[..., Any], make_student: Callable[[], Any]
) -> None:
    alice = make_instructor()
    old = alice.share_url()
    answer: httpx.Response = alice.http.post(f"/lessons/{alice.lesson}/links")
    assert answer.status_code == 303
    assert alice.share_url() != old
    assert make_student().scan(alice.share_url()).status_code == 200
    assert make_student().scan(old).status_code == 410
