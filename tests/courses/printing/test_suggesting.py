"""What is suggested for printing: one row of the table each."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from courses.printing.suggesting import LastRun, LessonOnPaper, Suggestion, suggest

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
DAY = timedelta(days=1)
TEA, DESK, RAIN = (uuid4() for _ in range(3))


def test_without_students_all_lessons_are_a_handout() -> None:
    lessons = [LessonOnPaper(TEA, due_at=NOW + DAY), LessonOnPaper(DESK)]
    assert suggest(lessons, False, LastRun("personal", (TEA,)), NOW) == Suggestion("handout", (), "no_list")


def test_next_lesson_without_slips_gets_personal_slips() -> None:
    lessons = [
        LessonOnPaper(TEA, due_at=NOW + DAY, has_slips=True),
        LessonOnPaper(DESK, due_at=NOW + 5 * DAY),
        LessonOnPaper(RAIN, opens_at=NOW + 2 * DAY, due_at=NOW + 30 * DAY, late=True),
    ]
    assert suggest(lessons, True, LastRun("poster", (TEA,)), NOW) == Suggestion("personal", (RAIN,), "soon")
    # A week is the end of it, and what is past is not ahead.
    for at in (NOW - DAY, NOW + 8 * DAY):
        assert suggest([LessonOnPaper(TEA, due_at=at)], True, None, NOW).reason == "first"


def test_late_lessons_are_caught_up_with() -> None:
    lessons = [LessonOnPaper(TEA, late=True), LessonOnPaper(DESK), LessonOnPaper(RAIN, late=True)]
    assert suggest(lessons, True, LastRun("copies", (TEA,)), NOW) == Suggestion("catchup", (TEA, RAIN), "late")


def test_otherwise_the_last_run_is_repeated() -> None:
    lessons = [LessonOnPaper(TEA), LessonOnPaper(DESK)]
    # What has no link any more is not repeated.
    assert suggest(lessons, True, LastRun("copies", (RAIN, DESK)), NOW) == Suggestion("copies", (DESK,), "again")
    assert suggest(lessons, True, None, NOW) == Suggestion("personal", (TEA,), "first")


def test_lesson_that_is_asked_for_is_the_one_that_is_printed() -> None:
    due = [LessonOnPaper(TEA, due_at=NOW + DAY), LessonOnPaper(DESK, has_slips=True, late=True)]
    assert suggest(due, True, None, NOW, [DESK]) == Suggestion("catchup", (DESK,), "asked")
    assert suggest(due, True, None, NOW, [TEA, DESK]) == Suggestion("personal", (TEA, DESK), "asked")
    assert suggest(due, False, None, NOW, [DESK]) == Suggestion("poster", (DESK,), "asked")
    assert suggest(due, False, LastRun("copies", ()), NOW, [DESK]) == Suggestion("copies", (DESK,), "asked")
    assert suggest(due, False, LastRun("personal", ()), NOW, [TEA, DESK]).kind == "handout"


def test_some_students_get_what_they_have_not_done() -> None:
    lessons = [LessonOnPaper(TEA, due_at=NOW + DAY), LessonOnPaper(DESK)]
    assert suggest(lessons, True, None, NOW, some_students=True) == Suggestion("catchup", (), "asked")
    assert suggest(lessons, True, None, NOW, [TEA], True) == Suggestion("catchup", (TEA,), "asked")
