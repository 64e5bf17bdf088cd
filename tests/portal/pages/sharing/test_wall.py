"""The wall: where each student stands, why one is stuck, and nothing that the database does not hold."""

import asyncio
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from courses.lessons.links import withdraw_link
from courses.people.sessions import end_session
from courses.results.deciding import decide
from courses.results.wall import wall
from courses.signed_in import SignedIn
from courses.tables.events import Publication
from portal.pages.sharing import wall as wall_page
from portal.sharing.wall_feed import WALLS, WallView

Run = Callable[..., Any]
NOTE = {"url": "https://www.xiaohongshu.com/explore/66aa11bb22cc33dd44ee55ff", "note_id": "66"}


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """By name the state and the words of each tile."""
    found = re.findall(
        r'<li class="tile (\w+)".*?class="name">([^<]*)</span> <span class="said">([^<]*)</span>', page, re.DOTALL
    )
    return {name: (state, words) for state, name, words in found}


def test_each_student_stands_where_the_phone_says(
    alice: TestClient, alice_person: SignedIn, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    students = enrol("Ann", "Bea", "Cy", "Dee", "Eve", "Flo", "Guy", "Hal")
    ann, bea, cy, dee, eve, flo, guy, _ = (student.id for student in students)
    report(ann, "scan")
    report(bea, "scan", "preview", "launch")
    report(cy, "scan", "launch", link=NOTE)
    report(dee, "scan", "launch", fail={"message": "签名校验失败"})
    report(eve, scan={"browser": "wechat"})
    report(flo, "scan", "claim")
    run(decide, alice_person, lesson, flo, "xiaohongshu", "refuse", "no picture")
    report(guy, "scan", "preview")
    address = f"/courses/{course}/lessons/{lesson}/wall"
    # `report` is of an hour ago: all that is under way has been quiet for long
    assert tiles(alice.get(address).text)["Ann"] == ("stuck", "Nothing new for a while")
    run(fresh)
    page = alice.get(address).text
    assert tiles(page) == {
        "Ann": ("scanned", "Scanned"), "Bea": ("working", "App opened"), "Cy": ("done", "Note link given"),
        "Dee": ("stuck", "The signature was not accepted"), "Eve": ("stuck", "Opened in WeChat"),
        "Flo": ("stuck", "Sent back"), "Guy": ("working", "Previewed"), "Hal": ("waiting", "Not started"),
    }  # fmt: skip
    assert re.search(r'<b class="big">1</b>\s+of 8 done', page)
    assert "<b>3</b> Stuck" in page
    for number, rung in ((1, "linked"), (1, "failed"), (1, "not_started")):
        assert re.search(rf'class="state \w+" href="[^"]+rung={rung}&amp;lesson={lesson}">[^<]+<b>{number}</b>', page)
    assert sum(run(wall, course, lesson).totals.values()) == 8


async def fresh() -> None:
    """As if everything had just happened."""
    rows = await Publication.select(Publication.id, Publication.at)
    for row in rows:
        await Publication.update({Publication.at: row["at"] + timedelta(minutes=59)}).where(Publication.id == row["id"])


def test_one_event_for_who_takes_no_stream(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, "scan", "claim")
    answer = alice.get(f"/courses/{course}/lessons/{lesson}/wall/stream", headers={"accept-language": "zh"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("retry: 1000\r\n\r\ndata: ")
    board = "\n".join(line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: "))
    assert tiles(board) == {"Ada": ("done", "自报已发布")}


def test_stream_beats_on_a_quiet_wall_and_ends_for_who_signed_out(
    alice: TestClient, course: UUID, lesson: UUID, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_page, "BEAT", 0.05)
    monkeypatch.setattr(wall_page, "CHECK", 0.1)
    signing_out = threading.Timer(0.3, run, (end_session, alice.cookies["session"]))
    signing_out.start()
    answer = alice.get(f"/courses/{course}/lessons/{lesson}/wall/stream", headers={"accept": "text/event-stream"})
    signing_out.join()
    first, board, *beats, ended, nothing = answer.text.split("\r\n\r\n")
    assert (first, ended, nothing) == ("retry: 1000", "event: ended\r\ndata: ", "")
    assert all(line.startswith("data: ") for line in board.split("\r\n"))
    assert len(beats) > 1
    assert set(beats) == {": nothing new"}


def test_who_opens_too_many_walls_keeps_the_newest(
    app: Litestar, alice: TestClient, alice_person: SignedIn, course: UUID, lesson: UUID, run: Run
) -> None:
    feed, view = app.dependencies["parts"].dependency().walls, WallView(course, lesson, timedelta(minutes=5))

    async def open_more() -> list[bool]:
        while not feed._of_person:  # noqa: ASYNC110 - the stream tells nobody that it began
            await asyncio.sleep(0.01)
        async with AsyncExitStack() as rooms:
            bob = await rooms.enter_async_context(feed.watch(view, uuid4()))
            walls = [await rooms.enter_async_context(feed.watch(view, alice_person.id)) for _ in range(WALLS)]
            return [each.crowded for each in (bob, *walls)]

    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(run, open_more)
        oldest = alice.get(f"/courses/{course}/lessons/{lesson}/wall/stream", headers={"accept": "text/event-stream"})
    assert oldest.text.endswith("event: crowded\r\ndata: \r\n\r\n")
    assert opening.result() == [False] * (WALLS + 1)
    assert feed._of_person == {}
    words = "你后来又打开了更多大屏"
    assert words in alice.get(f"/courses/{course}/lessons/{lesson}/wall", headers={"accept-language": "zh"}).text


def test_line_that_is_no_line_of_the_stream_stays_within_a_name(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run
) -> None:
    enrol("Ann\u2028Bea")
    stream = alice.get(f"/courses/{course}/lessons/{lesson}/wall/stream").text
    assert list(tiles(stream)) == ["Ann\u2028Bea"]


def test_names_of_students_are_no_markup(alice: TestClient, course: UUID, lesson: UUID, enrol: Run) -> None:
    enrol("<img src=x onerror=alert(1)>")
    for path in ("wall", "wall/stream"):
        assert "<img src=x" not in alice.get(f"/courses/{course}/lessons/{lesson}/{path}").text


def test_wall_without_link_or_students_says_what_to_do(
    alice: TestClient, classroom: Any, run: Run, course: UUID
) -> None:
    run(withdraw_link, None, classroom.link)
    page = alice.get(f"/courses/{course}/lessons/{classroom.lesson}/wall").text
    assert "This lesson has no live link" in page
    assert 'id="qr"' not in page


@pytest.mark.parametrize("minutes", ["x", "", "0020999999999999"])
def test_wall_of_an_empty_course_leads_to_the_list(alice: TestClient, course: UUID, lesson: UUID, minutes: str) -> None:
    page = alice.get(f"/courses/{course}/lessons/{lesson}/wall?minutes={minutes}").text
    assert "Nobody is on the list yet" in page
    assert f'href="/courses/{course}/roster"' in page


def test_wall_takes_a_fixed_number_of_queries(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, counted: Run
) -> None:
    counts = []
    for names in (("Ada",), ("Bo", "Cy", "Dee")):
        for student in enrol(*names):
            report(student.id, "scan")
        with counted() as queries:
            alice.get(f"/courses/{course}/lessons/{lesson}/wall")
        counts.append(len(queries))
    assert counts[0] == counts[1]
