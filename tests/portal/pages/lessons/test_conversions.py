"""A phone's video from its upload to the lesson: by the editor's script, and by the form's buttons alone."""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.courses.media.phone_films import iphone
from tests.courses.media.test_videos import film
from tests.databases import rows
from tests.portal.pages.lessons.test_form import send as send_form
from tests.portal.pages.lessons.test_uploads import TUS, begin, put

TEXT = {"kind": "video", "title": "Tea", "body": "Look", "topics": "#tea", "platforms": "xiaohongshu"}
JSON = {"accept": "application/json"}
WORKING = r'data-conversion="([0-9a-f-]{36})" data-state="(?:queued|working)"'
DONE = r'data-conversion="([0-9a-f-]{36})" data-state="done"'


@pytest.fixture
def alice(portal: Any) -> Iterator[httpx.Client]:
    """Signed in at a server of its own, where conversions go on in the background."""
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"{secrets.token_hex(4)}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
        yield http


@pytest.fixture
def course(alice: httpx.Client) -> UUID:
    return UUID(alice.post("/courses", data={"title": "Spring 春"}).headers["location"].split("/")[2])


@pytest.fixture
def waiting(portal: Any, course: UUID) -> Callable[[], int]:
    """How many uploads the course has."""

    def count() -> int:
        query = "SELECT COUNT(*) FROM upload WHERE course = ?"
        return rows(portal.environment["DATABASE_URL"], query, str(course))[0][0]

    return count


@pytest.fixture
def phone_film(tmp_path: Path) -> bytes:
    return iphone(tmp_path / "IMG_0001.MOV").read_bytes()


@pytest.fixture
def slow_film(tmp_path: Path) -> bytes:
    """Takes some seconds."""
    return film(tmp_path / "slow.mov", 12, codec="libx265", form="mov", size=(640, 360), sound=None).read_bytes()


def sent(browser: Any, course: UUID, data: bytes) -> str:
    """The address of a complete upload that is being converted."""
    place = begin(browser, course, len(data), filename="IMG_0001.MOV", filetype="video/quicktime")
    assert put(browser, place, 0, data).status_code == 204
    for _ in range(2):  # asked twice is asked once
        answer = browser.post(f"{place}/media", headers=TUS)
        assert answer.status_code == 202
        assert answer.json()["conversion"]["name"] == "IMG_0001.MOV"
    return place


def until(read: Callable[[], Any], holds: Callable[[Any], bool]) -> Any:
    for _ in range(300):
        if holds(found := read()):
            return found
        time.sleep(0.1)
    raise AssertionError(f"it stayed {found}")


def test_video_of_a_phone_is_converted_and_told(alice: httpx.Client, course: UUID, phone_film: bytes) -> None:
    place = sent(alice, course, phone_film)
    read = lambda: alice.get(f"{place}/conversion", headers=JSON).json()  # noqa: E731
    done = until(read, lambda told: told["state"] == "done")
    assert (done["percent"], done["problem"]) == (100, "")
    assert (done["media"]["kind"], done["media"]["width"], done["media"]["height"]) == ("video", 180, 320)
    assert done["media"]["poster"]["kind"] == "image"
    assert alice.get(done["media"]["full"]).headers["content-type"] == "video/mp4"
    assert alice.post(f"{place}/media", headers=TUS).json()["id"] == done["media"]["id"]
    # Taken into the form, the upload is let go and the video stays.
    assert alice.delete(place, headers=TUS).status_code == 204
    assert alice.get(f"{place}/conversion", headers=JSON).status_code == 404
    assert alice.get(done["media"]["full"]).status_code == 200


def test_cancelled_conversion_is_gone(
    alice: httpx.Client, course: UUID, slow_film: bytes, waiting: Callable[[], int]
) -> None:
    place = sent(alice, course, slow_film)
    assert alice.delete(place, headers=TUS).status_code == 204
    assert waiting() == 0


def test_refused_videos_are_refused_at_once_as_ever(alice: httpx.Client, course: UUID, tmp_path: Path) -> None:
    data = film(
        tmp_path / "film.mov", 0.4, codec="prores_ks", pixels="yuv422p10le", form="mov", sound=None
    ).read_bytes()
    place = begin(alice, course, len(data), filename="film.mov", filetype="video/quicktime")
    put(alice, place, 0, data)
    answer = alice.post(f"{place}/media", headers=TUS)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"] == (
        "The video is coded as Apple ProRes, which not every phone plays. Export it as MP4 (H.264)."
    )


def test_form_without_scripts_saves_follows_and_uses_the_video(
    alice: httpx.Client, course: UUID, phone_film: bytes, waiting: Callable[[], int]
) -> None:
    answer = send_form(alice, f"/courses/{course}/lessons", TEXT, ("video_file", "IMG_0001.MOV", phone_film))
    assert answer.status_code == 303
    lesson = answer.headers["location"].split("/")[2]
    assert answer.headers["location"] == f"/lessons/{lesson}/edit?done=converting"
    assert waiting() == 1
    page = alice.get(answer.headers["location"]).text
    assert "Saved. The video is being converted" in page
    form = TEXT | {"title": "Tea, typed on", "base": "1"}
    look = lambda: send_form(alice, f"/lessons/{lesson}", form | {"look": "1"}).text  # noqa: E731
    page = until(look, lambda page: re.search(DONE, page))
    assert 'value="Tea, typed on"' in page
    assert "Converted." in page
    number = re.search(DONE, page)[1]
    page = send_form(alice, f"/lessons/{lesson}", form | {"use": number}).text
    assert not re.search(DONE, page)
    video, poster = (re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("video_id", "poster"))
    assert send_form(alice, f"/lessons/{lesson}", form | {"video_id": video, "poster": poster}).status_code == 303
    saved = alice.get(f"/lessons/{lesson}/edit").text
    assert f'name="video_id" value="{video}"' in saved
    assert f'name="poster" value="{poster}"' in saved
    assert 'value="Tea, typed on"' in saved
    assert waiting() == 0


def test_form_without_scripts_cancels(
    alice: httpx.Client, course: UUID, slow_film: bytes, waiting: Callable[[], int]
) -> None:
    answer = send_form(alice, f"/courses/{course}/lessons", TEXT, ("video_file", "slow.mov", slow_film))
    lesson = answer.headers["location"].split("/")[2]
    page = alice.get(f"/lessons/{lesson}/edit").text
    number = re.search(WORKING, page)[1]
    page = send_form(alice, f"/lessons/{lesson}", TEXT | {"drop": number}).text
    assert not re.search(WORKING, page)
    assert waiting() == 0


def test_video_in_the_pictures_place_is_refused_with_words_and_not_converted(
    alice: httpx.Client, course: UUID, phone_film: bytes, waiting: Callable[[], int]
) -> None:
    answer = send_form(alice, f"/courses/{course}/lessons", TEXT, ("pictures", "IMG_0001.MOV", phone_film))
    assert answer.status_code == 422
    assert "This is a video. Choose “Video” above, and then the file." in answer.text
    assert waiting() == 0


def test_failed_conversion_says_why_in_the_form_until_it_is_dismissed(
    alice: httpx.Client, course: UUID, tmp_path: Path, waiting: Callable[[], int]
) -> None:
    whole = film(tmp_path / "film.mov", 8, codec="libx265", form="mov", sound=None, size=(64, 64)).read_bytes()
    at = whole.index(b"mdat")
    torn = whole[: at + 2000] + bytes(len(whole[at + 2000 : whole.index(b"moov")])) + whole[whole.index(b"moov") :]
    place = sent(alice, course, torn)
    until(lambda: alice.get(f"{place}/conversion", headers=JSON).json()["state"], lambda state: state == "failed")
    page = alice.get(f"/courses/{course}/lessons/new").text
    assert "Not converted." in page
    assert "This video is damaged or incomplete. Export it as MP4 (H.264) and try again." in page
    number = re.search(r'data-conversion="([0-9a-f-]{36})" data-state="failed"', page)[1]
    page = send_form(alice, f"/courses/{course}/lessons", TEXT | {"drop": number}).text
    assert "This video is damaged" not in page
    assert waiting() == 0
