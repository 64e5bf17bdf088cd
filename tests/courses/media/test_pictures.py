"""What becomes of uploaded pictures, good and bad."""

import io
import pickle
import random
import struct
import subprocess
import sys
import textwrap
import time
import zlib
from base64 import b64decode
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageFile

from courses.errors import MediaRefused
from courses.media.formats import BYTES_MAX
from courses.media.pictures import BLUR_MAX, PreparedPicture, prepare_picture

FILES = Path(__file__).parent / "files"


def drawn(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """Red on the left half, blue on the right, a green square in the top left corner."""
    picture = Image.new("RGB", (width, height), (220, 20, 20))
    picture.paste((20, 20, 220), (width // 2, 0, width, height))
    picture.paste((20, 200, 20), (0, 0, width // 4, height // 4))
    return picture.convert(mode)


def saved(picture: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    size = width * height * len(mode)
    return Image.frombytes(mode, (width, height), random.Random(1).randbytes(size))


def reason(data: bytes) -> str:
    with pytest.raises(MediaRefused) as caught:
        prepare_picture(data)
    return str(caught.value.message)


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of chosen chunks between a header of eight-bit grey and the end."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


@pytest.mark.parametrize(("form", "kept"), [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "jpeg"), ("AVIF", "jpeg")])
def test_prepare_picture_gives_what_platforms_take_and_makes_small_sizes(form: str, kept: str) -> None:
    prepared = prepare_picture(saved(drawn(4000, 3000), form))
    assert (prepared.format, prepared.width, prepared.height) == (kept, 1920, 1440)
    assert [(opened(data).format, opened(data).size) for data in (prepared.full, prepared.phone, prepared.thumb)] == [
        (kept.upper(), (1920, 1440)),
        ("WEBP", (1080, 810)),
        ("WEBP", (480, 360)),
    ]
    assert len(prepared.sha256) == 64
    assert pickle.loads(pickle.dumps(prepared)) == prepared


@pytest.mark.parametrize("size", [(1, 1), (300, 200), (3000, 1), (500, 1920)])
def test_prepare_picture_never_enlarges(size: tuple[int, int]) -> None:
    prepared = prepare_picture(saved(drawn(*size), "PNG"))
    assert prepared.width <= size[0]
    assert prepared.height <= size[1]
    assert max(prepared.width, prepared.height) == min(1920, max(size))
    assert opened(prepared.thumb).width == min(480, prepared.width)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("size", "full", "phone", "thumb"),
    [
        ((1080, 12_000), (1080, 12_000), (1080, 12_000), (173, 1920)),
        ((2160, 9_000), (1080, 4500), (1080, 4500), (461, 1920)),
        ((700, 2_000), (700, 2_000), (700, 2_000), (480, 1371)),
        ((1080, 2_400), (864, 1920), (864, 1920), (480, 1067)),
        ((1080, 40_000), (864, 32_000), (442, 16_383), (52, 1920)),
        ((1, 3_000), (1, 3_000), (1, 3_000), (1, 1920)),
        ((12_000, 1_080), (1920, 173), (1080, 97), (480, 43)),
    ],
)
def test_long_picture_stays_wide_enough_to_be_read(
    form: str, size: tuple[int, int], full: tuple[int, int], phone: tuple[int, int], thumb: tuple[int, int]
) -> None:
    prepared = prepare_picture(saved(Image.new("L", size, 200), form))
    assert (prepared.width, prepared.height) == full
    assert [opened(data).size for data in (prepared.full, prepared.phone, prepared.thumb)] == [full, phone, thumb]


def test_long_picture_that_was_taken_lying_is_measured_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    prepared = prepare_picture(saved(Image.new("L", (9_000, 1_080)), exif=exif))
    assert (prepared.width, prepared.height) == (1080, 9_000)


def test_prepare_picture_writes_progressive_jpeg() -> None:
    assert opened(prepare_picture(saved(drawn())).full).info.get("progressive")


def test_prepare_picture_drops_everything_but_the_pixels() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (27.0, 30.0, 0.0)
    secrets = {"exif": exif, "xmp": b"<x:xmpmeta>SecretCamera</x:xmpmeta>", "comment": b"SecretCamera"}
    data = saved(drawn(), "JPEG", dpi=(123, 123), **secrets)
    files = [prepare_picture(data), prepare_picture(saved(drawn(), "WEBP", exif=exif, xmp=secrets["xmp"]))]
    assert b"SecretCamera" in data
    for prepared in files:
        for variant in (prepared.full, prepared.phone, prepared.thumb):
            assert b"SecretCamera" not in variant
            assert dict(opened(variant).getexif()) == {}
            assert {"exif", "xmp", "icc_profile", "comment"} & set(opened(variant).info) == set()
            assert opened(variant).info.get("dpi") != (123, 123)


def test_prepare_picture_drops_text_in_png() -> None:
    chunk = (b"tEXt", b"Comment\0SecretCamera")
    data = png(1, 1, chunk, (b"IDAT", zlib.compress(b"\0\x80")), (b"eXIf", saved_exif()), chunk)
    assert b"SecretCamera" not in prepare_picture(data).full
    assert opened(prepare_picture(data).full).getpixel((0, 0)) == 0x80


def saved_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    return exif.tobytes()[6:]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_prepare_picture_turns_each_orientation_upright(orientation: int, form: str) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that a camera held so makes
    stored = drawn().transpose(Image.Transpose(undo[orientation])) if orientation in undo else drawn()
    exif = Image.Exif()
    exif[0x0112] = orientation
    prepared = prepare_picture(saved(stored, form, exif=exif))
    assert (prepared.width, prepared.height) == (400, 300)
    for data in (prepared.full, prepared.thumb):
        picture = opened(data).convert("RGB")
        corners = [picture.getpixel(at) for at in ((10, 10), (10, 290), (390, 10))]
        assert [pixel.index(max(pixel)) for pixel in corners] == [1, 0, 2]


def test_prepare_picture_converts_colours_to_srgb() -> None:
    # A profile with red and green swapped: colours must come back swapped, and the profile be gone.
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, green = srgb.index(b"rXYZ"), srgb.index(b"gXYZ")
    swapped = bytearray(srgb)
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    for form, mode in (("JPEG", "RGB"), ("PNG", "RGBA")):
        picture = Image.new(mode, (50, 50), (250, 5, 5, 100)[: len(mode)])
        full = opened(prepare_picture(saved(picture, form, icc_profile=bytes(swapped))).full)
        pixel = full.getpixel((20, 20))
        assert pixel[1] > 200 > 60 > pixel[0]
        assert pixel[3:] == (100,)[: len(mode) - 3]
        assert "icc_profile" not in full.info


def test_prepare_picture_ignores_a_broken_profile() -> None:
    for profile in (b"\0" * 200, b"x" * 2_000_000):
        prepared = prepare_picture(saved(Image.new("L", (9, 9), 77).convert("RGB"), "JPEG", icc_profile=profile))
        assert opened(prepared.full).getpixel((5, 5)) == (77, 77, 77)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "CMYK", "PA"])
def test_prepare_picture_takes_every_kind_of_pixel(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    if mode == "I;16":
        picture = Image.frombytes("I;16", (2, 1), struct.pack("<2H", 0x4000, 0xC000))
    elif mode == "PA":
        picture = drawn(mode="P")
        picture.info["transparency"] = 0
    else:
        picture = drawn(mode=mode)
    full = opened(prepare_picture(saved(picture, form)).full)
    assert full.size == picture.size
    assert full.mode in ("L", "RGB", "RGBA")
    if mode == "I;16":
        assert [full.getpixel((0, 0)), full.getpixel((1, 0))] == [0x40, 0xC0]
    if mode in ("P", "CMYK"):
        pixel = full.convert("RGB").getpixel((390, 290))
        assert pixel[2] > 150 > 100 > pixel[0]


def test_prepare_picture_keeps_transparency() -> None:
    picture = drawn(mode="RGBA")
    picture.putalpha(77)
    for form in ("PNG", "WEBP"):
        prepared = prepare_picture(saved(picture, form))
        for data in (prepared.full, prepared.phone, prepared.thumb):
            assert opened(data).getpixel((300, 200))[3] == 77


def test_a_large_opaque_png_becomes_jpeg() -> None:
    assert prepare_picture(saved(noise(1000, 800), "PNG")).format == "jpeg"
    assert prepare_picture(saved(noise(700, 600, "RGBA"), "PNG")).format == "png"
    opaque = noise(1000, 800).convert("RGBA")
    assert prepare_picture(saved(opaque, "PNG")).format == "jpeg"


def test_a_phone_picture_with_a_second_view_is_taken_as_jpeg() -> None:
    data = saved(drawn(), "MPO", save_all=True, append_images=[drawn(mode="L").convert("RGB")])
    assert Image.open(io.BytesIO(data), formats=["JPEG"]).format == "MPO"
    assert prepare_picture(data).format == "jpeg"


def test_the_same_upload_gives_the_same_bytes() -> None:
    assert prepare_picture(saved(drawn())) == prepare_picture(saved(drawn()))


def test_heic_of_a_phone_becomes_an_upright_jpeg_without_its_place() -> None:
    """The file was turned by its EXIF orientation and says where it was taken."""
    given = (FILES / "photo.heic").read_bytes()
    assert b"iPhone" in given
    made = prepare_picture(given)
    assert (made.format, made.width, made.height) == ("jpeg", 64, 96)
    full = opened(made.full)
    assert not full.getexif()
    assert b"iPhone" not in made.full
    assert b"Exif" not in made.full
    # What the camera had at its top, green, is at the right now.
    assert [full.getpixel((x, 48))[1] > 200 for x in (3, 60)] == [False, True]
    assert [full.getpixel((x, 48))[0] > 200 for x in (3, 60)] == [True, False]


@pytest.mark.parametrize("form", ["HEIF", "AVIF", "WEBP"])
def test_transparent_pictures_of_every_format_become_png(form: str) -> None:
    glass = drawn(64, 48, "RGBA")
    glass.putalpha(Image.linear_gradient("L").resize(glass.size))
    made = prepare_picture((FILES / "clear.heic").read_bytes() if form == "HEIF" else saved(glass, form))
    assert made.format == "png"
    assert opened(made.full).getchannel("A").getextrema() != (255, 255)
    assert made.blur == ""


@pytest.mark.parametrize("size", [(1, 1), (4000, 3000), (10, 3000), (3000, 10)])
def test_placeholder_is_tiny_and_has_the_colours_of_the_picture(size: tuple[int, int]) -> None:
    made = prepare_picture(saved(drawn(*size), quality=95))
    kind, _, data = made.blur.partition(",")
    assert kind == "data:image/webp;base64"
    assert len(made.blur) <= BLUR_MAX
    tiny = opened(b64decode(data))
    assert max(tiny.size) <= 20
    if size == (4000, 3000):
        assert tiny.size == (20, 15)
        red, _, blue = tiny.convert("RGB").getpixel((17, 12))
        assert blue > 150 > 80 > red


def test_placeholder_of_a_busy_picture_fits() -> None:
    assert 0 < len(prepare_picture(saved(noise(600, 600))).blur) <= BLUR_MAX


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "AVIF"])
def test_moving_pictures_are_refused(form: str) -> None:
    data = saved(drawn(), form, save_all=True, append_images=[drawn(mode="L").convert("RGB")] * 3)
    assert reason(data) == {
        "GIF": "GIF pictures cannot be used. Save it as JPEG or PNG, or as an MP4 video if it moves."
    }.get(form, "Moving pictures cannot be used. Choose a still picture or a video.")


@pytest.mark.parametrize(
    ("data", "start"),
    [
        (b"", "The file is empty."),
        (b"just text, renamed .jpg\n" * 100, "This file is not a picture that we can read."),
        (b"%PDF-1.7", "This file is not a picture"),
        (b"PK\x03\x04 a zip", "This file is not a picture"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "This file is not a picture"),
        (saved(drawn(), "BMP"), "This file is not a picture"),
        (saved(drawn(), "TIFF"), "This file is not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "This picture is damaged or incomplete."),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "This picture is damaged or incomplete."),
        (b"\0\0\0\x18ftypisom\0\0\0\0mp42isom", "This file is not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG drawings cannot be used."),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg/>', "SVG drawings cannot be used."),
        (b"<html><script>alert(1)</script>", "This file is not a picture"),
        (b"\xff\xd8\xff\xe0 and then nothing of the kind", "This picture is damaged or incomplete."),
        (b"\x89PNG\r\n\x1a\n", "This picture is damaged or incomplete."),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", "This picture is damaged or incomplete."),
        (png(1, 1, (b"IDAT", b"no zlib")), "This picture is damaged or incomplete."),
        (png(0, 0), "This picture is damaged or incomplete."),
    ],
)
def test_what_is_no_picture_is_refused_in_plain_words(data: bytes, start: str) -> None:
    assert reason(data).startswith(start)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.05, 0.5, 0.97])
def test_truncated_pictures_are_refused(form: str, part: float) -> None:
    data = saved(noise(300, 200), form)
    assert reason(data[: int(len(data) * part)]).startswith("This picture is damaged or incomplete.")


@pytest.mark.parametrize("part", [0.05, 0.5, 0.9])
def test_truncated_heic_is_refused(part: float) -> None:
    data = (FILES / "photo.heic").read_bytes()
    assert reason(data[: int(len(data) * part)]).startswith("This picture is damaged or incomplete.")


def test_truncated_picture_is_refused_in_a_worker_that_drew_a_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does when it is imported
    data = saved(noise(300, 200))
    assert reason(data[: len(data) // 2]).startswith("This picture is damaged or incomplete.")


def test_bytes_over_the_limit_are_refused_with_both_figures() -> None:
    assert reason(b"\xff\xd8\xff" + bytes(BYTES_MAX)) == "The picture has 30.0 MB; at most 30 MB fit."
    assert reason(bytes(200_000_000)) == "The picture has 200.0 MB; at most 30 MB fit."


def jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(saved(drawn(16, 16)))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def heic_of(width: int, height: int) -> bytes:
    """A small HEIC whose boxes state another size (ISO 23008-12, ispe)."""
    data = (FILES / "photo.heic").read_bytes()
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


BOMBS = {
    "heic": (FILES / "bomb.heic").read_bytes(),  # 8960 × 7040 in 15 kB
    "heic-claim": heic_of(60_000, 60_000),
    "heic-lie": heic_of(4_000, 4_000),
    "avif": saved(Image.new("RGB", (8_960, 7_040)), "AVIF", speed=10),
    "gif-frames": b"GIF89a" + bytes(7) + b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x4c\x01\0" * 10_000,
    "webp-frames": saved(drawn(8, 8), "WEBP", save_all=True, append_images=[drawn(8, 8), noise(8, 8)] * 5_000),
    "png": png(50_000, 50_000, (b"IDAT", zlib.compress(bytes(1_000_000)))),
    "png-line": png(1, 1_000_000_000, (b"IDAT", zlib.compress(bytes(1_000_000)))),
    "png-warning": png(10_000, 9_000, (b"IDAT", zlib.compress(bytes(1_000_000)))),
    "png-text": png(1, 1, *[(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(30_000_000)))] * 50),
    "png-profile": png(1, 1, (b"iCCP", b"x\0\0" + zlib.compress(bytes(300_000_000)))),
    "jpeg": jpeg_of(50_000, 50_000),
    "jpeg-lie": jpeg_of(7_000, 7_000)[:-2],
    "jpeg-warning": jpeg_of(12_000, 8_000),
    "webp": b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + struct.pack("<I", 16_382)[:3] * 2,
    "webp-lossless": b"RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f" + struct.pack("<I", 16_382 | 16_382 << 14) + bytes(8),
    "webp-lossy": b"RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 16_383, 16_383),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_pixel_bomb_is_refused_quickly_and_in_little_memory(name: str) -> None:
    """In a process of its own, so that the peak is the bomb's: under a second and 200 MB in all."""
    code = r"""
        import re, sys, time
        from courses.errors import MediaRefused
        from courses.media.pictures import prepare_picture
        data = sys.stdin.buffer.read()
        start = time.process_time()
        try:
            prepare_picture(data)
        except MediaRefused as refused:
            peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1])
            print(time.process_time() - start, peak / 1024, refused)
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], input=BOMBS[name], capture_output=True, check=True
    )
    seconds, megabytes, sentence = run.stdout.decode().split(" ", 2)
    assert float(seconds) < 1
    assert float(megabytes) < 200
    damaged, moving = ("png-text", "png-profile", "heic-lie", "jpeg-lie"), ("gif-frames", "webp-frames")
    expected = "This picture is damaged" if name in damaged else "The picture has "
    assert sentence.startswith(("GIF pictures", "Moving pictures") if name in moving else expected)


def test_the_refusal_of_too_many_pixels_says_how_many() -> None:
    assert reason(BOMBS["png"]) == "The picture has 50000 × 50000 pixels; at most 50 million fit. Make it smaller."
    assert reason(BOMBS["jpeg"]) == "The picture has more than 50 million pixels. Make it smaller."


def test_a_refusal_survives_the_way_back_from_a_worker_process() -> None:
    with pytest.raises(MediaRefused) as caught:
        prepare_picture(BOMBS["png"])
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message


def test_flipped_bytes_are_refused_or_give_a_clean_picture() -> None:
    source = random.Random(7)
    for form in ("JPEG", "PNG", "WEBP"):
        original = saved(drawn(64, 48), form)
        for _ in range(150):
            data = bytearray(original)
            for _ in range(source.randint(1, 8)):
                data[source.randrange(len(data))] = source.randrange(256)
            try:
                prepared = prepare_picture(bytes(data))
            except MediaRefused:
                continue
            assert isinstance(prepared, PreparedPicture)
            assert prepared.width <= 1920


def test_a_polyglot_loses_what_was_appended() -> None:
    assert b"<script>" not in prepare_picture(saved(drawn()) + b"<script>alert(1)</script>").full


def test_a_phone_photo_is_ready_in_time() -> None:
    data = saved(noise(1000, 750).resize((4000, 3000)), "JPEG", quality=90)
    start = time.process_time()
    prepare_picture(data)
    assert time.process_time() - start < 6


def test_a_picture_that_needs_more_memory_than_there_is_is_refused() -> None:
    """A worker's cap is not the picture's damage, and the sentence says what to do."""
    code = """
        import resource, sys
        from courses.errors import MediaRefused
        from courses.media.pictures import prepare_picture
        data = sys.stdin.buffer.read()
        used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + 60_000_000,) * 2)
        try:
            prepare_picture(data)
        except MediaRefused as refused:
            print(refused)
    """
    data = saved(Image.new("RGBA", (7000, 7000), (1, 2, 3, 4)), "PNG", compress_level=1)
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], input=data, capture_output=True, check=True)
    assert run.stdout.decode() == "This picture is too large for this server. Make it smaller.\n"
