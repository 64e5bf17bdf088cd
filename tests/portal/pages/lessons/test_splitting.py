"""Splitting a long picture by the editor's script and by the form's button."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import TestClient

from courses.lessons.authoring import lessons_of

LONG = (Path(__file__).parent.parent.parent.parent / "courses" / "media" / "files" / "long.png").read_bytes()
TEXT = {"kind": "normal", "title": "Rules", "body": "Read **them**", "topics": "#tea", "platforms": "xiaohongshu"}
JSON = {"accept": "application/json"}


@pytest.fixture
def long(alice: TestClient, course: UUID) -> dict[str, Any]:
    answer = alice.post(f"/courses/{course}/media", files={"file": ("rules.png", LONG)})
    assert answer.json()["parts"] == 9
    return answer.json()


def send(browser: TestClient, path: str, values: dict[str, Any]) -> Response:
    parts = [
        (name, (None, one)) for name, value in values.items() for one in (value if isinstance(value, list) else [value])
    ]
    return browser.post(path, files=parts)


def pictures(page: str) -> list[str]:
    whole = re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)
    return re.findall(r'name="picture" value="([^"]+)"', whole)


def test_parts_are_new_pictures_in_order(alice: TestClient, course: UUID, long: dict[str, Any]) -> None:
    answer = alice.post(f"/courses/{course}/media/{long['id']}/parts", json={"others": 9}, headers=JSON)
    assert answer.status_code == 201
    told = answer.json()
    assert [part["name"] for part in told["parts"]] == [f"rules-{number}.png" for number in range(1, 10)]
    assert (told["said"], told["undo"]) == ("Split into 9 pictures.", "Undo")
    assert {part["parts"] for part in told["parts"]} == {0}
    assert alice.get(long["full"]).status_code == 200


def test_parts_that_do_not_fit_are_refused_before_any_is_made(
    alice: TestClient, course: UUID, long: dict[str, Any]
) -> None:
    answer = alice.post(f"/courses/{course}/media/{long['id']}/parts", json={"others": 10}, headers=JSON)
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"]["pictures"].startswith(
        "This picture would become 9, and there is room for 8."
    )


def test_button_of_the_form_splits_and_joins_and_saves_nothing(
    alice: TestClient, course: UUID, long: dict[str, Any], run: Callable[..., Any]
) -> None:
    path = f"/courses/{course}/lessons"
    assert send(alice, path, TEXT | {"picture": long["id"], "alt": "The rules"}).status_code == 303
    (lesson,) = run(lessons_of, course)
    edit = alice.get(f"/lessons/{lesson.id}/edit").text
    assert f'name="split" value="{long["id"]}"' in edit
    assert "Split into about 9 pictures" in edit
    form = TEXT | {"title": "Rules, typed on", "picture": long["id"], "alt": "The rules", "base": "1"}
    answer = send(alice, f"/lessons/{lesson.id}", form | {"split": long["id"]})
    assert answer.status_code == 200
    assert "Split into 9 pictures." in answer.text
    assert 'value="Rules, typed on"' in answer.text
    made = pictures(answer.text)
    assert len(made) == 9
    assert "The rules (9/9)" in answer.text
    assert [picture.id for picture in run(lessons_of, course)[0].pictures] == [UUID(long["id"])]
    join = re.search(r'name="join"[^>]*value="([^"]+)"', answer.text, re.DOTALL)[1]
    alts = [f"The rules ({number}/9)" for number in range(1, 10)]
    back = send(alice, f"/lessons/{lesson.id}", form | {"picture": made, "alt": alts, "join": join})
    assert pictures(back.text) == [long["id"]]
    assert 'value="The rules"' in back.text
    saved = send(alice, f"/lessons/{lesson.id}", form | {"picture": made, "alt": alts})
    assert saved.status_code == 303
    now = run(lessons_of, course)[0]
    assert [str(picture.id) for picture in now.pictures] == made
    # The whole one is there to be brought back.
    restored = alice.post(f"/lessons/{lesson.id}/restorations", data={"number": "1", "base": "2"})
    assert restored.status_code < 400, restored.text
    assert [picture.id for picture in run(lessons_of, course)[0].pictures] == [UUID(long["id"])]


def test_button_of_the_form_says_why_it_does_not_split(alice: TestClient, course: UUID, long: dict[str, Any]) -> None:
    others = [f"00000000-0000-0000-0000-0000000000{number}" for number in range(10, 20)]
    form = TEXT | {"picture": [*others, long["id"]], "split": long["id"]}
    answer = send(alice, f"/courses/{course}/lessons", form)
    assert answer.status_code == 422
    assert "This picture would become 9, and there is room for 8." in answer.text
