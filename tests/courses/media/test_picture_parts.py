"""A long picture made into several."""

import io
from pathlib import Path

import pytest
from PIL import Image

from courses.errors import Invalid
from courses.media.picture_parts import split_picture
from courses.media.pictures import prepare_picture
from courses.media.values import parts_guessed

LONG = (Path(__file__).parent / "files" / "long.png").read_bytes()  # 1080 × 12,000, small lines of text far apart


def test_parts_of_a_screenshot_are_the_stored_picture_pixel_for_pixel() -> None:
    stored = prepare_picture(LONG)
    split = split_picture(stored.full, 18)
    assert (len(split.parts), split.through) == (9, 0)
    assert parts_guessed(stored.width, stored.height) == 9
    assert {part.width for part in split.parts} == {1080}
    assert all(540 <= part.height <= 1440 for part in split.parts)
    whole, top = Image.open(io.BytesIO(stored.full)), 0
    for part in split.parts:
        picture = Image.open(io.BytesIO(part.full))
        assert picture.convert("L").tobytes() == whole.crop((0, top, 1080, top + part.height)).convert("L").tobytes()
        top += part.height
    assert top == 12_000


def test_lines_of_a_screenshot_stay_whole() -> None:
    for part in split_picture(LONG, 18).parts:
        picture = Image.open(io.BytesIO(part.full)).convert("L")
        for row in (0, picture.height - 1):
            assert picture.crop((0, row, 1080, row + 1)).getextrema() == (255, 255)


def test_split_into_more_than_there_is_room_for_says_so() -> None:
    with pytest.raises(Invalid) as caught:
        split_picture(LONG, 8)
    assert str(caught.value.fields["pictures"]) == (
        "This picture would become 9, and there is room for 8. Remove other pictures, or split it into two lessons."
    )


@pytest.mark.parametrize("size", [(600, 900), (4, 4000)])
def test_picture_that_is_not_long_or_only_a_line_is_not_split(size: tuple[int, int]) -> None:
    file = io.BytesIO()
    Image.new("RGB", size).save(file, "PNG")
    with pytest.raises(Invalid):
        split_picture(file.getvalue(), 18)
