"""The same note from two students: both are flagged, and neither is told who the other is."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.lessons.authoring import create_lesson
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.people.accounts import find_person
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from portal.platforms.links.notes import read_link

Run = Callable[..., Any]
NOTE = {"url": "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2", "note_id": "667aacb8000000001e010eb2"}
SHORT = {"url": "http://xhslink.com/a/J97ubzS9ZAv5", "note_id": None}
FLAG = "The same note was also handed in by another student."


def test_same_note_flags_both_cells_and_leads_to_the_other(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run
) -> None:
    ada, bo, cy = enrol("Ada", "Bo", "Cy")
    report(ada.id, "scan", link=NOTE)
    where = f"/courses/{course}/completion"
    assert FLAG not in alice.get(f"{where}/{lesson}/{ada.id}").text
    report(bo.id, "scan", link=NOTE)
    report(cy.id, "scan", link=SHORT)
    for one, other in ((ada, bo), (bo, ada)):
        page = alice.get(f"{where}/{lesson}/{one.id}").text
        assert FLAG in page
        assert f'<a href="{where}/{lesson}/{other.id}">{other.name} · Breakfast 早餐</a>' in page
    page = alice.get(f"{where}/{lesson}/{cy.id}").text
    assert FLAG not in page
    assert "unresolved short link" in page
    matrix = alice.get(where).text
    assert matrix.count("same note twice") == 2
    assert matrix.count(", short link,") == 1


@pytest.mark.parametrize(
    ("platform", "one", "other"),
    [
        ("xiaohongshu", "http://xhslink.com/o/7QmPz3kT9Ra", "http://xhslink.com/o/7QmPz3kT9Ra"),
        ("xiaohongshu", "泡茶 http://xhslink.com/o/7QmPz3kT9Ra复制后打开", "https://www.xhslink.com/o/7QmPz3kT9Ra/"),
        ("douyin", "https://v.douyin.com/iR3euxso/", "https://v.douyin.com/iR3euxso"),
        ("kuaishou", "https://v.kuaishou.com/59WkPb", "v.kuaishou.com/59WkPb"),
        ("bilibili", "https://b23.tv/Zm7mYo0", "https://b23.tv/Zm7mYo0?share=1"),
        ("weibo", "http://t.cn/A6mQpR7s", "http://t.cn/A6mQpR7s\u200b"),
        ("bilibili", "https://www.bilibili.com/video/av170001", "https://www.bilibili.com/video/BV17x411w7KC"),
        ("bilibili", "https://www.bilibili.com/list/ml1?oid=170001", "https://b23.tv/BV17x411w7KC"),
        ("weibo", "https://m.weibo.cn/status/3501756485200075", "https://weibo.com/1234567890/z0JH2lOMb"),
        ("weibo", "https://weibo.com/tv/show/1034:5007449447661605", "https://video.weibo.com/show?fid=1034:5007449447661605"),
        ("xiaohongshu", f"https://www.xiaohongshu.com/explore/{NOTE['note_id']}?xsec_token=A",
         f"https://www.xiaohongshu.com/login?redirectPath=%2Fdiscovery%2Fitem%2F{NOTE['note_id']}"),
    ],
)  # fmt: skip
def test_same_note_in_two_forms_flags_both_cells(
    alice: TestClient,
    course: UUID,
    lesson: UUID,
    enrol: Run,
    report: Run,
    run: Run,
    platform: str,
    one: str,
    other: str,
) -> None:
    ada, bo, cy = enrol("Ada", "Bo", "Cy")
    moment, links = now(), [read_link(platform, text) for text in (one, other)]

    async def hand_in() -> None:
        reports = [
            Report(lesson, "link", platform, moment, moment, student=student.id, detail=given)
            for student, given in zip(
                (ada, bo), [{"url": each.url, "note_id": each.note_id} for each in links], strict=True
            )
        ]
        async with writing():
            await keep(reports)
            await apply(reports)

    run(hand_in)
    report(cy.id, link={"url": "http://xhslink.com/o/other", "note_id": None})
    where = f"/courses/{course}/completion"
    assert alice.get(where).text.count("same note twice") == 2
    for student, twin in ((ada, bo), (bo, ada)):
        page = alice.get(f"{where}/{lesson}/{student.id}").text
        assert FLAG in page
        assert f'<a href="{where}/{lesson}/{twin.id}">' in page


def test_short_link_is_known_as_the_same_also_where_one_is_resolved(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run
) -> None:
    ada, bo = enrol("Ada", "Bo")
    report(ada.id, link=SHORT)
    report(bo.id, link=SHORT | {"note_id": NOTE["note_id"]})
    assert alice.get(f"/courses/{course}/completion").text.count("same note twice") == 2


def test_refused_note_is_nobodys_any_more(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run
) -> None:
    ada, bo = enrol("Ada", "Bo")
    report(ada.id, link=NOTE)
    report(bo.id, link=NOTE)
    where = f"/courses/{course}/completion/{lesson}"
    form = {"platform": "xiaohongshu", "decision": "refuse", "reason": "It is Ada's."}
    assert alice.post(f"{where}/{bo.id}/decision", data=form).status_code == 303
    assert FLAG not in alice.get(f"{where}/{ada.id}").text
    assert "same note twice" not in alice.get(f"/courses/{course}/completion").text
    alice.post(f"{where}/{bo.id}/decision", data={"platform": "xiaohongshu", "decision": "reopen"})
    assert FLAG in alice.get(f"{where}/{ada.id}").text


def test_twin_in_a_strangers_course_stays_unnamed(
    alice: TestClient, bob: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, link=NOTE)

    async def at_bobs() -> tuple[UUID, UUID, UUID]:
        person = await find_person("bob@example.org")
        own = await create_course(person, "Bob's own", "2026")
        other = await create_lesson(None, own, LessonDraft("normal", "Bob's lesson", "Body"))
        await add_students(None, own, [Entry("1", "Zed")])
        (zed,) = await students_of(own)
        moment = now()
        reports = [Report(other, "link", "xiaohongshu", moment, moment, student=zed.id, detail=NOTE)]
        async with writing():
            await keep(reports)
            await apply(reports)
        return own, other, zed.id

    own, other, zed = run(at_bobs)
    page = alice.get(f"/courses/{course}/completion/{lesson}/{ada.id}").text
    assert FLAG in page
    assert "in a course of other instructors" in page
    assert "Zed" not in page
    assert str(own) not in page
    assert "Ada" not in bob.get(f"/courses/{own}/completion/{other}/{zed}").text


def test_own_note_of_another_lesson_flags_both_and_says_whose_it_is(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run, alice_person: Any
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, link=NOTE)
    second = run(create_lesson, alice_person, course, LessonDraft("normal", "Second", "Body"))
    moment = now()

    async def hand_in(platform: str) -> None:
        reports = [Report(second, "link", platform, moment, moment, student=ada.id, detail=NOTE)]
        async with writing():
            await keep(reports)
            await apply(reports)

    where = f"/courses/{course}/completion"
    run(hand_in, "douyin")  # an id means something on its own platform alone
    assert "same note twice" not in alice.get(where).text
    run(hand_in, "xiaohongshu")
    assert alice.get(where).text.count("same note twice") == 2
    page = alice.get(f"{where}/{second}/{ada.id}").text
    assert "The same student handed in this note for another lesson, too." in page
    assert FLAG not in page
    assert f'<a href="{where}/{lesson}/{ada.id}">' in page


def test_student_is_told_that_a_note_is_of_another_lesson(classroom: Any, phone: Run, alice_person: Any) -> None:
    other = classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "Second"))
    link = classroom.run(class_links, [other])[other]
    ann = phone()
    for each in (classroom.link, link):
        ann.get(f"/s/{classroom.token(1, each)}")
        assert ann.send("link", link=each.code, detail={"text": NOTE["url"]}).json()["recorded"] == 1
    for each in (classroom.link, link):
        page = ann.get(f"/l/{each.code}").text
        assert "You have handed in this note for another lesson, too." in page
        assert "by somebody else" not in page


@pytest.mark.parametrize("text", [NOTE["url"], SHORT["url"]])
def test_students_page_says_so_without_naming_the_other(classroom: Any, phone: Run, text: str) -> None:
    words = "This note has also been handed in by somebody else."
    pages = []
    for seat in (0, 1):
        mine = phone()
        mine.get(f"/s/{classroom.token(seat)}")
        form = {"choice": "link", "text": text, "id": str(uuid4())}
        assert mine.post(f"/l/{classroom.link.code}/publication", data=form).status_code == 303
        pages.append(mine)
    for seat, mine in enumerate(pages):
        page = mine.get(f"/l/{classroom.link.code}").text
        assert words in page
        assert classroom.students[1 - seat].name not in page
