"""Pictures turned and cropped, and a video's frames as its cover, by the form's scripts."""

import io
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from litestar.testing import TestClient
from PIL import Image

from courses.clock import now
from courses.media.library import open_store
from courses.media.unneeded import sweep_media
from courses.tables.media import Media
from portal.settings import Settings


def upload(browser: TestClient, course: UUID, data: bytes, name: str = "tea.jpg") -> dict[str, Any]:
    answer = browser.post(f"/courses/{course}/media", files={"file": (name, data)})
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def picture(alice: TestClient, course: UUID) -> dict[str, Any]:
    file = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(file, "JPEG")
    return upload(alice, course, file.getvalue())


@pytest.fixture
def video(alice: TestClient, course: UUID, film: Path) -> dict[str, Any]:
    return upload(alice, course, film.read_bytes(), "tea.mp4")


def edit(browser: TestClient, course: UUID, media: str, **change: Any) -> Response:
    return browser.post(f"/courses/{course}/media/{media}/edits", json=change, headers={"accept": "application/json"})


def test_edit_makes_a_new_picture_and_leaves_the_old(alice: TestClient, course: UUID, picture: dict[str, Any]) -> None:
    answer = edit(alice, course, picture["id"], rotate=90, crop={"x": 0, "y": 0, "width": 300, "height": 400})
    assert answer.status_code == 201
    made = answer.json()
    assert made["id"] != picture["id"]
    assert (made["name"], made["width"], made["height"]) == ("tea.jpg", 300, 400)
    for told, size in ((made, (300, 400)), (picture, (600, 400))):
        assert Image.open(io.BytesIO(alice.get(told["full"]).content)).size == size


@pytest.mark.parametrize(
    "change",
    [
        {"rotate": 45},
        {"crop": {"x": 900, "y": 0, "width": 10, "height": 10}},
        {"crop": {"x": 0, "y": 0, "width": 0, "height": 0}},
    ],
)
def test_impossible_edit_is_refused_with_words(
    alice: TestClient, course: UUID, picture: dict[str, Any], change: dict[str, Any]
) -> None:
    answer = edit(alice, course, picture["id"], **change)
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"]


def test_video_is_not_edited_as_a_picture(alice: TestClient, course: UUID, video: dict[str, Any], run: Any) -> None:
    before = run(lambda: Media.count().run())
    answer = edit(alice, course, video["id"], rotate=90)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
    assert answer.content == edit(alice, course, str(uuid4()), rotate=90).content
    assert run(lambda: Media.count().run()) == before


def test_frames_are_told_and_one_becomes_a_picture(
    alice: TestClient, client: TestClient, course: UUID, video: dict[str, Any], run: Any
) -> None:
    place = f"/courses/{course}/media/{video['id']}/frames"
    frames = alice.get(place).json()
    assert [frame["number"] for frame in frames] == list(range(8))
    thumbs = [client.get(frame["thumb"]) for frame in frames]
    assert {thumb.headers["content-type"] for thumb in thumbs} == {"image/webp"}
    assert len({thumb.content for thumb in thumbs}) == 8
    assert alice.get(place).json() == frames
    before = run(lambda: Media.count().run())
    chosen = alice.post(place, json={"number": 5})
    assert chosen.status_code == 201
    assert (chosen.json()["kind"], chosen.json()["width"]) == ("image", video["width"])
    assert run(lambda: Media.count().run()) == before + 1
    assert alice.post(place, json={"number": 8}).status_code == 404


def test_picture_has_no_frames(alice: TestClient, course: UUID, picture: dict[str, Any], settings: Settings) -> None:
    answer, nobodys = (alice.get(f"/courses/{course}/media/{media}/frames") for media in (picture["id"], uuid4()))
    assert answer.status_code == 404
    assert answer.content == nobodys.content
    assert not [path for path in Path(settings.media.removeprefix("file://")).rglob("*") if "frame" in path.name]


def test_media_that_came_into_no_lesson_go_after_a_week(
    alice: TestClient, course: UUID, video: dict[str, Any], classroom: Any, run: Any, settings: Settings
) -> None:
    alice.get(f"/courses/{course}/media/{video['id']}/frames")
    folder, store = Path(settings.media.removeprefix("file://")), open_store(settings.media)

    def age(days: int) -> None:
        run(lambda: Media.update({Media.created_at: now() - timedelta(days=days)}, force=True).run())
        for path in folder.rglob("*"):
            os.utime(path, (time.time() - days * 86_400,) * 2)

    age(6)
    assert run(sweep_media, store) == 0
    age(8)
    assert run(sweep_media, store) == 2  # the video and its poster
    assert run(lambda: Media.count().run()) == 2  # the lesson's pictures
    kept = sorted(path.name for path in folder.rglob("*") if path.is_file())
    assert len(kept) == 6
    assert not [name for name in kept if "frame" in name or name.endswith(".mp4")]
