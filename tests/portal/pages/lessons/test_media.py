"""Pictures and videos: uploads of the form's script, and their bytes under signed addresses."""

import io
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from litestar.testing import TestClient
from PIL import Image

from courses.media.library import media_of, stored_key
from courses.media.values import MediaInfo
from courses.tables.media import Media
from courses.tokens import seal
from portal.media.addresses import PURPOSE, media_path
from portal.settings import Settings


def photo(form: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (600, 400), "teal").save(file, form)
    return file.getvalue()


def send(browser: TestClient, course: UUID, data: bytes, name: str = "a.jpg", **more: Any) -> Response:
    return browser.post(f"/courses/{course}/media", files={"file": (name, data)}, **more)


@pytest.fixture
def kept(run: Callable[..., Any], settings: Settings) -> Callable[[], tuple[int, int]]:
    """How many rows and how many objects there are."""

    def kept() -> tuple[int, int]:
        folder = Path(settings.media.removeprefix("file://"))
        return run(lambda: Media.count().run()), sum(path.is_file() for path in folder.rglob("*"))

    return kept


@pytest.fixture
def picture(alice: TestClient, course: UUID, run: Callable[..., Any]) -> MediaInfo:
    identity = UUID(send(alice, course, photo()).json()["id"])
    return run(media_of, course, [identity])[identity]


def test_upload_answers_what_the_form_needs(alice: TestClient, client: TestClient, course: UUID) -> None:
    answer = send(alice, course, photo(), "C:\\my\\tea.jpg")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["kind"], told["name"], told["poster"]) == ("image", "tea.jpg", None)
    thumb = client.get(told["thumb"])
    assert thumb.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(thumb.content)).width == 480


def test_uploaded_video_comes_with_its_poster(alice: TestClient, course: UUID, film: Path) -> None:
    told = send(alice, course, film.read_bytes(), "tea.mp4").json()
    assert (told["kind"], told["thumb"], told["poster"]["kind"]) == ("video", None, "image")
    assert told["poster"]["thumb"].startswith("/media/")


BAD = {
    "renamed.jpg": b"just a text",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "page.png": b"<!doctype html><script>alert(1)</script>",
    "half.jpg": photo()[:700],
    "empty.png": b"",
    "bomb.png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 50_000, 50_000) + bytes(20),
    "cut.mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(40),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_in_words_and_not_kept(
    alice: TestClient, course: UUID, kept: Callable[[], tuple[int, int]], name: str
) -> None:
    answer = send(alice, course, BAD[name], name, headers={"accept": "application/json"})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "media_refused"
    assert error["message"].endswith(".")
    assert kept() == (0, 0)


class Endless:
    """A multipart body with one file of so many bytes, made while it is sent."""

    def __init__(self, size: int) -> None:
        self.size, self.sent = size, 0

    def __iter__(self) -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.jpg"\r\n\r\n\xff\xd8\xff'
        for _ in range(self.size >> 20):
            self.sent += 1 << 20
            yield bytes(1 << 20)
        yield b"\r\n--x--\r\n"


def test_a_picture_of_200_mb_is_refused_without_being_kept(
    alice: TestClient, course: UUID, kept: Callable[[], tuple[int, int]]
) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x", "accept": "application/json"}
    answer = alice.post(f"/courses/{course}/media", content=Endless(200 << 20), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"] == "The picture has 209.7 MB; at most 30 MB fit."
    assert kept() == (0, 0)


def test_an_upload_over_every_limit_is_refused_while_it_comes(
    alice: TestClient, course: UUID, kept: Callable[[], tuple[int, int]]
) -> None:
    body = Endless(600 << 20)
    headers = {"content-type": "multipart/form-data; boundary=x", "accept": "application/json"}
    answer = alice.post(f"/courses/{course}/media", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert kept() == (0, 0)


def test_pages_answer_while_a_picture_is_prepared(alice: TestClient, course: UUID, phone: Callable[..., Any]) -> None:
    file = io.BytesIO()
    Image.effect_noise((4000, 3000), 90).convert("RGB").save(file, "JPEG", quality=95)
    sending = threading.Thread(target=send, args=(alice, course, file.getvalue()))
    answers, reader = 0, phone()
    sending.start()
    while sending.is_alive():
        assert reader.get("/healthz").status_code == 200
        answers += 1
    assert answers > 10, "preparing takes a second or more, in another process"


def test_strangers_and_others_cannot_upload(
    alice: TestClient, bob: TestClient, client: TestClient, course: UUID, kept: Any, cross_site: dict[str, str]
) -> None:
    theirs, nobodys = (send(bob, identity, photo()) for identity in (course, uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    for answer, status, words in (
        (send(client, course, photo()), 401, "Please sign in."),
        (send(alice, course, photo(), headers=cross_site), 403, "it came from another site"),
    ):
        assert answer.status_code == status
        assert words in answer.text
    assert kept() == (0, 0)


@pytest.mark.parametrize(
    ("variant", "kind"), [("full", "image/jpeg"), ("phone", "image/webp"), ("thumb", "image/webp")]
)
def test_media_needs_no_account(
    client: TestClient, settings: Settings, picture: MediaInfo, variant: str, kind: str
) -> None:
    client.cookies.clear()
    answer = client.get(media_path(settings, picture, variant))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == "private, max-age=86400, immutable"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-disposition"].startswith("inline; filename=")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "set-cookie" not in answer.headers
    Image.open(io.BytesIO(answer.content)).load()


def test_media_that_is_known_is_not_sent_again(client: TestClient, settings: Settings, picture: MediaInfo) -> None:
    path = media_path(settings, picture)
    etag = client.get(path).headers["etag"]
    for given in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = client.get(path, headers={"if-none-match": given})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_media_head_has_the_size_and_no_bytes(client: TestClient, settings: Settings, picture: MediaInfo) -> None:
    answer = client.head(media_path(settings, picture))
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == picture.size
    assert answer.headers["accept-ranges"] == "bytes"


def test_media_ranges_are_those_of_rfc_9110(client: TestClient, settings: Settings, picture: MediaInfo) -> None:
    path = media_path(settings, picture)
    whole = client.get(path).content
    size = len(whole)
    for asked, start, end in (("0-0", 0, 1), ("10-19", 10, 20), ("10-", 10, size), ("0-", 0, size), ("-5", size - 5, size),
                              (f"0-{size * 9}", 0, size), (f"-{size * 9}", 0, size)):  # fmt: skip
        answer = client.get(path, headers={"range": f"bytes={asked}"})
        assert answer.content == whole[start:end]
        assert answer.status_code == 206  # Safari plays nothing that answers 200 to a range
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert int(answer.headers["content-length"]) == end - start
    for asked in (f"{size}-", f"{size}-{size + 1}", "-0"):
        answer = client.get(path, headers={"range": f"bytes={asked}"})
        assert (answer.status_code, answer.headers["content-range"], answer.content) == (416, f"bytes */{size}", b"")
    for asked in ("bytes=5-1", "bytes=-", "bytes=0-1,4-5", "lines=0-1", "bytes=x-y", "bytes=²-3"):
        answer = client.get(path, headers={"range": asked.encode()})
        assert (answer.status_code, answer.content) == (200, whole)


def test_a_range_of_an_older_version_gets_the_whole(client: TestClient, settings: Settings, picture: MediaInfo) -> None:
    path = media_path(settings, picture)
    etag = client.head(path).headers["etag"]
    whole = client.get(path).content
    for given, status, content in ((etag, 206, whole[:2]), ('"older"', 200, whole)):
        answer = client.get(path, headers={"range": "bytes=0-1", "if-range": given})
        assert (answer.status_code, answer.content) == (status, content)


def test_forged_and_old_addresses_are_not_found(
    client: TestClient, settings: Settings, picture: MediaInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = media_path(settings, picture)
    flipped = path[:-1] + ("A" if path[-1] != "A" else "B")
    other = f"/media/{seal(settings.keyring, 'other', bytes(39))}"
    short = f"/media/{seal(settings.keyring, PURPOSE, b'short')}"
    for address in (flipped, other, short, "/media/x", "/media/%00", "/media/..%2f..%2fetc%2fpasswd", "/media/é"):
        forged = client.get(address)
        assert forged.status_code == 404
        assert "There is nothing at this address." in forged.text
    later = time.time() + 3 * 86_400
    monkeypatch.setattr("portal.media.addresses.time.time", lambda: later)
    old = client.get(path)
    assert old.status_code == 404
    assert "There is nothing at this address." in old.text


def test_media_whose_bytes_are_gone_is_not_found(client: TestClient, settings: Settings, picture: MediaInfo) -> None:
    path = media_path(settings, picture)
    folder = Path(settings.media.removeprefix("file://"))
    (folder / stored_key(picture.sha256, "full", picture.format)).unlink()
    assert client.get(media_path(settings, picture, "thumb")).status_code == 200
    gone = client.get(path)
    assert gone.status_code == 404
    assert "There is nothing at this address." in gone.text
