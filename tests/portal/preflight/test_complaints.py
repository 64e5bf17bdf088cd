"""What users of such tools complained of, each as a draft that the preflight has to find: peers.md §C.4, platforms.md §8."""

from dataclasses import replace
from typing import Any

import pytest

from portal.lessons.published_text import plain_text
from portal.platforms import Draft, Picture, Video
from portal.preflight import check

PUBLIC = "https://class.example/media/"


def written(source: str) -> dict[str, Any]:
    return {"source": source, "content": plain_text(source)}


def pictures(number: int, **facts: Any) -> dict[str, Any]:
    sizes = {"width": 1080, "height": 1440, "bytes": 300_000, "format": "jpeg"} | facts
    return {"images": tuple(Picture(f"{PUBLIC}{n}", **sizes) for n in range(number))}


XHS = [
    # xpzouying/xiaohongshu-mcp #516, #670, #35, #48: "published", and nothing is there, as the title was too long
    ({"title": "三步拍出一杯好茶的手机摄影入门教程之一二三"}, "title_too_long", "error", "title"),
    # BetaStreetOmnis/xhs_ai_publisher pull 26: titles of 24 characters
    ({"title": "字" * 24}, "title_too_long", "error", "title"),
    # the same with emoji, which count two each
    ({"title": "🍵" * 11}, "title_too_long", "error", "title"),
    # xpzouying/xiaohongshu-mcp #192, #327: a body of more than 1000 characters
    (written("字" * 1001), "body_too_long", "error", "body"),
    # the same, passed only by the topics that are added to it
    (written("字" * 995), "body_too_long", "error", "body"),
    # yikart/AiToEarn #8: topics without spaces between them
    (written("今天喝茶 #手机摄影#茶#拍照教程"), "topics_glued", "error", "body"),
    ({"topics": ("手机摄影#茶",)}, "topics_glued", "error", "topics[0]"),
    # dreammis/social-auto-upload pull 219: more than ten topics and it never ended
    ({"topics": tuple(f"话题{n}" for n in range(11))}, "topics_too_many", "warning", "topics"),
    # dreammis/social-auto-upload #133: topics that are not taken; copied out of the app they have its marks
    (written("#手机摄影[话题]# 好茶"), "topic_marks", "warning", "body"),
    # jackwener/OpenCLI #502: the picture was too large
    (pictures(1, bytes=21_000_000), "picture_too_large", "warning", "pictures[0]"),
    # yikart/AiToEarn #153: the pictures got lost on the way
    ({"images": ()}, "pictures_missing", "error", "pictures"),
    ({"type": "video", "images": ()}, "video_missing", "error", "video"),
    # xpzouying/xiaohongshu-mcp #66: says which picture, and that it is its format
    (pictures(2, format="gif"), "picture_format", "warning", "pictures[1]"),
    (pictures(19), "pictures_too_many", "error", "pictures"),
    # Wechatsync #186: an illegal picture link
    ({"images": (Picture("blob:https://class.example/1"),)}, "media_unreachable", "error", "pictures[0]"),
    # Wechatsync #193: the cover is not there
    ({"type": "video", "images": (), "video": Video(PUBLIC + "v")}, "cover_missing", "warning", "cover"),
    # yikart/AiToEarn #585: media that the platform's servers do not reach
    ({"images": (Picture("http://192.168.1.7:8000/media/1"),)}, "media_private", "warning", "pictures"),
    # native documentation: 3:4 to 2:1, from 600 pixels; others are cropped or blurred
    (pictures(1, width=864, height=1920), "picture_shape", "warning", "pictures[0]"),
    (pictures(1, width=1920, height=600), "picture_shape", "warning", "pictures[0]"),
    # a long screenshot: once 1920 pixels long nobody could read it
    (pictures(1, width=1080, height=12000), "picture_too_big", "warning", "pictures[0]"),
    (pictures(1, width=480, height=640), "picture_too_small", "warning", "pictures[0]"),
    # gitroomhq/postiz-app #1779: warn about duplicates
    ({"images": (Picture(PUBLIC + "1"), Picture(PUBLIC + "1"))}, "picture_twice", "warning", "pictures[1]"),
    ({"topics": ("AI", "ai")}, "topic_twice", "warning", "topics[1]"),
    # text pasted from a word processor or an app
    ({"title": "好\u200b茶"}, "invisible_characters", "warning", "title"),
    (written("好\ufeff茶"), "invisible_characters", "warning", "body"),
    ({"topics": ("好\u200b茶",)}, "invisible_characters", "warning", "topics[0]"),
    (written("\u3000\u3000好茶\n\n\n\n\n第二段"), "white_space", "warning", "body"),
    ({"title": "\u3000"}, "title_missing", "error", "title"),
]


@pytest.mark.parametrize(("changes", "code", "level", "where"), XHS, ids=[f"{row[1]}-{row[3]}" for row in XHS])
def test_complaint_is_found_before_anything_is_printed(
    xhs: Any, draft: Draft, changes: dict[str, Any], code: str, level: str, where: str
) -> None:
    assert check(draft, xhs) == []
    found = check(replace(draft, **changes), xhs)
    assert (code, level, where) in [(finding.code, finding.level, finding.where) for finding in found]


def test_nothing_of_another_kind_is_complained_of(xhs: Any, draft: Draft) -> None:
    for changes, code, _, _ in XHS:
        others = {finding.code for finding in check(replace(draft, **changes), xhs)} - {code}
        assert others <= {"picture_shape", "body_too_long", "cover_missing"}, (changes, others)


def test_every_reason_has_its_own_words(xhs: Any, draft: Draft) -> None:
    """gitroomhq/postiz-app pull 1929: nine failures, and each said "please try again"."""
    sentences = {str(check(replace(draft, **changes), xhs)[0].message) for changes, *_ in XHS}
    assert len(sentences) >= len({row[1] for row in XHS})


def test_what_one_platform_takes_another_may_refuse(xhs: Any, elsewhere: Any, draft: Draft) -> None:
    """yikart/AiToEarn #342: passed on XiaoHongShu, failed on Bilibili."""
    longer = replace(draft, title="三步拍出一杯好茶的手机摄影教程")
    assert check(longer, xhs) == []
    assert "title_too_long" in [finding.code for finding in check(longer, elsewhere)]


def test_marks_that_are_no_topics_are_left_alone(xhs: Any, draft: Draft) -> None:
    for source in ("学 C# 和 F#", "# 标题\n\n正文", "见 https://x.example/#a#b", "第#1#名？"[:3], "颜色 &#35;fff"):
        assert check(replace(draft, **written(source)), xhs) == [], source
