"""Repairs: the finding is gone, the rest is as it was, and no word of the author's is lost."""

from dataclasses import fields as parts_of
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.errors import Invalid
from portal.lessons.fields import LessonFields, draft_from
from portal.lessons.platform_drafts import draft_typed
from portal.platforms.xiaohongshu.adapter import XiaoHongShu
from portal.preflight import Finding, check
from portal.preflight.picture_repairs import CODES, picture_at, replaced, room_for
from portal.preflight.repairs import repair
from portal.settings import Settings

FIELDS = LessonFields(title="好茶", body="正文", topics="#茶 #水", alts={UUID(int=1): "A cup"})
WORDS = st.sampled_from(
    ["#a", "#b#c", "＃茶＃水", "#手机[话题]#", "#a#", "\u3000\u3000", "\n\n\n\n", "\n", " ", "好\u200b茶", "**粗**", "`#x#y`", "- ",
     "C#", "https://x.example/#a#b", "👨\u200d👩\u200d👧", "，", "&#35;", "\\#a#b", "*#a*#b", "    ", "\t", "> "]
)  # fmt: skip
TYPED = st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=8).map("".join)


def found(fields: LessonFields, platform: Any) -> list[Finding]:
    return check(draft_typed(draft_from(fields), {}, Settings()), platform)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.builds(LessonFields, title=TYPED, body=TYPED, topics=TYPED))
def test_a_repaired_lesson_no_longer_has_the_finding(xhs: XiaoHongShu, fields: LessonFields) -> None:
    for finding in found(fields, xhs):
        if finding.repair is None:
            continue
        mended = repair(fields, finding.code, finding.where)
        field = finding.where.partition("[")[0]
        again = [each for each in found(mended, xhs) if each.code == finding.code]
        assert field not in [each.where.partition("[")[0] for each in again], (fields, finding)
        for part in parts_of(LessonFields):
            if part.name != field:
                assert getattr(mended, part.name) == getattr(fields, part.name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(), st.text(), st.lists(st.text()))
def test_no_text_is_too_odd_to_be_checked(xhs: XiaoHongShu, title: str, body: str, topics: list[str]) -> None:
    found(LessonFields(title=title, body=body, topics=" ".join(topics)), xhs)
    found(LessonFields(kind=title, title=body, body=title, topics=title), xhs)


@pytest.mark.parametrize(
    ("code", "where", "before", "after"),
    [
        ("topics_glued", "body", {"body": "喝茶 #茶#水"}, {"body": "喝茶 #茶 #水"}),
        ("topic_marks", "body", {"body": "#茶[话题]# #水#"}, {"body": "#茶 #水"}),
        ("white_space", "body", {"body": "\u3000\u3000茶\n\n\n\n\n水 "}, {"body": "茶\n\n水"}),
        ("invisible_characters", "title", {"title": "好\u200b茶"}, {"title": "好茶"}),
        ("invisible_characters", "body", {"body": "好\ufeff茶"}, {"body": "好茶"}),
        ("invisible_characters", "topics[0]", {"topics": "#好\u200b茶 水"}, {"topics": "#好茶 #水"}),
        ("topic_twice", "topics[2]", {"topics": "AI 茶 ai"}, {"topics": "#AI #茶"}),
        ("topics_glued", "topics[0]", {"topics": "#茶＃水#火"}, {"topics": "#茶 #水 #火"}),
        ("topic_marks", "topics[0]", {"topics": "#茶[话题]#"}, {"topics": "#茶"}),
    ],
)
def test_repair_mends_its_field(code: str, where: str, before: dict[str, str], after: dict[str, str]) -> None:
    assert repair(replace(FIELDS, **before), code, where) == replace(FIELDS, **before | after)


@pytest.mark.parametrize(
    ("code", "where"),
    [("title_too_long", "title"), ("body_too_long", "body"), ("white_space", "title"), ("", ""), ("topics_glued", "pictures"),
     ("topic_twice", "body"), ("__class__", "title"), ("white_space", "__class__")],
)  # fmt: skip
def test_what_only_its_author_can_mend_is_refused(code: str, where: str) -> None:
    with pytest.raises(Invalid):
        repair(FIELDS, code, where)


def test_a_repair_is_not_offered_where_it_would_not_help(xhs: XiaoHongShu) -> None:
    """What is glued together only once Markdown was read has no place in the source to put a space."""
    finding = next(each for each in found(replace(FIELDS, body="#茶&#35;水"), xhs) if each.code == "topics_glued")
    assert finding.repair is None


def test_another_picture_takes_the_place_with_its_description() -> None:
    old, new, other = uuid4(), uuid4(), uuid4()
    fields = LessonFields(pictures=(other, old), cover=old, poster=old, alts={old: "A cup", other: "Tea"})
    assert replaced(fields, old, new) == LessonFields(
        pictures=(other, new), cover=new, poster=new, alts={new: "A cup", other: "Tea"}
    )


def test_the_picture_of_a_finding_is_counted_among_those_that_stay() -> None:
    gone, first, second, cover = (uuid4() for _ in range(4))
    fields = LessonFields(pictures=(gone, first, second), removed=frozenset({gone}), cover=cover)
    assert picture_at(fields, "pictures[0]") == first
    assert picture_at(fields, "pictures[1]") == second
    assert picture_at(fields, "cover") == cover
    for where in (
        "pictures[2]",
        "pictures[-1]",
        "pictures",
        "pictures[x]",
        "title",
        "pictures[9" + "9" * 40 + "]",
        "video",
    ):
        with pytest.raises(Invalid):
            picture_at(fields, where)
    assert "picture_too_large" in CODES


def test_room_is_what_all_platforms_take(xhs: Any, elsewhere: Any, films_only: Any) -> None:
    room = room_for([xhs, elsewhere, films_only])
    assert (room.formats, room.bytes, room.width, room.longest_side) == ({"jpeg"}, 500_000, 1280, 1920)
    assert room_for([films_only]).bytes is None
