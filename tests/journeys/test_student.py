"""Journey 2: a student scans, says who, looks, publishes in rehearsal and gives the note's link."""

from collections.abc import Callable
from typing import Any

NOTE = "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2"


def test_student_publishes_from_a_class_link(
    make_instructor: Callable[..., Any], make_student: Callable[[], Any]
) -> None:
    alice, lin = make_instructor(), make_student()
    page = lin.scan(alice.share_url())
    assert page.status_code == 200
    assert lin.report("scan").json() == {"recorded": 1, "known": 0}

    assert "2026002" not in page.text
    assert "王子涵" not in page.text, "nobody else's name"
    unknown = lin.http.post(f"/l/{lin.link}/student", data={"student": "9999"})
    assert unknown.status_code == 422
    assert "9999" in unknown.text
    assert lin.http.post(f"/l/{lin.link}/student", data={"student": "2026001"}).status_code == 303
    page = lin.http.get(f"/l/{lin.link}")
    assert "2026001 林**" in page.text, "a number alone shows nobody's full name"

    lin.report("preview")
    answer = lin.share().json()
    assert answer["success"] is True, answer
    assert answer["data"]["data_code"]
    lin.report("launch")
    assert alice.completion()["2026001"]["三步拍出一杯好茶"] == "App opened"

    refused = lin.report("link", text="https://www.xiaohongshu.com/user/profile/5ff0e6410000000001008400")
    assert refused.status_code == 422
    assert lin.report("link", text=f"【三步 - 林 | 小红书】 😆 {NOTE} ，复制").json() == {"recorded": 1, "known": 0}
    row = alice.completion()["2026001"]
    assert row["三步拍出一杯好茶"] == "Note link given"
    assert NOTE in row.values()
    assert alice.completion()["2026002"]["三步拍出一杯好茶"] == "Not started"


def test_student_does_all_of_it_without_scripts(
    make_instructor: Callable[..., Any], make_student: Callable[[], Any]
) -> None:
    alice, lin = make_instructor(), make_student()
    lin.scan(alice.share_url())
    lin.http.post(f"/l/{lin.link}/student", data={"student": "林小满"})
    page = lin.http.get(f"/l/{lin.link}").text
    form = page.split('name="id" value="')[1].split('"')[0]
    for _ in range(2):
        answer = lin.http.post(f"/l/{lin.link}/publication", data={"id": form, "choice": "link", "text": NOTE})
        assert answer.status_code == 303
    assert alice.completion()["2026001"]["三步拍出一杯好茶"] == "Note link given"


def test_student_is_known_in_the_course_after_the_first_lesson(
    make_instructor: Callable[..., Any], make_student: Callable[[], Any]
) -> None:
    alice, lin = make_instructor(), make_student()
    lin.scan(alice.share_url())
    lin.http.post(f"/l/{lin.link}/student", data={"student": "2026001"})
    alice.http.post(f"/lessons/{alice.lesson}/links")
    assert "2026001 林**" in lin.scan(alice.share_url()).text


def test_student_is_told_why_nothing_was_published(
    make_instructor: Callable[..., Any], make_student: Callable[[], Any]
) -> None:
    alice, lin = make_instructor(), make_student()
    lin.scan(alice.share_url())
    lin.http.post(f"/l/{lin.link}/student", data={"student": "2026001"})
    lin.report("launch")
    lin.report("fail", message="签名校验失败，非法参数-signature")
    assert alice.completion()["2026001"]["三步拍出一杯好茶"] == "Publishing failed"
    assert "签名校验失败，非法参数-signature" in lin.http.get(f"/l/{lin.link}").text


def test_student_in_wechat_is_led_out(make_instructor: Callable[..., Any], make_student: Callable[[], Any]) -> None:
    alice, lin = make_instructor(), make_student()
    lin.http.headers["user-agent"] += " MicroMessenger/8.0.50 MMWEBID/1"
    answer = lin.http.get(alice.share_url())
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "sdk.js" not in answer.text
    assert alice.share_url().lower() in answer.text.lower()
