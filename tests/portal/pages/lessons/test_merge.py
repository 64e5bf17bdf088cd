"""Two versions of a lesson, side by side, without scripts: nothing is overwritten, both are kept."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import TestClient

from courses.lessons.authoring import edit_lesson, lesson_by_id
from courses.signed_in import SignedIn
from tests.revisions import revisions_of

BEGAN = {"title": "Tea 茶", "body": "今天学习扩增反应。\n\nWarm it to 65 °C.", "topics": "#tea"}


def send(browser: TestClient, path: str, form: list[tuple[str, str]]) -> Response:
    return browser.post(path, files=[(name, (None, value)) for name, value in form])


def form_of(page: str) -> list[tuple[str, str]]:
    """What a browser would send of the page's form."""
    sent = []
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = (re.search(rf' {part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and ('type="radio"' not in tag or " checked" in tag):
            sent.append((name[1], html.unescape(value[1]) if value else ""))
    texts = re.findall(r'<textarea name="(\w+)"[^>]*>\n(.*?)</textarea>', page, flags=re.DOTALL)
    return sent + [(name, html.unescape(text)) for name, text in texts]


@pytest.fixture
def lesson(alice: TestClient, course: UUID) -> UUID:
    form = [*BEGAN.items(), ("kind", "normal"), ("platforms", "xiaohongshu")]
    return UUID(re.split("[/?]", send(alice, f"/courses/{course}/lessons", form).headers["location"])[2])


@pytest.fixture
def theirs(run: Callable[..., Any], lesson: UUID, alice_person: SignedIn) -> Callable[..., None]:
    """theirs(body="…"): somebody saves the lesson meanwhile."""

    async def change(**fields: Any) -> None:
        present = await lesson_by_id(lesson)
        await edit_lesson(None, present, replace(present.draft, **fields))

    return lambda **fields: run(lambda: change(**fields))


@pytest.fixture
def mine(alice: TestClient, lesson: UUID) -> Callable[..., Response]:
    """mine(body="…") saves on top of the first version."""
    plain = {"kind": "normal", "platforms": "xiaohongshu", "base": "1"}
    return lambda **fields: send(alice, f"/lessons/{lesson}", list((BEGAN | plain | fields).items()))


def chosen(form: list[tuple[str, str]], **choices: str) -> list[tuple[str, str]]:
    """The form with these answers instead of those that are proposed."""
    return [pair for pair in form if pair[0] not in choices] + list(choices.items())


def test_conflict_shows_both_versions_with_what_differs(mine: Any, theirs: Any, lesson: UUID, run: Any) -> None:
    theirs(body=BEGAN["body"].replace("65", "60"))
    page = mine(body=BEGAN["body"].replace("65", "70"))
    assert page.status_code == 409
    assert "<del>60</del>" in page.text
    assert "<ins>70</ins>" in page.text
    assert "Both changed the same words." in page.text
    assert 'name="choose_body" value="theirs" required>' in page.text
    assert 'name="choose_title"' not in page.text
    assert run(lesson_by_id, lesson).body == BEGAN["body"].replace("65", "60")


def test_changes_in_different_places_are_proposed_together_and_saved(
    alice: TestClient, mine: Any, theirs: Any, lesson: UUID, run: Any
) -> None:
    theirs(body=BEGAN["body"].replace("今天", "明天"), title="Green tea", topics=["tea", "green"])
    page = mine(body=BEGAN["body"].replace("65", "70"), topics="#tea #hot").text
    answer = send(alice, f"/lessons/{lesson}/merge", form_of(page))
    assert answer.headers["location"] == f"/lessons/{lesson}/edit?done=merged"
    saved = run(lesson_by_id, lesson)
    assert saved.body == BEGAN["body"].replace("今天", "明天").replace("65", "70")
    assert saved.title == "Green tea"
    assert saved.topics == ("tea", "green", "hot")
    newest, own, *_ = run(revisions_of, lesson)
    assert (newest.note, own.note, own.draft.title) == ("merged", "conflict", "Tea 茶")
    assert own.draft.body == BEGAN["body"].replace("65", "70")
    assert "Both versions are in the history." in alice.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("choice", "body"), [("theirs", "Theirs 他们"), ("mine", "Mine 我的"), ("merged", "Written anew")]
)
def test_each_choice_is_taken_and_the_other_version_stays_in_the_history(
    alice: TestClient, mine: Any, theirs: Any, lesson: UUID, run: Any, choice: str, body: str
) -> None:
    theirs(body="Theirs 他们")
    form = chosen(form_of(mine(body="Mine 我的").text), choose_body=choice, text_body="Written anew")
    assert send(alice, f"/lessons/{lesson}/merge", form).status_code == 303
    assert run(lesson_by_id, lesson).body == body
    assert {each.draft.body for each in run(revisions_of, lesson)} >= {"Theirs 他们", "Mine 我的", body}


def test_what_is_not_decided_is_asked_again(alice: TestClient, mine: Any, theirs: Any, lesson: UUID, run: Any) -> None:
    theirs(body="Theirs")
    form = [pair for pair in form_of(mine(body="Mine").text) if pair[0] != "choose_body"]
    page = send(alice, f"/lessons/{lesson}/merge", form)
    assert page.status_code == 409
    assert "Choose one of them." in page.text
    assert run(lesson_by_id, lesson).body == "Theirs"


def test_a_third_version_while_deciding_is_a_conflict_again(
    alice: TestClient, mine: Any, theirs: Any, lesson: UUID, run: Any
) -> None:
    theirs(body="Theirs")
    form = chosen(form_of(mine(body="Mine").text), choose_body="mine")
    theirs(body="Third")
    page = send(alice, f"/lessons/{lesson}/merge", form)
    assert page.status_code == 409
    assert "<del>Third</del>" in page.text
    assert run(lesson_by_id, lesson).body == "Third"


def test_nasty_texts_are_shown_as_text(mine: Any, theirs: Any) -> None:
    theirs(body="<script>alert(1)</script>")
    page = mine(body="</textarea><img src=x onerror=alert(2)>").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_merge_without_a_version_or_with_a_strange_one_is_refused(alice: TestClient, lesson: UUID, run: Any) -> None:
    form = [*(BEGAN | {"title": "Never"}).items(), ("kind", "normal"), ("platforms", "xiaohongshu")]
    before = run(lesson_by_id, lesson)
    for theirs, status, words in (
        ([], 409, "Open the lesson again: this page does not say which version it was about."),
        ([("theirs", "99")], 404, "There is nothing at this address."),
    ):
        answer = send(alice, f"/lessons/{lesson}/merge", [*form, *theirs])
        assert answer.status_code == status
        assert words in answer.text
        assert run(lesson_by_id, lesson) == before
