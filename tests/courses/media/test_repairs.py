"""Pictures whose pixels are whole are taken, whatever stands around them."""

import io
import random
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from courses.errors import MediaRefused
from courses.media.pictures import PreparedPicture, prepare_picture

LONG = b"<x:xmpmeta>" + b"SecretCamera " * 200_000


def scene(width: int = 300, height: int = 200) -> Image.Image:
    return Image.effect_mandelbrot((width, height), (-2, -1, 1, 1), 60).convert("RGB")


def saved(picture: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def png_with(kind: bytes, content: bytes, picture: Image.Image | None = None) -> bytes:
    """A PNG with one more chunk behind its header."""
    data = saved(picture or scene(), "PNG")
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return data[:33] + chunk + data[33:]


def refused(data: bytes) -> bool:
    try:
        prepare_picture(data)
    except MediaRefused:
        return True
    return False


def same_pixels(prepared: PreparedPicture, picture: Image.Image) -> bool:
    return Image.open(io.BytesIO(prepared.full)).convert("RGB").tobytes() == picture.tobytes()


TEXTS = {
    "xmp": (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + LONG),
    "xmp packed": (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(LONG)),
    "text": (b"tEXt", b"Comment\0" + LONG),
    "text packed": (b"zTXt", b"Comment\0\0" + zlib.compress(LONG)),
    "text packed in an unknown way": (b"zTXt", b"Comment\0\7" + LONG),
    "profile": (b"iCCP", b"x\0\0" + zlib.compress(bytes(1_500_000))),
    "no profile": (b"iCCP", b""),
    "profile that is not packed": (b"iCCP", b"x\0\0" + LONG),
    "camera's notes": (b"eXIf", b"SecretCamera"),
    "size of a pixel": (b"pHYs", b"1"),
    "gamma": (b"gAMA", b""),
    "colours": (b"cHRM", b"12"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_png_is_taken_whatever_its_texts_and_facts_are(name: str) -> None:
    picture = scene(90, 120)
    prepared = prepare_picture(png_with(*TEXTS[name], picture))
    assert (prepared.format, prepared.width, prepared.height) == ("png", 90, 120)
    assert same_pixels(prepared, picture)
    assert b"SecretCamera" not in prepared.full


def test_png_with_much_text_is_still_turned_and_keeps_its_holes() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    clear = scene(90, 120).convert("P")
    data = saved(clear, "PNG", exif=exif, transparency=clear.getpixel((0, 0)))
    kind, content = TEXTS["xmp"]
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    prepared = prepare_picture(data[:33] + chunk + data[33:])
    assert (prepared.width, prepared.height) == (120, 90)
    assert Image.open(io.BytesIO(prepared.full)).mode == "RGBA"


def test_png_with_much_text_that_moves_is_still_refused() -> None:
    data = saved(scene(), "PNG", save_all=True, append_images=[scene().transpose(Image.Transpose.ROTATE_180)])
    kind, content = TEXTS["text packed"]
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    with pytest.raises(MediaRefused, match="Moving pictures"):
        prepare_picture(data[:33] + chunk + data[33:])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_notes_of_a_camera_that_cannot_be_read_are_left_out(form: str) -> None:
    prepared = prepare_picture(saved(scene(), form, exif=b"Exif\0\0garbage"))
    assert (prepared.width, prepared.height) == (300, 200)


def noise() -> Image.Image:
    return Image.frombytes("RGB", (300, 200), random.Random(1).randbytes(180_000))


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "scene": scene,
    "noise": noise,
    "grey": lambda: scene().convert("L"),
    "flat": lambda: Image.new("RGB", (300, 200), "red"),
}


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("lost", [1, 2])
def test_jpeg_without_its_end_marker_is_taken(name: str, progressive: bool, lost: int) -> None:
    data = saved(PICTURES[name](), progressive=progressive)
    assert data.endswith(b"\xff\xd9")
    assert prepare_picture(data[:-lost]) == prepare_picture(data)


def test_phone_picture_without_its_end_marker_is_still_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    prepared = prepare_picture(saved(scene(), exif=exif)[:-2])
    assert (prepared.width, prepared.height) == (200, 300)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("name", PICTURES)
def test_jpeg_of_which_a_part_is_missing_is_refused_wherever_it_was_cut(name: str, progressive: bool) -> None:
    """Also between two scans of a progressive one, where what is there would look like a blurred picture."""
    data = saved(PICTURES[name](), progressive=progressive)
    whole = prepare_picture(data)
    begin = data.index(b"\xff\xda")
    for cut in range(begin, len(data) - 2, max(1, (len(data) - begin) // 60)):
        assert refused(data[:cut]) or prepare_picture(data[:cut]) == whole
    assert refused(data[: begin + (len(data) - begin) // 2])
