"""Journey 3: an instructor reads the completion list, opens a cell, refuses and confirms."""

import re
from collections.abc import Callable
from typing import Any

NOTE = "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2"


def cell(alice: Any) -> str:
    """The address of the first student's cell."""
    page = alice.http.get(f"/courses/{alice.course}/completion").text
    found = re.search(rf"{alice.lesson}/[0-9a-f-]{{36}}", page).group()
    return f"/courses/{alice.course}/completion/{found}"


def test_instructor_reads_opens_refuses_and_confirms(
    make_instructor: Callable[..., Any], make_student: Callable[[], Any]
) -> None:
    alice, lin = make_instructor(), make_student()
    page = alice.http.get(f"/courses/{alice.course}/completion").text
    assert "林小满" in page
    assert "王子涵" in page, "everyone enrolled is in it before anything happened"

    lin.scan(alice.share_url())
    lin.http.post(f"/l/{lin.link}/student", data={"student": "2026001"})
    lin.report("scan")
    lin.report("link", text=NOTE)
    events = alice.http.get(cell(alice)).text
    assert NOTE in events

    refused = alice.http.post(
        f"{cell(alice)}/decision", data={"decision": "refuse", "reason": "别人的笔记", "platform": "xiaohongshu"}
    )
    assert refused.status_code == 303
    assert alice.completion()["2026001"]["三步拍出一杯好茶"] == "Scanned"
    assert "别人的笔记" in lin.http.get(f"/l/{lin.link}").text

    lin.report("link", text=NOTE.replace("667a", "667b"))
    assert alice.completion()["2026001"]["三步拍出一杯好茶"] == "Note link given"
    alice.http.post(f"{cell(alice)}/decision", data={"decision": "confirm", "platform": "xiaohongshu"})
    assert alice.completion()["2026001"]["三步拍出一杯好茶"] == "Confirmed"

    only = alice.http.get(f"/courses/{alice.course}/completion", params={"rung": "confirmed"}).text
    assert "林小满" in only
    assert "王子涵" not in only.split("<table", 1)[1]


def test_stranger_meets_the_same_404_as_for_what_is_not_there(make_instructor: Callable[..., Any]) -> None:
    alice, bob = make_instructor(), make_instructor()
    for path in (
        f"/courses/{alice.course}",
        f"/courses/{alice.course}/completion",
        f"/lessons/{alice.lesson}",
        cell(alice),
    ):
        theirs = bob.http.get(path)
        nothing = bob.http.get(path.replace(alice.course, bob.lesson).replace(alice.lesson, bob.course))
        assert (theirs.status_code, theirs.text) == (nothing.status_code, nothing.text)
        assert theirs.status_code == 404
