"""What is declared of a lesson: a doubt where the platform has no place for it, and a sentence in the text where one wants it."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from portal.platforms import PLATFORMS, Draft, build
from portal.platforms.declarations import SENTENCES, steps, with_declared
from portal.preflight import check
from portal.settings import Settings

BUILT = build(Settings(), httpx.AsyncClient())


def codes(draft: Draft, platform: Any) -> list[tuple[str, str]]:
    return [(each.code, each.level) for each in check(draft, platform) if each.where == "declarations"]


@pytest.mark.parametrize("slug", PLATFORMS)
def test_every_platform_says_where_it_asks_and_by_whom_that_is_known(slug: str) -> None:
    known = BUILT[slug].declarations
    assert known.place
    assert known.sources
    assert "ai" in known.options
    assert set(known.options) <= set(SENTENCES)


@pytest.mark.parametrize(
    ("slug", "declared", "expected"),
    [
        ("xiaohongshu", (), []),
        ("xiaohongshu", ("ai",), []),
        ("xiaohongshu", ("opinion",), [("declaration_no_place", "warning")]),
        ("xiaohongshu", ("opinion", "in_text"), []),
        ("kuaishou", ("advertising",), [("declaration_no_place", "warning")]),
        ("douyin", ("ai", "fiction", "opinion", "advertising"), [("declarations_too_many", "warning")]),
        ("douyin", ("opinion",), []),
        ("bilibili", ("advertising",), []),
        ("weibo", ("ai",), []),
        ("weibo", ("in_text",), []),
    ],
)
def test_a_declaration_without_a_place_is_a_doubt(
    draft: Draft, slug: str, declared: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert codes(replace(draft, declarations=declared), BUILT[slug]) == expected


def test_the_doubt_names_what_is_to_be_said(draft: Draft) -> None:
    found = check(replace(draft, declarations=("opinion", "ai")), BUILT["xiaohongshu"])
    assert "个人观点，仅供参考" in str(found[0].message)
    assert "AI" not in str(found[0].message)


def test_the_text_says_it_only_where_it_is_to() -> None:
    assert with_declared("好茶", ("ai",)) == "好茶"
    assert with_declared("好茶", ("in_text",)) == "好茶"
    assert with_declared("好茶", ("ai", "opinion", "in_text")) == "好茶\n\n声明：含 AI 生成内容；个人观点，仅供参考。"
    assert with_declared("", ("ai", "in_text")) == "声明：含 AI 生成内容。"


def test_steps_name_the_option_or_the_sentence() -> None:
    known = BUILT["kuaishou"].declarations
    assert steps(known, ()) is None
    assert steps(known, ("in_text",)) is None
    found = steps(known, ("ai", "advertising"))
    assert found is not None
    assert (found.place, found.options, found.sentences) == ("作者声明", ("内容为AI生成",), ("含营销推广信息",))
    assert (found.one, found.text) == (False, False)
