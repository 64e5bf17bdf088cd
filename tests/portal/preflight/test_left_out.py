"""What of a body a platform does not get is told with its line."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from portal.i18n import say
from portal.lessons.published_text import published
from portal.platforms import Draft, build
from portal.platforms.bilibili import Bilibili
from portal.preflight import check
from portal.preflight.cutting import cut
from portal.settings import Settings


def written(draft: Draft, source: str) -> Draft:
    text = published(source)
    return replace(draft, source=source, content=text.text, linked=text.linked if text.addresses else "")


@pytest.mark.parametrize(
    ("source", "code", "message"),
    [
        ("图\n\n![杯子](https://x.cn/1.png)", "pictures_in_text", "line 3: 杯子 https://x.cn/1.png."),
        ("一<br>二\n<u>三</u>", "html_left_out", "line 2: <u> … </u>"),
        ("一\n\n<!-- 注\n\n释 -->", "html_left_out", "line 3: <!-- 注 释 -->"),
        ("1. 一\n1. 二\n1. 三", "numbers_counted", "line 2, 3: 1 … 1."),
        ("[茶](https://x.cn \"茶的题\")", "words_left_out", "line 1: 茶的题"),
    ],
)  # fmt: skip
def test_what_is_left_out_is_a_finding(xhs: Any, draft: Draft, source: str, code: str, message: str) -> None:
    finding = next(each for each in check(written(draft, source), xhs) if each.code == code)
    assert (finding.level, finding.where, finding.repair) == ("warning", "body", None)
    assert message in say(finding.message)


def test_a_finding_shows_no_more_than_a_part_of_what_is_long(xhs: Any, draft: Draft) -> None:
    finding = next(
        each for each in check(written(draft, f"<!-- {'长' * 900} -->茶"), xhs) if each.code == "html_left_out"
    )
    assert len(str(finding.message)) < 500


def test_addresses_are_published_where_there_is_room(draft: Draft) -> None:
    bilibili = Bilibili()
    limit = bilibili.limits.body.length.limit
    assert limit is not None
    room, none = (
        written(draft, "见[这里](https://x.cn/1)。"),
        written(draft, "[茶](https://x.cn/1)" + "水" * (limit - 1)),
    )
    assert bilibili.body(room) == "见这里 https://x.cn/1 。"
    assert bilibili.share_text(room).startswith(bilibili.body(room))
    assert bilibili.body(none) == none.content
    assert cut(none, bilibili)[1].beyond == ""
    codes = [[each.code for each in check(each_draft, bilibili) if each.where == "body"] for each_draft in (room, none)]
    # in some categories Bilibili takes 250 characters only, which is a doubt of its own
    assert codes == [[], ["body_too_long", "links_left_out"]]


def test_every_platform_takes_the_address(draft: Draft) -> None:
    linked = written(draft, "见[这里](https://x.cn/1)。")
    for platform in build(Settings(), httpx.AsyncClient()).values():
        assert "这里 https://x.cn/1 。" in platform.share_text(linked), platform.slug
        assert platform.assisted(linked, "by_hand").share_info["content"] == platform.share_text(linked)


def test_weibo_gets_topics_in_pairs_and_douyin_each_once(draft: Draft) -> None:
    platforms = build(Settings(), httpx.AsyncClient())
    weibo = written(replace(draft, title="", topics=("红茶",)), "#泡茶 真好喝 #红茶#")
    assert platforms["weibo"].share_text(weibo) == "#泡茶# 真好喝 #红茶#"
    douyin = written(replace(draft, topics=("泡茶", "水")), "好喝\n\n# 泡茶 # 红茶 # 三步")
    assert platforms["douyin"].share_text(douyin) == "好喝\n\n#泡茶 #红茶 #三步\n\n#水 "
