"""Rows at which long pictures are cut."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from courses.media.picture_cuts import find_cuts
from courses.media.values import PART_LEAST, PART_MOST

FONT = Path(__file__).parent.parent.parent.parent / "static" / "vendor" / "fonts" / "NotoSansSC-Regular.ttf"
TEXT = "茶者，南方之嘉木也。一尺、二尺乃至数十尺。"


def page(
    lines: list[str], size: int, height: int, count: int, width: int = 1080, frame: bool = False, ground: str = "white"
) -> tuple[Image.Image, list[tuple[int, int]]]:
    """A page of text, and from which row up to which row the ink of each line goes."""
    picture = Image.new("RGB", (width, count * height + 80), ground)
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, size)
    inked = []
    for number in range(count):
        at, text = (60, 40 + number * height), lines[number % len(lines)]
        draw.text(at, text, font=font, fill="#333")
        inked.append(draw.textbbox(at, text, font=font)[1::2])
    if frame:
        draw.rectangle((20, -9, width - 20, picture.height + 9), outline="#999", width=3)
    return picture, [(int(top), int(bottom)) for top, bottom in inked]


def photographed(picture: Image.Image) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return Image.open(file).convert("RGB")


@pytest.mark.parametrize(
    ("lines", "size", "height", "count", "frame"),
    [
        ([TEXT * 2], 36, 46, 200, False),
        ([TEXT * 2], 36, 46, 200, True),
        (["三", "二", "＝＝", "ii!!", "工三"], 40, 60, 150, False),
        (["一、二、三", "三"], 80, 120, 60, False),
        ([TEXT * 4], 16, 25, 400, False),
    ],
)
@pytest.mark.parametrize("coded", [False, True])
def test_cuts_run_between_the_lines(
    lines: list[str], size: int, height: int, count: int, frame: bool, coded: bool
) -> None:
    picture, inked = page(lines, size, height, count, frame=frame)
    cuts = find_cuts(photographed(picture) if coded else picture)
    assert cuts.rows
    assert cuts.through == 0
    assert [row for row in cuts.rows for top, bottom in inked if top < row < bottom] == []


def test_cuts_of_white_text_on_a_transparent_ground_are_found_as_it_is_seen() -> None:
    picture = Image.new("RGBA", (1080, 9000))
    ImageDraw.Draw(picture).rectangle((0, 100, 1080, 8900), fill=(255, 255, 255, 255))
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(FONT, 40)
    for top in range(0, 8900, 100):
        draw.text((60, top), TEXT, font=font, fill=(0, 0, 0, 255))
    assert find_cuts(picture).through == 0


def test_cuts_avoid_a_photograph_between_the_lines() -> None:
    """1,300 rows of noise leave one way only."""
    picture, _ = page([TEXT], 36, 60, 100)
    picture.paste(Image.effect_noise((1080, 1300), 90), (0, 2000))
    cuts = find_cuts(picture)
    assert cuts.through == 0
    assert not [row for row in cuts.rows if 2000 < row < 3300]


def test_cuts_through_what_has_no_quiet_row_are_counted() -> None:
    noise = Image.effect_noise((600, 6000), 90)
    cuts = find_cuts(noise)
    heights = {end - top for top, end in cuts.parts(6000)}
    assert cuts.through == len(cuts.rows) == 7
    assert max(heights) - min(heights) <= 1
    mixed, _ = page([TEXT], 36, 60, 100)
    mixed.paste(Image.effect_noise((1080, 2200), 90), (0, 2000))
    assert find_cuts(mixed).through == 1


def test_picture_that_fits_is_not_cut() -> None:
    assert find_cuts(Image.new("L", (900, 1200))).rows == ()


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(2, 300),
    bands=st.lists(
        st.tuples(st.integers(1, 400), st.sampled_from(["blank", "noise", "line"])), min_size=1, max_size=20
    ),
    mode=st.sampled_from(["L", "RGB", "RGBA"]),
)
def test_parts_joined_are_the_picture_and_each_has_a_fitting_height(
    width: int, bands: list[tuple[int, str]], mode: str
) -> None:
    picture = Image.new("L", (width, sum(height for height, _ in bands)), 255)
    top = 0
    for height, kind in bands:
        if kind == "noise":
            picture.paste(Image.effect_noise((width, height), 80), (0, top))
        elif kind == "line":
            picture.paste(0, (0, top, width // 2, top + height))
        top += height
    picture = picture.convert(mode)
    parts = find_cuts(picture).parts(picture.height)
    joined = Image.new(mode, picture.size)
    for top, end in parts:
        joined.paste(picture.crop((0, top, width, end)), (0, top))
    assert joined.tobytes() == picture.tobytes()
    if len(parts) > 1:
        assert all(int(PART_LEAST * width) <= end - top <= int(PART_MOST * width) for top, end in parts)
