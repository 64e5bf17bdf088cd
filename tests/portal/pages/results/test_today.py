"""Today: what waits, what went wrong, who falls behind and what comes, of the person's own courses, in few queries."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.lessons.authoring import create_lesson
from courses.lessons.values import LessonDraft
from courses.results.completion import completion
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students
from courses.tables.classes import Delivery, Webhook
from courses.tables.events import Publication
from courses.tables.lessons import Lesson
from courses.tables.printing import PrintRun
from courses.tables.roster import Excuse

Run = Callable[..., Any]
LINK = {"url": "https://www.xiaohongshu.com/explore/66aa11bb22cc33dd44ee55ff", "note_id": "66aa11bb22cc33dd44ee55ff"}


def words(page: str) -> str:
    """What stands on the page."""
    main = page[page.index('id="content"') :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def test_somebody_new_is_shown_the_first_steps_until_they_are_put_away(alice: TestClient, bob: TestClient) -> None:
    page = alice.get("/today").text
    assert "First steps 0 of 5" in words(page)
    assert 'href="/courses/new"' in page
    assert alice.get("/", follow_redirects=False).headers["location"] == "/today"
    alice.post("/today/steps")
    assert "First steps" not in alice.get("/today").text
    assert "First steps" in bob.get("/today").text


def test_today_has_what_waits_what_failed_who_is_behind_and_what_comes(
    alice: TestClient, bob: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    ada, bo, cy, dee = enrol("Ada", "Bo", "Cy", "<i>Dee</i>")
    second = run(create_lesson, None, course, LessonDraft("normal", "<b>Second</b>"))
    report(ada.id, "scan", "launch", link=LINK)
    report(bo.id, link=LINK)
    for student in (cy, dee):
        report(student.id, "scan", fail={"message": "签名 wrong"})
    moment = now()

    async def change() -> None:
        await Lesson.update({Lesson.due_at: moment - timedelta(days=2)}).where(Lesson.course == course)
        await Excuse.insert(Excuse(student=cy.id, lesson=second, at=moment))
        third = await create_lesson(None, course, LessonDraft("normal", "Third"))
        await Lesson.update({Lesson.due_at: moment + timedelta(days=1)}).where(Lesson.id == third)
        run = PrintRun(course=course, number=4, created_at=moment, kind="personal", layout="a4-24", state="failed")
        await PrintRun.insert(run)
        hook = Webhook(course=course, url="https://x.example", secret="x", created_at=moment)
        await Webhook.insert(hook)
        await Delivery.insert(Delivery(webhook=hook.id, created_at=moment, tries=3, next_at=moment))

    run(change)
    page = alice.get("/today").text
    said = words(page)
    assert "2 posts wait for a look, the oldest for" in said
    assert re.search(r"Breakfast 早餐 .*? oldest .*? 2 Review The signature was not accepted", said)
    assert f'href="/courses/{course}/completion?state=stuck&amp;cause=signature"' in page
    assert "One post handed in twice" in said
    assert "Bo, Ada" in said
    assert "A webhook is not reached" in said
    assert "Print run 4 failed" in said
    # Dee has done neither, Cy is excused from one, Ada and Bo have done one.
    behind = said[said.index("Falling behind") : said.index("Next seven days")]
    assert "<i>Dee</i> 2 lessons late" in behind
    assert not {"Ada", "Bo", "Cy"} & set(behind.split())
    rows = run(completion, course).rows
    undone = {row.student.name: sum(each.late and each.state != "done" for each in row.cells.values()) for row in rows}
    assert undone == {"Ada": 1, "Bo": 1, "Cy": 1, "<i>Dee</i>": 2}
    assert "Third is due" in said
    assert "4 to do it" in said
    assert "<b>Second</b>" not in page
    # Nothing of it is anybody else's.
    assert "Breakfast" not in bob.get("/today").text


def test_a_lesson_under_way_comes_first_and_names_are_folded_away(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    for student in enrol("Ada", "Bo", "Cy", "Dee")[:3]:
        report(student.id, "scan")

    async def just_now() -> None:
        await create_lesson(None, course, LessonDraft("normal", "Second"))
        await Lesson.update({Lesson.due_at: now() - timedelta(days=1)}).where(Lesson.course == course)
        await Publication.update({Publication.scanned_at: now(), Publication.changed_at: now()}, force=True)

    assert "Live now" not in alice.get("/today").text
    run(just_now)
    page = alice.get("/today").text
    assert "Live now: Breakfast 早餐 3 of 4 opened it · 0 done" in words(page)
    assert f'href="/courses/{course}/lessons/{lesson}/wall"' in page
    assert re.search(r'<details class="section">\s*<summary>Falling behind: 4', page)


@pytest.mark.parametrize("many", [1, 6])
def test_today_and_review_take_as_many_queries_for_one_course_as_for_several(
    alice: TestClient, alice_person: SignedIn, run: Run, counted: Run, many: int
) -> None:
    async def make() -> None:
        for number in range(many):
            course = await create_course(alice_person, f"Course {number}")
            await add_students(alice_person, course, [Entry("1", "Ada"), Entry("2", "Bo")])
            await create_lesson(alice_person, course, LessonDraft("normal", "Tea"))

    run(make)
    for path, most in (("/today", 20), ("/review", 10)):
        with counted() as queries:
            assert "Tea" not in alice.get(path).text
        assert len(queries) <= most, "\n".join(queries)
