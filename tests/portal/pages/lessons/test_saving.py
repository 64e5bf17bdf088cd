"""The editor's own saving: JSON answers, saves that are sent again, and what a device kept."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from litestar.testing import TestClient

from courses.lessons.authoring import lesson_by_id, lessons_of
from courses.lessons.values import LessonInfo
from tests.revisions import revisions_of

JSON = {"accept": "application/json"}
TEXT = {"title": "Tea 茶", "body": "Find **light**.", "topics": "#a#b", "kind": "normal", "platforms": "xiaohongshu"}


def save(browser: TestClient, path: str, headers: dict[str, str] = JSON, **text: str) -> Response:
    return browser.post(path, files=[(name, (None, value)) for name, value in (TEXT | text).items()], headers=headers)


@pytest.fixture
def lesson(alice: TestClient, course: UUID) -> UUID:
    return UUID(save(alice, f"/courses/{course}/lessons").json()["lesson"])


@pytest.fixture
def present(run: Callable[..., Any]) -> Callable[[UUID], LessonInfo]:
    return lambda lesson: run(lesson_by_id, lesson)


def test_first_autosave_makes_the_lesson(alice: TestClient, course: UUID, present: Any) -> None:
    answer = save(alice, f"/courses/{course}/lessons", autosave="1", save=str(uuid4()))
    told = answer.json()
    assert answer.status_code == 200
    assert told["version"] == 1
    assert told["edit_url"] == f"/lessons/{told['lesson']}/edit"
    assert told["saved_at"].endswith("+00:00")
    assert present(UUID(told["lesson"])).title == "Tea 茶"


def test_a_first_save_that_is_sent_again_makes_one_lesson(
    alice: TestClient, course: UUID, run: Callable[..., Any], present: Any
) -> None:
    once = str(uuid4())
    first, again = (save(alice, f"/courses/{course}/lessons", save=once).json() for _ in range(2))
    assert (first["lesson"], first["version"]) == (again["lesson"], again["version"])
    # With the browser's "back" the form comes again under the same save, with other words: they are not lost.
    changed = save(alice, f"/courses/{course}/lessons", {}, save=once, body="More words")
    assert changed.status_code == 303
    assert [each.body for each in run(lessons_of, course)] == ["More words"]


def test_each_save_is_a_revision_and_says_how_it_came(alice: TestClient, lesson: UUID, run: Callable[..., Any]) -> None:
    told = save(alice, f"/lessons/{lesson}", base="1", autosave="1", body="Two", save=str(uuid4())).json()
    assert told["version"] == 2
    assert save(alice, f"/lessons/{lesson}", base="2", body="Three").json()["version"] == 3
    assert save(alice, f"/lessons/{lesson}", base="3", body="Three").json()["version"] == 3
    assert [each.note for each in run(revisions_of, lesson)] == ["saved", "autosave", "created"]


def test_a_save_whose_answer_was_lost_answers_again_as_the_first_time(alice: TestClient, lesson: UUID) -> None:
    once = str(uuid4())
    assert save(alice, f"/lessons/{lesson}", base="1", body="Two", save=once).json()["version"] == 2
    assert save(alice, f"/lessons/{lesson}", base="2", body="Three").json()["version"] == 3
    again = save(alice, f"/lessons/{lesson}", base="1", body="Two", save=once)
    assert (again.status_code, again.json()["version"]) == (200, 2)


def test_an_older_base_is_a_conflict_and_overwrites_nothing(alice: TestClient, lesson: UUID, present: Any) -> None:
    save(alice, f"/lessons/{lesson}", base="1", body="Theirs")
    answer = save(alice, f"/lessons/{lesson}", base="1", body="Mine", autosave="1")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "edit_conflict"
    assert (answer.json()["theirs"]["version"], answer.json()["theirs"]["body"]) == (2, "Theirs")
    assert answer.json()["theirs"]["person"] == "Alice"
    assert present(lesson).body == "Theirs"


def test_what_cannot_be_saved_is_told_by_field(alice: TestClient, course: UUID, lesson: UUID) -> None:
    for path in (f"/courses/{course}/lessons", f"/lessons/{lesson}"):
        answer = save(alice, path, title=" ", autosave="1")
        assert answer.status_code == 422
        assert answer.json()["error"]["fields"] == {"title": "Give the lesson a title."}


def test_a_save_of_somebody_who_is_signed_out_is_told(client: TestClient, course: UUID, lesson: UUID) -> None:
    for path in (f"/courses/{course}/lessons", f"/lessons/{lesson}"):
        answer = save(client, path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_needed")


@pytest.mark.parametrize("base", ["", "x", "-1", "²", "9" * 30])
def test_a_base_that_is_no_version_is_none(alice: TestClient, lesson: UUID, present: Any, base: str) -> None:
    assert save(alice, f"/lessons/{lesson}", base=base, body="Two").status_code == 200
    assert present(lesson).body == "Two"


def test_a_restored_form_is_shown_and_not_saved(alice: TestClient, course: UUID, lesson: UUID, present: Any) -> None:
    page = save(alice, f"/lessons/{lesson}", {}, restore="1", base="1", title="", body="From the device")
    assert page.status_code == 200
    assert "From the device</textarea>" in page.text
    assert "data-restored" in page.text
    assert present(lesson).body == "Find **light**."
    new = save(alice, f"/courses/{course}/lessons", {}, restore="1", title="", body="Untitled")
    assert "Untitled</textarea>" in new.text
    assert f'action="/courses/{course}/lessons"' in new.text


def test_a_restored_form_goes_on_from_its_own_save_that_had_arrived(
    alice: TestClient, course: UUID, lesson: UUID
) -> None:
    once = str(uuid4())
    save(alice, f"/lessons/{lesson}", base="1", body="Two", save=once)
    page = save(alice, f"/lessons/{lesson}", {}, restore="1", base="1", body="Two and more", save=once).text
    assert 'name="base" value="2"' in page
    made = save(alice, f"/courses/{course}/lessons", save=(first := str(uuid4()))).json()["lesson"]
    page = save(alice, f"/courses/{course}/lessons", {}, restore="1", body="Later", save=first).text
    assert f'action="/lessons/{made}"' in page
    assert 'name="base" value="1"' in page


def test_form_knows_the_topics_of_the_course(alice: TestClient, course: UUID, lesson: UUID) -> None:
    save(alice, f"/courses/{course}/lessons", topics="#b #c")
    page = alice.get(f"/courses/{course}/lessons/new").text
    assert 'data-topics="[&#34;b&#34;, &#34;a&#34;, &#34;c&#34;]"' in page


def test_editor_asks_the_database_a_fixed_number_of_times(
    alice: TestClient, course: UUID, lesson: UUID, counted: Any
) -> None:
    def asked() -> int:
        with counted() as queries:
            alice.get(f"/lessons/{lesson}/edit")
        return len(queries)

    alice.get(f"/lessons/{lesson}/edit")
    before = asked()
    for number in range(5):
        save(alice, f"/courses/{course}/lessons", title=f"Lesson {number}", topics=f"#t{number}")
    assert asked() == before <= 9
