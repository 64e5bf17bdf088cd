"""Every bad file of the security checklist, by every way in: refused in plain words, or made harmless, and nothing left.

Decoding itself is tested in tests/courses/media/test_pictures.py; here it is that no way goes around it.
"""

import base64
import io
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import TestClient
from PIL import Image

from courses.tables.media import Media, Upload
from portal.settings import Settings

FILES = Path(__file__).parents[2] / "courses" / "media" / "files"
TUS = {"Tus-Resumable": "1.0.0", "Accept": "application/json"}
Send = Callable[[str, bytes], Response]


def photo(**more: Any) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(file, "JPEG", **more)
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")


def moving(frames: int) -> bytes:
    return b"GIF89a" + bytes(7) + b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x4c\x01\0" * frames


def located() -> bytes:
    """A photo turned by 90°, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)})
    return photo(exif=exif, comment=b"taken at home")


#: the file's name and bytes, and how the refusal begins
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "text renamed": ("poem.jpg", b"roses are red\n" * 50, "This file is not a picture"),
    "page renamed": ("page.png", b"<!doctype html><script>alert(1)</script>", "This file is not a picture"),
    "SVG": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG drawings"),
    "SVG renamed": ("a.png", b"<?xml version='1.0'?><svg><foreignObject/></svg>", "SVG drawings"),
    "program": ("../../x.py", b"import os\nos.system('id')\n", "This file is not a picture"),
    "archive": ("a.jpg", b"PK\x03\x04" + bytes(100), "This file is not a picture"),
    "cut in two": ("half.jpg", photo()[:3000], "This picture is damaged or incomplete."),
    "cut HEIC": ("half.heic", (FILES / "photo.heic").read_bytes()[:-500], "This picture is damaged or incomplete."),
    "cut video": ("half.mp4", b"\0\0\0\x18ftypmp42" + bytes(40), "This video is damaged or incomplete."),
    "50,000 × 50,000": ("bomb.png", png(50_000, 50_000), "The picture has "),
    "one line of 10⁹": ("line.png", png(1, 1_000_000_000), "The picture has "),
    "HEIC bomb": ("bomb.heic", (FILES / "bomb.heic").read_bytes(), "The picture has "),
    "10,000 frames": ("moving.gif", moving(10_000), "GIF pictures cannot be used."),
}
#: what is taken, without what it should not have
TAKEN: dict[str, tuple[str, bytes]] = {
    "with its place": ("home.jpg", located()),
    "polyglot": ("both.jpg", photo() + b"PK\x03\x04<script>alert(1)</script>%PDF-1.7"),
    "wrong ending": ("photo.png", photo()),
    "a path for a name": ("../../../etc/passwd.jpg", photo()),
}
WAYS = ("api", "page", "tus")


@pytest.fixture
def send(request: pytest.FixtureRequest, course: UUID) -> Send:
    """By the management API, by the form's script in one piece, or in pieces that go on after a lost connection."""

    def by_tus(name: str, data: bytes) -> Response:
        words = f"filename {base64.b64encode(name.encode()).decode()}"
        alice = request.getfixturevalue("alice")
        begun = alice.post(
            f"/courses/{course}/uploads", headers=TUS | {"Upload-Length": str(len(data)), "Upload-Metadata": words}
        )
        place = begun.headers["location"]
        piece = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        assert alice.patch(place, content=data, headers=piece).status_code == 204
        return alice.post(f"{place}/media", headers=TUS)

    def whole(name: str, data: bytes) -> Response:
        client: TestClient = request.getfixturevalue("api" if request.param == "api" else "alice")
        return client.post(
            f"/courses/{course}/media", files={"file": (name, data)}, headers={"accept": "application/json"}
        )

    return by_tus if request.param == "tus" else whole


@pytest.mark.parametrize("send", WAYS, indirect=True)
def test_bad_files_are_refused_in_plain_words_and_leave_nothing(send: Send, settings: Settings, run: Any) -> None:
    for what, (name, data, start) in REFUSED.items():
        begun = time.monotonic()
        answer = send(name, data)
        assert answer.status_code == 422, what
        assert answer.json()["error"]["message"].startswith(start), (what, answer.text)
        assert time.monotonic() - begun < 10, what  # far from what a bomb would take if it were unpacked
    folder = Path(settings.media.removeprefix("file://"))
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    assert run(lambda: Media.count().run()) == run(lambda: Upload.count().run()) == 0


@pytest.mark.parametrize("send", WAYS, indirect=True)
def test_good_files_lose_what_they_should_not_have(send: Send, client: TestClient, settings: Settings) -> None:
    for what, (name, data) in TAKEN.items():
        told = send(name, data).json()
        served = client.get(told.get("full") or told["url"])
        picture = Image.open(io.BytesIO(served.content))
        assert picture.format == "JPEG", what
        assert not picture.getexif(), what
        assert b"home" not in served.content, what
        assert b"<script>" not in served.content, what
        assert served.headers["x-content-type-options"] == "nosniff"
        expected = (200, 300) if what == "with its place" else (300, 200)
        assert picture.size == expected, what
    folder = Path(settings.media.removeprefix("file://"))
    stored = [path for path in folder.rglob("*") if path.is_file()]
    assert stored
    assert not [path for path in stored if "passwd" in path.name or folder.resolve() not in path.resolve().parents]
