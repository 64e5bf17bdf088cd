"""Pictures turned and cropped."""

import io

import pytest
from PIL import Image

from courses.errors import Invalid
from courses.media.picture_edits import Crop, edit_picture
from courses.media.pictures import PreparedPicture, prepare_picture

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


def stored(form: str = "PNG") -> bytes:
    """600 × 400: red and green above, blue and white below."""
    picture = Image.new("RGB", (600, 400))
    for number, colour in enumerate(COLOURS.values()):
        x, y = number % 2 * 300, number // 2 * 200
        picture.paste(colour, (x, y, x + 300, y + 200))
    file = io.BytesIO()
    picture.save(file, form)
    return prepare_picture(file.getvalue()).full


def corners(made: PreparedPicture) -> list[str]:
    """Names of the colours at the corners, from the top left by rows."""
    with Image.open(io.BytesIO(made.full)) as picture:
        width, height = picture.size
        found = [picture.convert("RGB").getpixel((x, y)) for y in (5, height - 6) for x in (5, width - 6)]
    return [min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(COLOURS[name], pixel, strict=True)))
            for pixel in found]  # fmt: skip


@pytest.mark.parametrize(
    ("rotate", "size", "seen"),
    [
        (0, (600, 400), ["red", "green", "blue", "white"]),
        (90, (400, 600), ["blue", "red", "white", "green"]),
        (180, (600, 400), ["white", "blue", "green", "red"]),
        (270, (400, 600), ["green", "white", "red", "blue"]),
    ],
)
def test_picture_is_turned_clockwise(rotate: int, size: tuple[int, int], seen: list[str]) -> None:
    made = edit_picture(stored(), rotate, None)
    assert (made.width, made.height) == size
    assert corners(made) == seen


def test_part_is_taken_of_the_turned_picture() -> None:
    made = edit_picture(stored(), 90, Crop(0, 0, 200, 300))
    assert (made.width, made.height) == (200, 300)
    assert set(corners(made)) == {"blue"}


def test_part_that_passes_the_edge_by_rounding_is_taken() -> None:
    made = edit_picture(stored(), 0, Crop(-1, -1, 602, 402))
    assert (made.width, made.height) == (600, 400)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_edited_picture_keeps_its_format(form: str) -> None:
    assert edit_picture(stored(form), 90, None).format == form.lower()


@pytest.mark.parametrize("crop", [Crop(600, 0, 50, 50), Crop(0, 0, 5, 300), Crop(0, 0, -50, 50), Crop(10**9, 0, 9, 9)])
def test_part_outside_the_picture_is_refused(crop: Crop) -> None:
    with pytest.raises(Invalid):
        edit_picture(stored(), 0, crop)


def test_other_angles_are_refused() -> None:
    with pytest.raises(Invalid):
        edit_picture(stored(), 45, None)
