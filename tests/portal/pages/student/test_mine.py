"""A student's own page: own lessons, own states, own links; nothing of anybody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from courses.clock import now
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links, issue_link, set_link_times
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn


@pytest.mark.parametrize("seat", [None, 0])
def test_own_lessons_are_listed_with_their_states_and_links(
    classroom: Any, phone: Callable[..., Any], alice_person: SignedIn, seat: int | None
) -> None:
    classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "Second 二"))
    bob, ann = phone(), phone()
    link = bob.get(f"/s/{classroom.token(seat)}").headers["location"]
    assert bob.get(f"{link}/mine").status_code == (303 if seat is None else 200)
    bob.post(f"{link}/student", data={"student": "2026001"})
    bob.send("scan")
    bob.send("claim")
    ann.get(f"/s/{classroom.token(1)}")
    ann.send("scan")
    page = bob.get(f"{link}/mine").text
    assert f'href="{link}/mine"' in bob.get(link).text
    name = "2026001 林**" if seat is None else "林小满"
    assert name in page
    assert "1 of 2 done" in page
    assert page.index("Tea 茶") < page.index("Second 二")
    assert 'class="state said"' in page
    assert 'class="state none"' in page
    assert "Ann O" not in page
    address = page.split("Second 二")[0].rsplit('href="', 1)[1].split('"')[0]
    second = bob.get(urlsplit(address).path).headers["location"]
    assert name in bob.get(second).text, "the same student, and not asked again"


def test_own_lessons_are_open_by_an_older_link_behind_a_newer_that_has_ended(
    classroom: Any, phone: Callable[..., Any], alice_person: SignedIn
) -> None:
    second = classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "Second 二"))
    open_one = classroom.run(class_links, [second])[second]
    newer = classroom.run(issue_link, None, second)
    classroom.run(set_link_times, None, newer, None, now() - timedelta(seconds=1))
    ada = phone()
    link = ada.get(f"/s/{classroom.token(0)}").headers["location"]
    page = ada.get(f"{link}/mine").text
    address = page.split("Second 二")[0].rsplit('href="', 1)[1].split('"')[0]
    assert ada.get(urlsplit(address).path).headers["location"] == f"/l/{open_one.code}"


def test_phone_that_did_not_scan_sees_nothing(classroom: Any, phone: Callable[..., Any]) -> None:
    answer = phone().get(f"/l/{classroom.link.code}/mine")
    assert answer.status_code == 403
    assert "Scan the code first" in answer.text
    for word in ("Tea 茶", "林小满", "Ann O"):
        assert word not in answer.text
