"""What a page shows: alike for phones that are alike, and what is of one of them stays apart."""

from typing import Any

import pytest
from litestar.testing import RequestFactory

from courses.events.ladder import DONE, Progress
from courses.lessons.links import card
from portal.settings import Settings
from portal.student.looks import OWN, Looks, looks_of, own_values
from portal.student.offers import Offer
from portal.student.phone import Phone
from portal.student.visits import Visit

SHOWN = Offer("weibo", None, (("weibo", "Weibo"),))


def visit(classroom: Any, device: str, **more: Any) -> Visit:
    found = classroom.run(card, classroom.link.code)
    return Visit(found, None, Phone(device, 1, found.link.code_bytes, None), more.pop("student", None), **more)


def looks(visit: Visit, progress: Progress | None = None, done: str = "") -> Looks:
    return looks_of(RequestFactory().get("/"), visit, SHOWN, {"weibo": progress} if progress else {}, "", done)


def test_phones_that_are_alike_share_a_page_and_no_value(classroom: Any, settings: Settings) -> None:
    ada, bo = (
        visit(classroom, device, student=student)
        for device, student in zip(("0" * 16, "1" * 16), classroom.students[:2], strict=True)
    )
    assert looks(ada) == looks(bo)
    assert hash(looks(ada)) == hash(looks(bo))
    hers, his = own_values(settings, ada, Progress()), own_values(settings, bo, Progress())
    assert set(hers) == set(his) == set(OWN)
    assert {name for name in OWN if hers[name] != his[name]} - {"server_now"} == {
        "student_name",
        "handle",
        "scan_id",
        "preview_id",
        "form_id",
    }


def test_words_of_one_student_are_no_part_of_the_looks(classroom: Any, settings: Settings) -> None:
    at = classroom.link.created_at
    progress = Progress(failed_at=at, failure="private words", linked_at=None, note_url="https://example.org/1")
    found = visit(classroom, "0" * 16, student=classroom.students[0])
    assert "private" not in repr(looks(found, progress))
    assert "example.org" not in repr(looks(found, progress))
    assert own_values(settings, found, progress)["failure_words"] == "private words"


def test_who_is_unknown_is_asked_unless_the_course_has_no_list(classroom: Any) -> None:
    assert looks(visit(classroom, "0" * 16)).asks
    assert not looks(visit(classroom, "0" * 16, nameless=True)).asks
    assert not looks(visit(classroom, "0" * 16, student=classroom.students[0])).asks


@pytest.mark.parametrize(("given", "rung"), [("claimed_at", "claimed"), ("scanned_at", "scanned")])
def test_what_was_done_is_said_once(classroom: Any, given: str, rung: str) -> None:
    found = looks(visit(classroom, "0" * 16), Progress(**{given: classroom.link.created_at}), "Thank you.")
    assert found.rung == rung
    assert found.done == ("" if rung in DONE else "Thank you.")


def test_platform_that_has_no_adapter_is_published_by_hand(classroom: Any) -> None:
    assert (looks(visit(classroom, "0" * 16)).launch, looks(visit(classroom, "0" * 16)).by_hand_reason) == (
        "assist",
        "by_hand",
    )
