"""A link's code as SVG and PNG, read back by an independent reader."""

import io
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
import zxingcpp
from litestar.testing import TestClient
from PIL import Image

from courses.lessons.authoring import edit_lesson, lesson_by_id
from courses.lessons.links import withdraw_link
from courses.lessons.values import LessonDraft
from portal.settings import Settings
from portal.sharing.addresses import share_url


def read(png: bytes) -> zxingcpp.Barcode:
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("L"))
    return code


@pytest.mark.parametrize("query", ["", "?scale=3", "?scale=60", "?download=1"])
def test_png_holds_the_share_url(alice: TestClient, classroom: Any, settings: Settings, query: str) -> None:
    answer = alice.get(f"/links/{classroom.link.id}/qr.png{query}")
    assert answer.headers["content-type"] == "image/png"
    assert read(answer.content).text == share_url(settings, classroom.link)


def test_png_for_print_corrects_more(alice: TestClient, classroom: Any) -> None:
    printed = read(alice.get(f"/links/{classroom.link.id}/qr.png?download=1").content)
    shown = read(alice.get(f"/links/{classroom.link.id}/qr.png").content)
    assert shown.ec_level in "MQH"
    assert printed.ec_level in "QH"


def test_svg_is_one_clean_drawing(alice: TestClient, classroom: Any, settings: Settings) -> None:
    answer = alice.get(f"/links/{classroom.link.id}/qr.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.text.startswith("<svg ")
    assert f"<title>{share_url(settings, classroom.link)}</title>" in answer.text
    assert answer.headers["content-disposition"].startswith("inline;")


def test_download_is_named_after_the_lesson(alice: TestClient, classroom: Any) -> None:
    lesson = classroom.run(lesson_by_id, classroom.lesson)
    classroom.run(edit_lesson, None, lesson, LessonDraft("normal", 'Tea 茶 / "a"\r\nX-Bad: 1'))
    for extension in ("svg", "png"):
        answer = alice.get(f"/links/{classroom.link.id}/qr.{extension}?download=1")
        value = answer.headers["content-disposition"]
        assert value.startswith(f'attachment; filename="qr-{classroom.link.spoken.lower()}.{extension}"; ')
        assert unquote(value.split("''")[1]) == f"QR Tea 茶 a X-Bad 1.{extension}"
        assert "x-bad" not in answer.headers


@pytest.mark.parametrize(("scale", "status"), [("0", 422), ("61", 422), ("-1", 422), ("x", 400), ("9" * 30, 422)])
def test_scale_is_bounded(alice: TestClient, classroom: Any, scale: str, status: int) -> None:
    answer = alice.get(f"/links/{classroom.link.id}/qr.png", params={"scale": scale})
    assert answer.status_code == status
    words = {422: "Choose a scale from 1 to 60.", 400: "The request could not be read."}
    assert words[status] in answer.text


@pytest.mark.parametrize("name", ["qr.svg", "qr.png"])
def test_codes_are_for_live_links_of_ones_own(
    alice: TestClient, bob: TestClient, client: TestClient, classroom: Any, name: str
) -> None:
    address = f"/links/{classroom.link.id}/{name}"
    theirs, nobodys = bob.get(address), bob.get(f"/links/{uuid4()}/{name}")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    stranger = client.get(address)
    assert (stranger.status_code, unquote(stranger.headers["location"])) == (303, f"/sign-in?next={address}")
    classroom.run(withdraw_link, None, classroom.link)
    ended = alice.get(address)
    assert ended.status_code == 410
    assert "This link was withdrawn. Issue a new one." in ended.text
