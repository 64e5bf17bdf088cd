"""Uploads in pieces: the tus protocol, what is refused, and who may."""

import base64
import hashlib
import io
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from litestar.testing import TestClient
from PIL import Image

from courses.clock import now
from courses.media import uploads
from courses.media.library import open_store
from courses.media.uploads import PIECE, sweep_uploads
from courses.tables.media import Media, Upload
from portal.settings import Settings

TUS = {"Tus-Resumable": "1.0.0", "Accept": "application/json"}


def photo() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((900, 600), 60).convert("RGB").save(file, "JPEG", quality=95)
    return file.getvalue()


PHOTO = photo()


def words(**given: str) -> str:
    """Upload-Metadata of the protocol."""
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in given.items())


def create(browser: TestClient, course: UUID, length: int, **given: str) -> Response:
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": words(**{"filename": "tea.jpg"} | given)}
    return browser.post(f"/courses/{course}/uploads", headers=headers)


def begin(browser: TestClient, course: UUID, length: int, **given: str) -> str:
    answer = create(browser, course, length, **given)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def put(browser: TestClient, place: str, offset: int, data: bytes, **more: str) -> Response:
    headers = TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"} | more
    return browser.patch(place, content=data, headers=headers)


def offset(browser: TestClient, place: str) -> int:
    answer = browser.head(place, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["upload-offset"])


def send(browser: TestClient, course: UUID, data: bytes, name: str = "tea.jpg") -> Response:
    """All of a file, and what became of it."""
    place = begin(browser, course, len(data), filename=name)
    assert put(browser, place, 0, data).status_code == 204
    return browser.post(f"{place}/media", headers=TUS)


@pytest.fixture
def folder(settings: Settings) -> Path:
    return Path(settings.media.removeprefix("file://"))


@pytest.fixture
def pieces(folder: Path) -> Callable[[], list[str]]:
    """Names of the pieces that lie in the store, by their first byte."""
    return lambda: sorted(path.name for path in (folder / "uploads").rglob("*") if path.is_file())


def test_server_says_what_it_can_do(client: TestClient, course: UUID) -> None:
    answer = client.options(f"/courses/{course}/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-max-size"] == "500000000"
    assert set(answer.headers["tus-extension"].split(",")) == {"creation", "expiration", "checksum", "termination"}


def test_file_in_pieces_becomes_a_picture(alice: TestClient, client: TestClient, course: UUID, pieces: Any) -> None:
    created = create(alice, course, len(PHOTO), filename="C:\\my\\茶.jpg", filetype="image/jpeg")
    assert created.headers["tus-resumable"] == "1.0.0"
    assert created.headers["upload-expires"].endswith("GMT")
    place = created.headers["location"]
    assert offset(alice, place) == 0
    for start in range(0, len(PHOTO), 100_000):
        answer = put(alice, place, start, PHOTO[start : start + 100_000])
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["upload-offset"] == str(min(start + 100_000, len(PHOTO)))
    assert len(pieces()) > 1
    answer = alice.post(f"{place}/media", headers=TUS)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["kind"], told["name"], told["width"], told["height"]) == ("image", "茶.jpg", 900, 600)
    assert client.get(told["thumb"]).headers["content-type"] == "image/webp"
    assert pieces() == []
    again = alice.post(f"{place}/media", headers=TUS)
    assert (again.status_code, again.json()["id"]) == (201, told["id"])


def test_head_tells_the_whole_length_and_is_not_kept(alice: TestClient, course: UUID) -> None:
    answer = alice.head(begin(alice, course, 1234), headers=TUS)
    assert (answer.headers["upload-length"], answer.headers["upload-offset"]) == ("1234", "0")
    assert answer.headers["cache-control"] == "no-store"


def test_large_request_is_kept_in_bounded_pieces(alice: TestClient, course: UUID, pieces: Any) -> None:
    data = bytes(2 * PIECE + 1000)
    place = begin(alice, course, len(data) + 1)
    assert put(alice, place, 0, data).headers["upload-offset"] == str(len(data))
    assert len(pieces()) == 3


def test_wrong_offset_is_a_conflict_and_changes_nothing(alice: TestClient, course: UUID) -> None:
    place = begin(alice, course, len(PHOTO))
    put(alice, place, 0, PHOTO[:1000])
    for wrong in (0, 999, 1001, 10**9):
        refused = put(alice, place, wrong, b"again")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "http_409")
    assert offset(alice, place) == 1000


def test_more_than_was_announced_is_refused(alice: TestClient, course: UUID, pieces: Any) -> None:
    place = begin(alice, course, 10)
    refused = put(alice, place, 0, b"eleven char")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
    assert (offset(alice, place), pieces()) == (0, [])


def test_piece_that_was_stored_but_not_counted_is_found(alice: TestClient, course: UUID, folder: Path) -> None:
    """As after a process died between the two: the next try is told where to go on."""
    place = begin(alice, course, len(PHOTO))
    stored = folder / "uploads" / place.rsplit("/", 1)[-1] / f"{0:012d}"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(PHOTO[:5000])
    assert put(alice, place, 0, PHOTO[:9000]).status_code == 409
    assert offset(alice, place) == 5000
    assert put(alice, place, 5000, PHOTO[5000:]).status_code == 204
    assert alice.post(f"{place}/media", headers=TUS).json()["width"] == 900


def test_checksum_is_compared_before_anything_is_kept(alice: TestClient, course: UUID) -> None:
    place = begin(alice, course, 2000)
    sums = {name: base64.b64encode(hashlib.new(name, bytes(1000)).digest()).decode() for name in ("sha1", "sha256")}
    assert put(alice, place, 0, b"x" * 1000, **{"Upload-Checksum": f"sha1 {sums['sha1']}"}).status_code == 460
    assert offset(alice, place) == 0
    assert put(alice, place, 0, bytes(1000), **{"Upload-Checksum": f"sha256 {sums['sha256']}"}).status_code == 204
    assert put(alice, place, 1000, bytes(1000), **{"Upload-Checksum": f"sha1 {sums['sha1']}"}).status_code == 204
    assert put(alice, place, 2000, b"", **{"Upload-Checksum": "crc32 AAAA"}).status_code == 400


def test_cancelled_upload_is_gone_with_its_pieces(alice: TestClient, course: UUID, pieces: Any) -> None:
    place = begin(alice, course, 5000)
    put(alice, place, 0, bytes(4000))
    assert pieces()
    assert alice.delete(place, headers=TUS).status_code == 204
    assert pieces() == []
    assert alice.head(place, headers=TUS).status_code == 404
    gone = put(alice, place, 4000, b"x")
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not_found")
    assert pieces() == []


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {"Upload-Length": "10"}, 412),
        ("POST", {"Tus-Resumable": "0.2.2", "Upload-Length": "10"}, 412),
        ("POST", TUS, 400),
        ("POST", TUS | {"Upload-Length": "-1"}, 400),
        ("POST", TUS | {"Upload-Length": "ten"}, 400),
        ("POST", TUS | {"Upload-Length": "10", "Upload-Metadata": "filename !!!"}, 400),
        ("POST", TUS | {"Upload-Length": "10", "Upload-Metadata": words(purpose="mischief")}, 422),
        ("PATCH", {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}, 412),
        ("PATCH", TUS | {"Upload-Offset": "0", "Content-Type": "text/plain"}, 415),
        ("PATCH", TUS | {"Content-Type": "application/offset+octet-stream"}, 400),
    ],
)
def test_requests_outside_the_protocol_are_refused(
    alice: TestClient, course: UUID, run: Any, method: str, headers: dict[str, str], status: int
) -> None:
    place = begin(alice, course, 10) if method == "PATCH" else f"/courses/{course}/uploads"
    answer = alice.request(method, place, headers=headers | {"Accept": "application/json"}, content=b"x")
    assert answer.status_code == status
    codes = {400: "bad_request", 412: "http_412", 415: "unsupported_type", 422: "invalid"}
    assert answer.json()["error"]["code"] == codes[status]
    if status == 412:
        assert answer.headers["tus-version"] == "1.0.0"
    begun = run(lambda: Upload.select(Upload.received).output(as_list=True).run())
    assert begun == ([0] if method == "PATCH" else [])


@pytest.mark.parametrize(
    ("length", "kind", "says"),
    [
        (0, "image/jpeg", "The file is empty."),
        (31_000_000, "image/jpeg", "The picture has 31.0 MB; at most 30 MB fit."),
        (500_000_001, "video/mp4", "The file has 500 MB; at most 500 MB fit."),
        (10**14, "", "at most 500 MB fit."),
    ],
)
def test_length_is_refused_before_a_byte_is_sent(
    alice: TestClient, course: UUID, length: int, kind: str, says: str
) -> None:
    answer = create(alice, course, length, filetype=kind)
    assert answer.status_code == 422
    assert says in answer.json()["error"]["message"]


def test_unfinished_uploads_of_a_person_are_limited(
    alice: TestClient, course: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "OPEN_MAX", 2)
    first, _ = begin(alice, course, 10), begin(alice, course, 10)
    refused = create(alice, course, 10)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_uploads")
    alice.delete(first, headers=TUS)
    assert create(alice, course, 10).status_code == 201
    monkeypatch.setattr(uploads, "OPEN_BYTES_MAX", 100)
    monkeypatch.setattr(uploads, "OPEN_MAX", 50)
    assert create(alice, course, 90).status_code == 429


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("renamed.jpg", b"just a text", "not a picture that we can read"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "SVG drawings"),
        ("page.png", b"<!doctype html><script>alert(1)</script>", "not a picture that we can read"),
        ("half.jpg", PHOTO[:2000], "damaged or incomplete"),
        ("half.mp4", b"\0\0\0\x18ftypisom\0\0\2\0isommp41", "This video is damaged or incomplete."),
        ("archive.zip", b"PK\3\4 a zip", "not a picture that we can read"),
    ],
)
def test_bad_file_is_refused_in_plain_words_and_forgotten(
    alice: TestClient, course: UUID, run: Any, pieces: Any, name: str, data: bytes, says: str
) -> None:
    answer = send(alice, course, data, name)
    assert answer.status_code == 422
    assert says in answer.json()["error"]["message"]
    assert pieces() == []
    assert run(lambda: Upload.count().run()) == run(lambda: Media.count().run()) == 0


def test_upload_that_is_not_complete_makes_no_media(alice: TestClient, course: UUID, run: Any) -> None:
    place = begin(alice, course, len(PHOTO))
    put(alice, place, 0, PHOTO[:-1])
    early = alice.post(f"{place}/media", headers=TUS)
    assert (early.status_code, early.json()["error"]["message"]) == (409, "The upload is not complete yet.")
    assert run(lambda: Media.count().run()) == 0
    assert put(alice, place, len(PHOTO) - 1, PHOTO[-1:]).status_code == 204
    assert alice.post(f"{place}/media", headers=TUS).json()["width"] == 900


def test_archive_is_kept_whole_and_not_decoded(alice: TestClient, course: UUID, run: Any, settings: Settings) -> None:
    data = b"PK\3\4" + bytes(PIECE + 100)
    place = begin(alice, course, len(data), filename="course.zip", purpose="archive")
    put(alice, place, 0, data)
    refused = alice.post(f"{place}/media", headers=TUS)
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["purpose"])

    async def read() -> bytes:
        row = await Upload.select().first()
        async with uploads.upload_file(open_store(settings.media), uploads._info(row)) as path:
            return path.read_bytes()

    assert run(read) == data


def test_video_comes_with_its_poster(alice: TestClient, course: UUID, film: Path) -> None:
    told = send(alice, course, film.read_bytes(), "tea.mp4").json()
    assert (told["kind"], told["poster"]["kind"]) == ("video", "image")
    assert told["seconds"] > 0
    assert told["size"] > 10_000


def test_upload_is_its_persons_alone(alice: TestClient, bob: TestClient, client: TestClient, course: UUID) -> None:
    place = begin(alice, course, 10)
    for stranger, statuses in ((bob, {404}), (client, {401})):
        answers = [
            create(stranger, course, 10), put(stranger, place, 0, b"x"), stranger.head(place, headers=TUS),
            stranger.delete(place, headers=TUS), stranger.post(f"{place}/media", headers=TUS),
        ]  # fmt: skip
        assert {answer.status_code for answer in answers} == statuses
    other = f"/courses/{course}/uploads/{uuid4()}"
    assert alice.head(other, headers=TUS).status_code == 404
    assert offset(alice, place) == 0


def test_piece_from_another_site_is_refused(alice: TestClient, course: UUID) -> None:
    place = begin(alice, course, 10)
    refused = put(alice, place, 0, b"x", **{"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert "it came from another site" in refused.json()["error"]["message"]
    assert offset(alice, place) == 0


def test_expired_uploads_are_swept_with_their_pieces(
    alice: TestClient, course: UUID, run: Any, settings: Settings, folder: Path, pieces: Any
) -> None:
    old, fresh = begin(alice, course, 10), begin(alice, course, 10)
    put(alice, old, 0, b"12345")
    put(alice, fresh, 0, b"12345")
    lost = folder / "uploads" / str(uuid4()) / f"{0:012d}"
    lost.parent.mkdir()
    lost.write_bytes(b"of a course that was deleted")
    identity = UUID(old.rsplit("/", 1)[-1])
    run(lambda: Upload.update({Upload.expires_at: now() - timedelta(hours=1)}).where(Upload.id == identity).run())
    assert alice.head(old, headers=TUS).status_code == 404
    assert run(sweep_uploads, open_store(settings.media)) == 1
    assert len(pieces()) == 1
    assert offset(alice, fresh) == 5


@contextmanager
def full_disk(left: int) -> Iterator[None]:
    """No file of this process can grow beyond `left` bytes: the kernel refuses it as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_full_disk_is_told_and_the_upload_goes_on_when_there_is_room(
    alice: TestClient, course: UUID, folder: Path, pieces: Any
) -> None:
    data = PHOTO + bytes(4_000_000)
    place = begin(alice, course, len(data))
    with full_disk(3_000_000):
        refused = put(alice, place, 0, data)
        assert (refused.status_code, refused.json()["error"]["code"]) == (507, "no_room")
        assert "no room left" in refused.json()["error"]["message"]
        assert (offset(alice, place), pieces()) == (0, [])
    assert not [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
    assert put(alice, place, 0, data).status_code == 204
    assert alice.post(f"{place}/media", headers=TUS).json()["width"] == 900


def test_file_that_cannot_fit_is_refused_before_a_byte_is_sent(
    alice: TestClient, course: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "_SPARE", 1 << 60)  # more than any disk has
    refused = create(alice, course, 10)
    assert (refused.status_code, refused.json()["error"]["code"]) == (507, "no_room")
