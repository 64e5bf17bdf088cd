"""The parts of a long picture in the place of the picture, and the way back."""

from uuid import uuid4

import pytest

from courses.media.values import MediaInfo
from portal.lessons.fields import LessonFields
from portal.lessons.splitting import Split, joined, part_name, with_parts

FIRST, LONG, LAST = uuid4(), uuid4(), uuid4()


def parts(count: int) -> list[MediaInfo]:
    return [MediaInfo(uuid4(), uuid4(), "image", "", "png", 1080, 1440, 1, None, "") for _ in range(count)]


@pytest.mark.parametrize("cover", [None, FIRST, LONG])
def test_parts_take_the_place_in_order_and_are_joined_again(cover: object) -> None:
    before = LessonFields(pictures=(FIRST, LONG, LAST), cover=cover, alts={FIRST: "a", LONG: "Rules (draft)"})
    made = parts(3)
    after = with_parts(before, Split(LONG, made, 0))
    new = [part.id for part in made]
    assert after.pictures == (FIRST, *new, LAST)
    assert after.cover == (new[0] if cover == LONG else cover)
    assert [after.alts.get(part) for part in new] == [f"Rules (draft) ({number}/3)" for number in (1, 2, 3)]
    assert joined(after, LONG, new) == before


def test_long_description_keeps_its_number() -> None:
    made = parts(2)
    after = with_parts(LessonFields(pictures=(LONG,), alts={LONG: "x" * 300}), Split(LONG, made, 0))
    assert [len(alt) for alt in after.alts.values()] == [300, 300]
    assert after.alts[made[1].id].endswith("x (2/2)")


def test_picture_that_is_not_in_the_form_changes_nothing() -> None:
    fields = LessonFields(pictures=(FIRST, LAST))
    assert with_parts(fields, Split(LONG, parts(2), 0)) == fields
    assert joined(fields, LONG, [uuid4()]) == fields


@pytest.mark.parametrize(("name", "made"), [("page.png", "page-2.png"), ("页面", "页面-2"), (".png", ".png-2")])
def test_part_is_named_after_the_picture(name: str, made: str) -> None:
    assert part_name(name, 2) == made
