"""Topics that are glued together are parted wherever a lesson comes from, so that no phone is refused because of them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient

from courses.lessons.bulk import add_topic
from courses.signed_in import SignedIn

PARTED = ["茶", "手机摄影", "拍照"]


def by_api(api: TestClient, course: UUID, glued: str) -> None:
    answer = api.post(f"/courses/{course}/lessons", json={"type": "normal", "title": "T", "topics": [glued]})
    assert answer.status_code == 201, answer.text


def by_change(api: TestClient, course: UUID, glued: str) -> None:
    made = api.post(f"/courses/{course}/lessons", json={"type": "normal", "title": "T"}).json()
    assert api.patch(f"/lessons/{made['id']}", json={"topics": [glued]}).status_code == 200


def by_list(api: TestClient, course: UUID, glued: str) -> None:
    send(api, course, f"title,topics\nT,{glued}\n".encode(), "text/csv")


def by_archive(api: TestClient, course: UUID, glued: str) -> None:
    send(api, course, archive(f'topics: "{glued}"'), "application/zip")


def by_archive_as_list(api: TestClient, course: UUID, glued: str) -> None:
    send(api, course, archive(f'topics:\n  - "{glued}"'), "application/zip")


def archive(line: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as pack:
        pack.writestr("lessons/1/lesson.md", f"---\ntitle: T\n{line}\n---\n\nText\n")
    return file.getvalue()


def send(api: TestClient, course: UUID, data: bytes, kind: str) -> None:
    answer = api.post(f"/courses/{course}/import", content=data, headers={"content-type": kind})
    assert answer.json()["imported"], answer.text


@pytest.mark.parametrize("write", [by_api, by_change, by_list, by_archive, by_archive_as_list])
def test_glued_topics_are_parted_from_every_source(
    api: TestClient, course: UUID, write: Callable[[TestClient, UUID, str], None]
) -> None:
    for glued in (
        "#茶#手机摄影#拍照",
        "茶＃手机摄影＃拍照",
        "#茶＃手机摄影#拍照",
        "#茶[话题]#手机摄影[话题]##拍照[话题]#",
    ):
        write(api, course, glued)
        [lesson] = api.get(f"/courses/{course}/lessons").json()
        assert lesson["topics"] == PARTED, glued
        found = api.get(f"/lessons/{lesson['id']}/preflight").json()["platforms"]["xiaohongshu"]["findings"]
        assert [each for each in found if each["where"].startswith("topics")] == []
        api.delete(f"/lessons/{lesson['id']}")


def test_a_topic_for_many_lessons_is_parted_too(
    api: TestClient, run: Callable[..., Any], alice_person: SignedIn, course: UUID, lesson: dict[str, Any]
) -> None:
    run(add_topic, alice_person, course, [UUID(lesson["id"])], "#茶＃手机摄影#拍照")
    assert api.get(f"/lessons/{lesson['id']}").json()["topics"] == PARTED
