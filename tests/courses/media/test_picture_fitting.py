"""A picture made anew so that a platform takes it."""

import io

import pytest
from PIL import Image

from courses.errors import MediaRefused
from courses.media.picture_fitting import Room, fit_picture

JPEG = frozenset({"jpeg"})
ALL = frozenset({"jpeg", "png", "webp"})


def stored(form: str, size: tuple[int, int] = (900, 1200), mode: str = "RGB") -> bytes:
    image = Image.effect_noise(size, 60).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(size))
    file = io.BytesIO()
    image.save(file, form, **({"lossless": True} if form == "WEBP" else {}))
    return file.getvalue()


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGBA"), ("PNG", "RGB"), ("WEBP", "RGB"), ("WEBP", "RGBA"), ("JPEG", "L")]
)
def test_other_formats_become_jpeg(form: str, mode: str) -> None:
    made = fit_picture(stored(form, mode=mode), Room(JPEG))
    assert (made.format, made.width, made.height) == ("jpeg", 900, 1200)
    image = Image.open(io.BytesIO(made.full))
    assert (image.format, image.mode in ("RGB", "L")) == ("JPEG", True)


def test_what_one_can_see_through_becomes_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (80, 80), (0, 0, 0, 0)).save(file, "PNG")
    made = fit_picture(file.getvalue(), Room(JPEG))
    assert min(Image.open(io.BytesIO(made.full)).convert("L").getextrema()) > 250


@pytest.mark.parametrize(
    ("room", "size"),
    [
        (Room(ALL, longest_side=600), (450, 600)),
        (Room(ALL, width=300), (300, 400)),
        (Room(ALL, width=300, longest_side=200), (150, 200)),
        (Room(ALL), (900, 1200)),
    ],
)
def test_sides_are_reduced_in_proportion(room: Room, size: tuple[int, int]) -> None:
    made = fit_picture(stored("JPEG"), room)
    assert (made.width, made.height) == size


@pytest.mark.parametrize(
    ("size", "room", "made"),
    [
        ((1080, 9000), Room(ALL, longest_side=1920), (600, 5000)),
        ((400, 4000), Room(ALL, longest_side=1920), (400, 4000)),
        ((1080, 3000), Room(ALL, longest_side=1920), (691, 1920)),
        ((1080, 9000), Room(ALL, width=300), (300, 2500)),
    ],
)
def test_long_picture_is_reduced_no_further_than_it_can_be_read(
    size: tuple[int, int], room: Room, made: tuple[int, int]
) -> None:
    prepared = fit_picture(stored("JPEG", size), room)
    assert (prepared.width, prepared.height) == made


@pytest.mark.parametrize("limit", [300_000, 100_000, 20_000])
def test_bytes_are_kept_under_the_limit(limit: int) -> None:
    made = fit_picture(stored("JPEG"), Room(ALL, bytes=limit))
    assert len(made.full) <= limit
    assert len(made.full) > limit / 4  # not smaller than it has to be
    assert abs(made.width / made.height - 3 / 4) < 0.02


def test_a_large_png_becomes_jpeg_before_it_becomes_small() -> None:
    made = fit_picture(stored("PNG", mode="RGBA"), Room(ALL, bytes=900_000))
    assert (made.format, made.width) == ("jpeg", 900)


def test_what_cannot_be_done_is_refused() -> None:
    for room in (Room(ALL, bytes=10), Room(frozenset())):
        with pytest.raises(MediaRefused, match="small enough"):
            fit_picture(stored("JPEG", (90, 120)), room)
