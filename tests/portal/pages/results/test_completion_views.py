"""The completion list as it is looked at: found by name or number, what is to review, one lesson's list, and few elements."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.clock import now
from courses.lessons.authoring import create_lesson
from courses.lessons.values import LessonDraft
from courses.tables.lessons import Lesson

Run = Callable[..., Any]


def names(page: str) -> list[str]:
    return re.findall(r'class="name"[^>]*>([^<]+)</a>', page)


def test_students_are_found_by_part_of_a_name_or_the_beginning_of_a_number(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run
) -> None:
    enrol("林小满", "Lin Dan", "Ada Lindt")
    address = f"/courses/{course}/completion"
    assert names(alice.get(f"{address}?q=小满").text) == ["林小满"]
    assert names(alice.get(f"{address}?q=LIN D").text) == ["Lin Dan", "Ada Lindt"]
    number = re.search(r'<span class="mono">([^<]+)</span> <a class="name"[^>]*>Ada', alice.get(address).text)[1]
    page = alice.get(f"{address}?q={number}").text
    assert names(page) == ["Ada Lindt"]
    assert f'reminder?q={number}"' in page, "what follows is of those who were found"
    assert "Nobody stands there." in alice.get(f"{address}?q=nobody").text


def test_what_waits_for_the_teacher_is_counted_and_opened(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run
) -> None:
    ada, bo, cy = enrol("Ada", "Bo", "Cy")
    report(ada.id, "scan", "claim")
    report(bo.id, "scan")
    report(cy.id, "scan", "claim")
    address = f"/courses/{course}/completion"
    assert 'href="?state=review">To review <b>2</b></a>' in alice.get(address).text.replace("\n      ", "")
    alice.post(f"{address}/{lesson}/{cy.id}/decision", data={"platform": "xiaohongshu", "decision": "confirm"})
    page = alice.get(f"{address}?state=review").text
    assert names(page) == ["Ada"]
    alice.post(f"{address}/marks", data={"action": "excuse", "cells": f"{bo.id}:{lesson}"})
    assert names(alice.get(f"{address}?state=review").text) == ["Ada"]


def test_one_lesson_is_a_list_in_which_what_asks_for_something_comes_first(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    ada, bo, cy, _dee = enrol("Ada", "Bo", "Cy", "Dee")
    report(bo.id, "scan", "claim")
    report(cy.id, "scan", fail={"message": "no"})
    second = run(create_lesson, None, course, LessonDraft("normal", "Second", ""))
    third = run(create_lesson, None, course, LessonDraft("normal", "Third", ""))
    run(opens_tomorrow, third)
    address = f"/courses/{course}/completion?by=lesson"
    page = alice.get(f"{address}&lesson={lesson}").text
    assert "<table" not in page
    assert re.findall(r"<li class=\"group\"><h2>([^<]+) <span>(\d)</span>|<b>(\w+)</b> <small>", page) == [
        ("To review", "1", ""), ("", "", "Bo"), ("Stuck", "1", ""), ("", "", "Cy"),
        ("Not done", "2", ""), ("", "", "Ada"), ("", "", "Dee"),
    ]  # fmt: skip
    assert f'href="completion/{lesson}/{ada.id}"' in page
    assert f'lesson={second}&amp;by=lesson" aria-label="Next lesson"' in page
    assert f'<option value="{second}" selected>' in alice.get(address).text, "the newest that is open"


async def opens_tomorrow(lesson: UUID) -> None:
    await Lesson.update({Lesson.opens_at: now() + timedelta(days=1)}).where(Lesson.id == lesson)


def test_lesson_that_is_not_open_counts_for_nobody(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run, run: Run
) -> None:
    (ada,) = enrol("Ada")
    report(ada.id, "scan", "claim")
    run(opens_tomorrow, run(create_lesson, None, course, LessonDraft("normal", "Second", "")))
    page = alice.get(f"/courses/{course}/completion").text
    assert ">1</a><span>/1</span></td>" in page
    assert page.count('class="none shut"') == 1


@pytest.mark.parametrize("lessons", [12, 40])
def test_page_has_at_most_3000_elements(alice: TestClient, course: UUID, enrol: Run, run: Run, lessons: int) -> None:
    enrol(*[f"S{number:03}" for number in range(120)])
    for place in range(lessons):
        run(create_lesson, None, course, LessonDraft("normal", f"Lesson {place}", ""))
    page = alice.get(f"/courses/{course}/completion").text
    assert 2_000 < len(re.findall(r"<[a-z]", page)) < 3_000
    assert len(names(page)) >= 25
