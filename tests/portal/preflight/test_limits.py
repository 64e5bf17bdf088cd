"""Limits are data: a platform that brings only them is checked as XiaoHongShu is."""

from dataclasses import replace
from typing import Any

import pytest

from portal.i18n import say, use_language
from portal.platforms import Draft, Picture, Video
from portal.preflight import check

PUBLIC = "https://class.example/media/"


def codes(draft: Draft, platform: Any) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.level, finding.where) for finding in check(draft, platform)]


@pytest.fixture
def small(draft: Draft) -> Draft:
    """What the narrow platform takes without a doubt."""
    return replace(draft, title="水", content="冰", source="冰", topics=("茶",))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"title": "六个字的标题"}, [("title_too_long", "warning", "title")]),
        ({"title": "字" * 11}, [("title_too_long", "error", "title")]),
        ({"title": ""}, [("title_missing", "error", "title")]),
        ({"content": " ", "source": " "}, [("body_missing", "error", "body")]),
        ({"content": "字" * 21, "source": "字" * 21}, [("body_too_long", "warning", "body")]),
        # its topics do not count, as they go into a field of their own
        ({"content": "字" * 20, "source": "字" * 20}, []),
        ({"topics": ("一", "二", "三")}, [("topics_too_many", "warning", "topics")]),
        ({"topics": ("一", "二", "三", "四")}, [("topics_too_many", "error", "topics")]),
        ({"topics": ("一二三四五六",)}, [("topic_too_long", "error", "topics[0]")]),
        ({"topics": ("一二三四五", "六七八九十")}, [("topics_too_long", "error", "topics")]),
        # topics that end with a number sign need no space, and this one says so
        ({"content": "#一##二#", "source": "#一##二#", "topics": ()}, []),
        ({"images": ()}, [("pictures_missing", "error", "pictures")]),
        ({"video": Video(PUBLIC + "v")}, [("media_mixed", "error", "video")]),
    ],
)
def test_every_limit_is_kept(
    elsewhere: Any, small: Draft, changes: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    assert codes(replace(small, **changes), elsewhere) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"bytes": 600_000}, [("picture_too_large", "warning")]),
        ({"bytes": 1_000_001}, [("picture_too_large", "error")]),
        ({"format": "webp"}, [("picture_format", "error")]),
        ({"width": 1281, "height": 1281}, [("picture_too_big", "error")]),
        ({"width": 1000, "height": 1921}, [("picture_too_big", "warning")]),
        ({"width": 599, "height": 800}, [("picture_too_small", "error")]),
        ({"width": 600, "height": 1203}, []),  # a pixel's rounding is no other shape
        ({"width": 600, "height": 1300}, [("picture_shape", "error")]),
        ({"width": 0, "height": 0, "bytes": 0, "format": ""}, []),  # what is not known is no fault
        ({"url": "http://class.example/1"}, [("media_private", "error")]),
    ],
)
def test_every_limit_of_a_picture_is_kept(
    elsewhere: Any, small: Draft, facts: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    picture = Picture(**{"url": PUBLIC + "1", "format": "jpeg", "width": 1080, "height": 1440, "bytes": 1} | facts)
    assert [found[:2] for found in codes(replace(small, images=(picture,)), elsewhere)] == expected
    if "url" not in facts:
        cover = replace(small, cover=replace(picture, url=PUBLIC + "2"))
        assert codes(cover, elsewhere) == [(*found, "cover") for found in expected]


def test_moving_pictures_stand_alone(elsewhere: Any, small: Draft) -> None:
    gif, still = (Picture(PUBLIC + form, form, 800, 800, 1) for form in ("gif", "jpeg"))
    assert codes(replace(small, images=(gif,)), elsewhere) == []
    assert codes(replace(small, images=(still, gif)), elsewhere) == [("picture_not_alone", "error", "pictures[1]")]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"seconds": 31}, [("video_too_long", "warning")]),
        ({"seconds": 61}, [("video_too_long", "error")]),
        ({"bytes": 10_000_001}, [("video_too_large", "error")]),
        ({"format": "flv"}, [("video_format", "error")]),
        ({"codec": "hevc"}, [("video_format", "warning")]),  # nothing is known
        ({"format": "flv", "codec": "hevc"}, [("video_format", "error")]),
        ({"width": 320, "height": 640}, [("video_too_small", "warning")]),
        ({"url": "/v"}, [("media_unreachable", "error")]),
    ],
)
def test_every_limit_of_a_video_is_kept(
    elsewhere: Any, film: Draft, facts: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    video = replace(film.video, **{"seconds": 10.0} | facts)
    small = replace(film, title="水", content="冰", source="冰", topics=(), video=video)
    assert [found[:2] for found in codes(small, elsewhere)] == expected
    assert ("cover_missing", "error", "cover") in codes(replace(small, cover=None), elsewhere)
    assert ("media_mixed", "error", "pictures") in codes(replace(small, images=(small.cover,)), elsewhere)


def test_a_platform_may_take_only_one_kind(films_only: Any, draft: Draft, film: Draft) -> None:
    assert codes(draft, films_only) == [("kind_not_taken", "error", "kind")]
    assert codes(film, films_only) == []


def test_the_platform_is_named_in_the_readers_language(elsewhere: Any, xhs: Any, draft: Draft) -> None:
    longer = replace(draft, title="字" * 30)
    message = check(longer, xhs)[0].message
    assert say(message) == "The title counts as 30 characters; XiaoHongShu takes 20."
    use_language("zh")
    try:
        assert say(message) == "标题算作 30 个字，小红书最多 20 个字。"
        assert "别处最多 10 个字" in say(check(longer, elsewhere)[0].message)
    finally:
        use_language("en")
