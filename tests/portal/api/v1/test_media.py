"""Uploads through the management API."""

import io
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient
from PIL import Image

from portal.settings import Settings


def send(api: TestClient, course: UUID, data: bytes, name: str = "a.jpg", kind: str = "image/jpeg") -> object:
    return api.post(f"/courses/{course}/media", files={"file": (name, data, kind)})


def stored(settings: Settings) -> list[Path]:
    return [path for path in Path(settings.media.removeprefix("file://")).rglob("*") if path.is_file()]


def test_picture_is_stored_and_served_at_its_address(api: TestClient, client: TestClient, course: UUID) -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAM"
    Image.new("RGB", (80, 60), "red").save(file, "JPEG", exif=exif)
    answer = send(api, course, file.getvalue())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert {key: made[key] for key in ("kind", "width", "height", "seconds", "poster")} == {
        "kind": "image", "width": 80, "height": 60, "seconds": None, "poster": None,
    }  # fmt: skip
    assert UUID(made["id"])
    assert made["url"].startswith("http://testserver.local/media/")
    served = client.get(made["url"])
    assert served.status_code == 200
    assert Image.open(io.BytesIO(served.content)).size == (80, 60)
    assert b"SECRETCAM" not in served.content


def test_video_comes_with_a_poster(api: TestClient, course: UUID, film: Path) -> None:
    made = send(api, course, film.read_bytes(), "tea.mp4", "video/mp4").json()
    assert (made["kind"], made["poster"]["kind"]) == ("video", "image")
    assert made["seconds"] > 1
    assert made["width"] > 0 < made["height"]
    draft = {"type": "video", "title": "Tea", "video": made["id"], "cover": made["poster"]["id"]}
    lesson = api.post(f"/courses/{course}/lessons", json=draft).json()
    assert (lesson["type"], lesson["video"], lesson["cover"]) == ("video", made["id"], made["poster"]["id"])


def png_bomb() -> bytes:
    """A PNG that claims 50,000 × 50,000 pixels."""
    file = io.BytesIO()
    Image.new("1", (1, 1)).save(file, "PNG")
    data = bytearray(file.getvalue())
    data[16:24] = (50_000).to_bytes(4, "big") * 2
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml"),
        (b"MZ\x90\x00", "a.jpg", "image/jpeg"),
        (b"", "a.jpg", "image/jpeg"),
        (png_bomb(), "a.png", "image/png"),
        (b"\x00\x00\x00\x18ftypmp42", "a.mp4", "video/mp4"),
        (b"RIFF\x00\x00\x00\x00AVI ", "a.avi", "video/x-msvideo"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "a.heic", "image/heic"),
    ],
)
def test_what_is_no_picture_or_video_is_refused(
    api: TestClient, settings: Settings, course: UUID, data: bytes, name: str, kind: str
) -> None:
    answer = send(api, course, data, name, kind)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "media_refused"
    assert stored(settings) == []


def test_truncated_picture_is_refused(api: TestClient, settings: Settings, course: UUID, photo: bytes) -> None:
    answer = send(api, course, photo[: len(photo) // 2])
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "media_refused")
    assert stored(settings) == []


def test_picture_over_the_limit_is_refused_with_its_size(api: TestClient, course: UUID) -> None:
    answer = send(api, course, b"\xff\xd8\xff" + bytes(31_000_000))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "media_refused")
    assert answer.json()["error"]["message"] == "The picture has 31.0 MB; at most 30 MB fit."


def test_upload_takes_exactly_one_file(api: TestClient, course: UUID, photo: bytes) -> None:
    none = api.post(f"/courses/{course}/media", files={"other": ("a.jpg", photo)})
    two = api.post(f"/courses/{course}/media", files=[("file", ("a.jpg", photo)), ("file", ("b.jpg", photo))])
    text = api.post(f"/courses/{course}/media", files={"file": (None, b"no file name")})
    assert [answer.status_code for answer in (none, two, text)] == [422, 422, 422]
    assert none.json()["error"]["fields"] == {"file": "Send one file, as the field “file”."}


def test_upload_that_is_no_form_is_refused(api: TestClient, course: UUID, photo: bytes) -> None:
    path = f"/courses/{course}/media"
    assert api.post(path, content=photo, headers={"content-type": "image/jpeg"}).status_code == 415
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        answer = api.post(path, content=b"--y\r\n\r\nz", headers={"content-type": kind})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")
    broken = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n\xff\xfe\r\n--x--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert api.post(path, content=broken, headers=headers).status_code == 400


def test_upload_over_the_limit_is_refused_before_it_is_read(api: TestClient, course: UUID) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(1 << 40)}
    answer = api.post(f"/courses/{course}/media", content=b"--x", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_texts_of_a_form_are_bounded(api: TestClient, course: UUID) -> None:
    answer = api.post(f"/courses/{course}/media", files={"file": (None, b"x" * (2 << 20))})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


def test_upload_to_the_course_of_another_is_not_there(
    bobs_api: TestClient, settings: Settings, course: UUID, photo: bytes
) -> None:
    theirs, nobodys = (send(bobs_api, identity, photo) for identity in (course, uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert stored(settings) == []
