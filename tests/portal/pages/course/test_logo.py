"""A course's logo: given on its settings, printed on its slips, kept as long as it is one."""

import io
import struct
import time
import zlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pypdfium2
import pypdfium2.raw as raw
import pytest
import zxingcpp
from litestar.testing import TestClient
from PIL import Image

from courses.catalogue.courses import course_of
from courses.catalogue.logos import logo_of
from courses.clock import now
from courses.lessons.copying import copy_course
from courses.media.library import open_store
from courses.media.unneeded import sweep_media
from courses.signed_in import SignedIn
from courses.tables.media import Media


def png(color: tuple[int, ...], size: tuple[int, int] = (600, 200)) -> bytes:
    target = io.BytesIO()
    Image.new("RGBA", size, color).save(target, "PNG")
    return target.getvalue()


def bomb() -> bytes:
    """A PNG that says that it is 30,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def send(client: TestClient, course: UUID, data: bytes, name: str = "logo.png", kind: str = "image/png") -> Any:
    return client.post(f"/courses/{course}/logo", files={"logo": (name, data, kind)})


def printed(alice: TestClient, course: UUID, **choice: Any) -> bytes:
    form = {"chosen": "1", "kind": "handout", "layout": "a4-6", "part": ["title", "logo"]} | choice
    run, deadline = alice.post(f"/courses/{course}/prints", data=form).headers["location"], time.monotonic() + 60
    while alice.get(run, headers={"accept": "application/json"}).json()["state"] in ("queued", "working"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return alice.get(f"{run}/sheet.pdf").content


def pictures_of(page: Any) -> list[Any]:
    return [it for it in page.get_objects() if it.type == raw.FPDF_PAGEOBJ_IMAGE and it.get_px_size()[0] > 100]


def test_logo_is_printed_on_slips_beside_the_code(alice: TestClient, classroom: Any) -> None:
    course = classroom.course
    assert 'value="logo"' not in alice.get(f"/courses/{course}/sheet").text
    answer = send(alice, course, png((20, 120, 40, 255)))
    assert answer.headers["location"] == f"/courses/{course}/edit?done=logo"
    assert "The course’s logo" in alice.get(f"/courses/{course}/edit").text
    assert 'value="logo" checked' in alice.get(f"/courses/{course}/sheet").text
    assert "gave the course a logo" in alice.get(f"/courses/{course}/log").text
    with pypdfium2.PdfDocument(printed(alice, course)) as pdf:
        (image,) = pictures_of(pdf[0])
        left, bottom, right, top = image.get_bounds()
        assert (right - left) / (top - bottom) == pytest.approx(3, rel=0.02)
        sheet = pdf[0].render(scale=150 / 72).to_pil().convert("RGB")
        height = pdf[0].get_height()
    middle = (left + right) / 2 * 150 / 72, (height - (bottom + top) / 2) * 150 / 72
    assert sheet.getpixel(tuple(map(round, middle))) == (20, 120, 40)
    (code,) = zxingcpp.read_barcodes(sheet)
    for corner in (code.position.top_left, code.position.top_right, code.position.bottom_left):
        x, y = corner.x * 72 / 150, height - corner.y * 72 / 150
        assert not (left <= x <= right and bottom <= y <= top)
    with pypdfium2.PdfDocument(printed(alice, course, part=["title"])) as pdf:
        assert pictures_of(pdf[0]) == []


def test_transparent_logo_is_printed_on_white(alice: TestClient, classroom: Any) -> None:
    send(alice, classroom.course, png((255, 0, 0, 0)))
    with pypdfium2.PdfDocument(printed(alice, classroom.course)) as pdf:
        (image,) = pictures_of(pdf[0])
        assert image.get_bitmap().to_pil().convert("RGB").getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize(
    ("data", "name", "kind", "words"),
    [(bomb(), "logo.png", "image/png", "pixels"),
     (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1/"/></svg>', "logo.svg", "image/svg+xml", "SVG"),
     (b"http://127.0.0.1/logo.png", "logo.png", "image/png", ""), (png((1, 2, 3, 255))[:-60], "a.png", "image/png", "damaged"),
     (b"", "", "", "Choose a picture.")],
    ids=["bomb", "svg", "remote", "cut", "nothing"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_and_the_old_logo_stays(
    alice: TestClient, course: UUID, run: Any, data: bytes, name: str, kind: str, words: str
) -> None:
    send(alice, course, png((0, 0, 0, 255)))
    before = run(logo_of, course)
    answer = send(alice, course, data, name, kind)
    assert answer.status_code == 422
    assert 'class="field bad"' in answer.text
    assert words in answer.text
    assert run(logo_of, course) == before


def test_logo_is_kept_by_the_sweep_and_by_a_copy_until_it_is_taken_away(
    alice: TestClient, alice_person: SignedIn, course: UUID, settings: Any, run: Any
) -> None:
    store = open_store(settings.media)
    send(alice, course, png((0, 0, 0, 255)))
    copy = run(copy_course, alice_person, run(course_of, alice_person, course), "Again", "")
    assert run(logo_of, copy).sha256 == run(logo_of, course).sha256
    old = now() - timedelta(days=8)
    run(lambda: Media.update({Media.created_at: old}, force=True).run())
    assert run(sweep_media, store) == 0
    assert alice.post(f"/courses/{course}/logo/removal", data={"x": ""}).status_code == 303
    assert run(logo_of, course) is None
    assert run(sweep_media, store) == 1
    assert run(logo_of, copy) is not None
