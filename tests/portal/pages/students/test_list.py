"""The list of students: searched, filtered, a page at a time, and many of them at once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.lessons.authoring import lesson_by_id
from courses.lessons.schedule import set_due
from courses.signed_in import SignedIn
from courses.students.claims import claim_student
from courses.students.reading import Entry
from courses.students.roster import add_students, find_student_by_id, remove_student, students_of

Run = Callable[..., Any]
NAMES = ("周诗涵", "周末", "Zoë O'Neil", "<script>alert(1)</script>", "单小满")


@pytest.fixture
def listed(course: UUID, lesson: UUID, run: Run) -> dict[str, UUID]:
    """Ids by name, the numbers 2026001 and on, the first two in group A; with one lesson."""
    entries = [Entry(f"202600{n}", name, "A" if n < 3 else None) for n, name in enumerate(NAMES, 1)]
    run(add_students, None, course, entries)
    return {student.name: student.id for student in run(students_of, course)}


@pytest.fixture
def shown(alice: TestClient, course: UUID, listed: dict[str, UUID]) -> Run:
    """The names of a list, by its query."""

    def shown(query: str = "", **headers: str) -> list[str]:
        page = alice.get(f"/courses/{course}/roster?{query}", headers=headers).text
        ids = re.findall(r'<tr id="student-([\w-]+)"', page)
        return [name for found in ids for name, id in listed.items() if str(id) == found]

    return shown


@pytest.mark.parametrize(
    ("text", "found"),
    [("", NAMES), ("周", NAMES[:2]), ("zhou", NAMES[:2]), ("zsh", NAMES[:1]), ("shanxm", NAMES[4:]), ("2026003", NAMES[2:3]),
     ("20260", NAMES), ("003", ()), ("o’neil", NAMES[2:3]), ("周 2026002", NAMES[1:2]), ("<script>", NAMES[3:4]), ("%", ()),
     ("{{7*7}}", ()), ("' OR 1=1 --", ()), ("z" * 500, ())],
)  # fmt: skip
def test_search_finds_names_numbers_and_sounds(shown: Run, text: str, found: tuple[str, ...]) -> None:
    assert tuple(shown(f"q={quote(text)}")) == found


def test_filters_show_who_is_late_without_phone_or_gone(
    alice: TestClient, alice_person: SignedIn, course: UUID, lesson: UUID, listed: dict[str, UUID], shown: Run, run: Run,
    report: Run,
) -> None:  # fmt: skip
    assert shown("show=late") == []
    run(set_due, alice_person, run(lesson_by_id, lesson), now() - timedelta(days=1))
    report(listed["周诗涵"], "scan", "claim")
    run(claim_student, course, "0123456789abcdef", "2026002")
    run(remove_student, None, course, listed["单小满"])
    assert shown("show=late") == list(NAMES[1:4])
    assert shown("show=no_phone") == [*NAMES[:1], *NAMES[2:4]]
    assert shown("show=left") == ["单小满"]
    assert (shown("group=A"), shown("group=—")) == (list(NAMES[:2]), list(NAMES[2:4]))
    assert shown("sort=-number") == list(NAMES[3::-1])
    assert shown("sort=-done")[0] == shown("show=nonsense&sort=nonsense&page=-4")[0] == "周诗涵"
    page = alice.get(f"/courses/{course}/roster").text
    picks = re.findall(r"(All|Late|No phone yet|Off the list) <b>(\d+)</b>", page)
    assert picks == [("All", "4"), ("Late", "3"), ("No phone yet", "3"), ("Off the list", "1")]
    assert "<script>alert" not in page
    part = alice.get(f"/courses/{course}/roster?q=zhou", headers={"x-part": "list"}).text
    assert "<main" not in part
    assert part.count("<tr id=") == 2


def test_five_hundred_students_are_pages_of_fifty(alice: TestClient, course: UUID, lesson: UUID, run: Run) -> None:
    run(add_students, None, course, [Entry(str(n), f"Student {n}") for n in range(1, 501)])
    page = alice.get(f"/courses/{course}/roster?page=10").text
    assert page.count('<tr id="student-') == 50
    assert "451–500 of 500" in page
    assert page.count("<") / 2 < 3_000
    assert 'rel="next"' not in page
    assert alice.get(f"/courses/{course}/roster?page=99").text.count('<tr id="student-') == 50


def test_many_are_grouped_removed_and_put_back_at_once(
    alice: TestClient, course: UUID, listed: dict[str, UUID], shown: Run, run: Run
) -> None:
    two = [str(listed[name]) for name in NAMES[3:]]
    chosen = {"student": [*two, "nonsense"], "back": "show=late&q=x&evil=1"}
    answer = alice.post(f"/courses/{course}/students/group", data=chosen | {"to_group": " B "})
    assert answer.headers["location"] == f"/courses/{course}/roster?q=x&show=late&done=grouped&n=2".replace(
        "q=x&show=late", "show=late&q=x"
    )
    assert shown("group=B") == list(NAMES[3:])
    assert "The group of 2 students is changed." in alice.get(f"/courses/{course}/roster?done=grouped&n=2").text
    answer = alice.post(f"/courses/{course}/students/removal", data={"student": two})
    page = alice.get(answer.headers["location"]).text
    assert "2 students are no longer on the list." in page
    assert shown() == list(NAMES[:3])
    moment = re.search(r'name="at" value="([^"]+)"', page)[1]
    answer = alice.post(f"/courses/{course}/students/return", data={"at": moment})
    assert "2 students are on the list again." in alice.get(answer.headers["location"]).text
    assert shown() == list(NAMES)


def test_nobody_of_another_course_is_changed(
    alice: TestClient, alice_person: SignedIn, course: UUID, listed: dict[str, UUID], run: Run
) -> None:
    other = run(create_course, alice_person, "Other")
    theirs = str(listed["周末"])
    for act in ("group", "removal", "return"):
        sent = {"student": theirs, "to_group": "X"}
        assert alice.post(f"/courses/{other}/students/{act}", data=sent).status_code == 303
    student = run(find_student_by_id, course, listed["周末"])
    assert (student.group, student.left) == ("A", False)
    assert alice.get(f"/courses/{other}/students/{theirs}").status_code == 404
    assert alice.get(f"/courses/{other}/students/{theirs}/events").status_code == 404


def test_student_has_a_page_between_those_of_the_list(
    alice: TestClient, course: UUID, lesson: UUID, listed: dict[str, UUID], report: Run
) -> None:
    report(listed["周诗涵"], "scan", "claim")
    home = f"/courses/{course}/students/{listed['周末']}"
    page = alice.get(f"{home}?q=zhou").text
    assert f'rel="prev" data-key="k" href="/courses/{course}/students/{listed["周诗涵"]}?q=zhou"' in page
    assert 'rel="next"' not in page
    assert f'href="/courses/{course}/completion/{lesson}/{listed["周末"]}"' in page
    for words in ("Not started", "No phone yet", "Print slips", "New PIN", "0/1"):
        assert words in page, words
    assert f'rel="next" data-key="j" href="/courses/{course}/students/{listed[NAMES[2]]}"' in alice.get(home).text
    told = alice.get(f"/courses/{course}/students/{listed['周诗涵']}/events").text
    assert told.index("Said: it is published") < told.index("Opened the link")
    assert "Nothing has been heard" in alice.get(f"{home}/events").text
    hostile = alice.get(f"/courses/{course}/students/{listed[NAMES[3]]}").text
    assert "<script>alert" not in hostile
