"""Lessons through the management API."""

from collections.abc import Callable
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.catalogue.courses import create_course


def upload(api: TestClient, course: UUID, photo: bytes) -> str:
    return api.post(f"/courses/{course}/media", files={"file": ("a.jpg", photo)}).json()["id"]


def test_lesson_is_written_listed_and_shown(api: TestClient, course: UUID, photo: bytes) -> None:
    first, second = upload(api, course, photo), upload(api, course, photo)
    draft = {
        "type": "normal", "title": "Tea 茶", "content": "**Hot** water\r\nand leaves", "topics": ["#tea", "茶"],
        "images": [second, first], "cover": first, "platforms": ["xiaohongshu"],
    }  # fmt: skip
    answer = api.post(f"/courses/{course}/lessons", json=draft)
    assert answer.status_code == 201, answer.text
    lesson = answer.json()
    assert {key: lesson[key] for key in draft} == draft | {
        "content": "**Hot** water\nand leaves",
        "topics": ["tea", "茶"],
    }
    assert (lesson["course"], lesson["video"]) == (str(course), None)
    assert [info["id"] for info in lesson["media"]] == [second, first]
    assert set(lesson["media"][0]) == {"id", "kind", "url", "width", "height", "seconds"}
    assert [link["student"] for link in lesson["links"]] == [None]
    assert api.get(f"/lessons/{lesson['id']}").json() == lesson
    assert api.get(f"/courses/{course}/lessons").json() == [lesson]


def test_lesson_needs_only_type_and_title(lesson: dict) -> None:
    empty = {"content": "", "topics": [], "images": [], "video": None, "cover": None, "media": []}
    assert {key: lesson[key] for key in empty} == empty
    assert lesson["platforms"] == ["xiaohongshu"]


def test_pictures_is_another_word_for_normal(api: TestClient, course: UUID) -> None:
    lesson = api.post(f"/courses/{course}/lessons", json={"type": "pictures", "title": "Tea"}).json()
    assert lesson["type"] == "normal"


def test_change_touches_only_what_is_named(api: TestClient, course: UUID, photo: bytes) -> None:
    picture = upload(api, course, photo)
    draft = {
        "type": "normal",
        "title": "Tea",
        "content": "Hot",
        "topics": ["tea"],
        "images": [picture],
        "cover": picture,
    }
    before = api.post(f"/courses/{course}/lessons", json=draft).json()
    answer = api.patch(f"/lessons/{before['id']}", json={"title": "Coffee"})
    assert answer.status_code == 200
    after = answer.json()
    assert after["updated_at"] > before["updated_at"]
    assert after | {"updated_at": ""} == before | {"title": "Coffee", "updated_at": ""}
    assert api.patch(f"/lessons/{before['id']}", json={"cover": None}).json()["cover"] is None
    assert api.patch(f"/lessons/{before['id']}", json={"images": []}).json()["images"] == []
    assert api.patch(f"/lessons/{before['id']}", json={}).json()["title"] == "Coffee"


def test_change_of_what_a_lesson_is_not_free_to_be_is_refused(api: TestClient, lesson: dict) -> None:
    for change, field in (
        ({"id": str(UUID(int=1))}, "id"), ({"course": str(UUID(int=1))}, "course"), ({"title": None}, "title"),
        ({"title": " "}, "title"), ({"type": "poem"}, "type"), ({"platforms": []}, "platforms"),
    ):  # fmt: skip
        answer = api.patch(f"/lessons/{lesson['id']}", json=change)
        assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [field]), change
    assert api.get(f"/lessons/{lesson['id']}").json() == lesson


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        ({}, {"type", "title"}),
        ({"type": "normal", "title": 7, "topics": "tea", "images": ["x"]}, {"title", "topics", "images"}),
        (
            {"type": "normal", "title": "T" * 201, "content": "c" * 20_001, "topics": ["a b"]},
            {"title", "content", "topics"},
        ),
        ({"type": "poem", "title": "T"}, {"type"}),
        ({"type": "normal", "title": "T", "platforms": ["myspace"]}, {"platforms"}),
        ({"type": "normal", "title": "T", "images": [str(UUID(int=1))]}, {"images"}),
        ({"type": "video", "title": "T", "video": str(UUID(int=1)), "cover": str(UUID(int=2))}, {"video", "cover"}),
        ({"type": "normal", "title": "T\0"}, {"title"}),
        ({"type": "normal", "title": "T", "topics": ["a\0"]}, {"topics"}),
    ],
)
def test_bad_lesson_is_refused_by_field(api: TestClient, course: UUID, draft: dict, fields: set[str]) -> None:
    answer = api.post(f"/courses/{course}/lessons", json=draft)
    assert answer.status_code == 422
    assert set(answer.json()["error"]["fields"]) == fields
    assert api.get(f"/courses/{course}/lessons").json() == []


def test_media_of_another_course_is_not_taken(
    api: TestClient, run: Callable[..., object], alice_person: object, course: UUID, photo: bytes
) -> None:
    other = run(create_course, alice_person, "Other")
    picture = upload(api, other, photo)
    answer = api.post(f"/courses/{course}/lessons", json={"type": "normal", "title": "T", "images": [picture]})
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["images"])


def test_deleted_lesson_is_gone(api: TestClient, course: UUID, lesson: dict) -> None:
    answer = api.delete(f"/lessons/{lesson['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(f"/lessons/{lesson['id']}").status_code == 404
    assert api.delete(f"/lessons/{lesson['id']}").status_code == 404
    assert api.get(f"/courses/{course}/lessons").json() == []


def test_lesson_of_another_is_not_there(api: TestClient, bobs_api: TestClient, course: UUID, lesson: dict) -> None:
    path = f"/lessons/{lesson['id']}"
    answers = [
        bobs_api.get(path), bobs_api.patch(path, json={"title": "Mine"}), bobs_api.delete(path),
        bobs_api.get(f"{path}/links"), bobs_api.post(f"{path}/links", json={}),
        bobs_api.get(f"/courses/{course}/lessons"),
        bobs_api.post(f"/courses/{course}/lessons", json={"type": "normal", "title": "Mine"}),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert api.get(f"/courses/{course}/lessons").json() == [lesson]


def test_declarations_are_kept_in_their_order_and_changed_alone(api: TestClient, course: UUID) -> None:
    draft = {"type": "normal", "title": "Tea", "declarations": ["advertising", "ai", "ai"]}
    lesson = api.post(f"/courses/{course}/lessons", json=draft).json()
    assert lesson["declarations"] == ["ai", "advertising"]
    assert api.patch(f"/lessons/{lesson['id']}", json={"title": "Coffee"}).json()["declarations"] == [
        "ai",
        "advertising",
    ]
    assert api.patch(f"/lessons/{lesson['id']}", json={"declarations": []}).json()["declarations"] == []
    wrong = api.post(f"/courses/{course}/lessons", json=draft | {"declarations": ["robots"]})
    assert wrong.status_code == 422
    assert "robots" in wrong.json()["error"]["fields"]["declarations"]
