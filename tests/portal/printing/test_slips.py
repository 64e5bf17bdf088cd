"""What a sheet is made of."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from courses.clock import now
from courses.lessons.authoring import delete_lesson, lesson_by_id
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import issue_link, set_link_times, withdraw_link
from courses.lessons.values import LessonDraft
from courses.printing.printable import printable
from courses.signed_in import SignedIn
from courses.students.roster import remove_student
from courses.tokens import read_share_token
from portal.printing.slips import course_slips
from portal.settings import Settings
from portal.sharing.addresses import share_url
from print.sheets import Slip


def slips(classroom: Any, personal: bool = False, language: str = "en") -> list[Slip]:
    found = classroom.run(printable, classroom.course)
    return course_slips(classroom.settings, found, "Spring 春", personal, language)


def test_class_slips_have_the_lessons_link_and_words(classroom: Any, settings: Settings) -> None:
    (slip,) = slips(classroom)
    assert slip.url == share_url(settings, classroom.link)
    assert (slip.title, slip.course, slip.student, slip.number) == ("Tea 茶", "Spring 春", "", "")
    assert slip.spoken == f"{classroom.link.spoken[:3]}-{classroom.link.spoken[3:]}"
    assert slip.address == "testserver.local/go"
    assert len(slip.steps) == 3


def test_steps_are_in_the_language_asked_for(classroom: Any) -> None:
    assert slips(classroom)[0].steps[0] == "Scan the code with your phone’s camera"
    assert slips(classroom, language="zh")[0].steps[0] == "用手机相机扫描二维码"


def test_personal_slips_go_student_by_student(classroom: Any, alice_person: SignedIn) -> None:
    classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "Second"))
    made = slips(classroom, personal=True)
    assert [(slip.number, slip.title) for slip in made] == [
        ("2026001", "Tea 茶"), ("2026001", "Second"), ("2026002", "Tea 茶"), ("2026002", "Second"),
    ]  # fmt: skip
    keyring = classroom.settings.keyring
    seats = [read_share_token(keyring, slip.url.rsplit("/", 1)[1]).seat for slip in made]
    assert seats == [classroom.students[0].seat] * 2 + [classroom.students[1].seat] * 2
    assert len({slip.url for slip in made}) == 4


def test_who_left_gets_no_slip(classroom: Any) -> None:
    classroom.run(remove_student, None, classroom.course, classroom.students[0].id)
    assert [slip.student for slip in slips(classroom, personal=True)] == ["Ann O'Neil"]


@pytest.mark.parametrize("end", ["withdrawn", "expired", "deleted"])
def test_a_lesson_that_cannot_be_opened_is_not_printed(classroom: Any, end: str) -> None:
    match end:
        case "withdrawn":
            classroom.run(withdraw_link, None, classroom.link)
        case "expired":
            classroom.run(set_link_times, None, classroom.link, None, now() - timedelta(seconds=1))
        case "deleted":
            classroom.run(delete_lesson, None, classroom.run(lesson_by_id, classroom.lesson))
    assert slips(classroom) == slips(classroom, personal=True) == []


def test_a_lesson_that_will_open_is_printed(classroom: Any) -> None:
    classroom.run(set_link_times, None, classroom.link, now() + timedelta(days=1), None)
    assert len(slips(classroom)) == 1


def test_the_newest_link_is_printed(classroom: Any, settings: Settings, alice_person: SignedIn) -> None:
    newer = classroom.run(issue_link, alice_person, classroom.lesson)
    assert slips(classroom)[0].url == share_url(settings, newer)
    far = replace(settings, public_url="https://class.example.com")
    assert course_slips(far, classroom.run(printable, classroom.course), "", False, "en")[0].url == share_url(
        far, newer
    )
