"""What is known of each platform: values with their sources, sure or not, and the README's table of them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal.platforms import PLATFORMS, Draft, Limits, Picture, Platform, Video, build
from portal.platforms.limits import Between, Most, OneOf
from portal.preflight import check
from portal.settings import Settings

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
#: where the platforms themselves write
OWN = ("agora.xiaohongshu.com", "developer.open-douyin.com", "open.douyin.com", "open.weibo.com", "mp.kuaishou.com")
GOOD = Picture("https://class.example/media/1", "jpeg", 1080, 1440, 400_000)
DRAFT = Draft("1", "normal", "水的三态", "冰、水和水蒸气。", ("科学",), (GOOD,), source="冰、水和水蒸气。")

PLATFORMS_BUILT = build(Settings(), httpx.AsyncClient())


def known(limits: Any, path: str = "") -> Iterator[tuple[str, Most | Between | OneOf]]:
    """Every value of a platform, with where it stands."""
    for each in fields(limits):
        value = getattr(limits, each.name)
        if isinstance(value, Most | Between | OneOf):
            yield f"{path}{each.name}", value
        elif is_dataclass(value):
            yield from known(value, f"{path}{each.name}.")


VALUES = [(slug, where, value) for slug, each in PLATFORMS_BUILT.items() for where, value in known(each.limits)]


@pytest.mark.parametrize(("slug", "where", "value"), VALUES, ids=[f"{slug}-{where}" for slug, where, _ in VALUES])
def test_what_refuses_is_sure_and_what_is_said_has_a_source(slug: str, where: str, value: Any) -> None:
    if isinstance(value, Most):
        sure, told = value.refused is not None, value.limit is not None
    elif isinstance(value, Between):
        sure, told = value.level == "error", (value.least, value.most) != (None, None)
    else:
        # what nobody says is the least that every platform takes, and passing it is only a doubt
        sure, told = value.level == "error", bool(value.sources)
    if sure:
        agreeing = [source for source in value.sources if not re.match(r"[^/]*:", source)]
        apart = {re.sub(r"^\d+: ", "", source) for source in value.sources if re.match(r"\d+: ", source)}
        own = [source for source in value.sources if source.split(": ")[-1].startswith(OWN)]
        assert own or len(agreeing) + len(apart) >= 2, value.sources
    assert bool(value.sources) == told, value.sources


def found(slug: str, **changes: Any) -> list[tuple[str, str]]:
    findings = check(replace(DRAFT, **changes), PLATFORMS_BUILT[slug])
    return [(each.code, each.level) for each in findings if each.code not in ("media_private", "cover_missing")]


@pytest.mark.parametrize(
    ("slug", "changes", "expected"),
    [
        ("bilibili", {"title": "字" * 80}, []),
        ("bilibili", {"title": "字" * 81}, [("title_too_long", "error")]),
        ("bilibili", {"topics": ()}, [("topics_missing", "error")]),
        ("bilibili", {"topics": (), "content": "见 #茶 一题"}, []),
        ("bilibili", {"topics": tuple(f"题{n}" for n in range(10))}, []),
        ("bilibili", {"topics": tuple(f"题{n}" for n in range(12))}, [("topics_too_many", "warning")]),
        ("bilibili", {"topics": tuple(f"题{n}" for n in range(13))}, [("topics_too_many", "error")]),
        ("bilibili", {"topics": ("字" * 20,)}, []),
        ("bilibili", {"topics": ("字" * 21,)}, [("topic_too_long", "error")]),
        ("bilibili", {"content": "字" * 250}, []),
        ("bilibili", {"content": "字" * 2000}, [("body_too_long", "warning")]),
        ("bilibili", {"content": "字" * 2001}, [("body_too_long", "error")]),
        ("douyin", {"images": tuple(replace(GOOD, url=f"{GOOD.url}{n}") for n in range(35))},
         [("pictures_too_many", "warning")]),
        ("douyin", {"images": tuple(replace(GOOD, url=f"{GOOD.url}{n}") for n in range(36))},
         [("pictures_too_many", "error")]),
        ("douyin", {"images": (replace(GOOD, width=600, height=1900),)}, [("picture_shape", "warning")]),
        ("douyin", {"title": "字" * 31}, [("title_too_long", "warning")]),
        ("kuaishou", {"topics": tuple(f"题{n}" for n in range(5))}, [("topics_too_many", "warning")]),
        ("weibo", {"images": tuple(replace(GOOD, url=f"{GOOD.url}{n}") for n in range(19))},
         [("pictures_too_many", "error")]),
        ("weibo", {"content": "字" * 150}, [("body_too_long", "warning")]),
        ("xiaohongshu", {"title": "字" * 21}, [("title_too_long", "error")]),
    ],
)  # fmt: skip
def test_every_platform_has_limits_of_its_own(slug: str, changes: dict[str, Any], expected: list[Any]) -> None:
    assert found(slug, **changes) == expected


def test_a_long_video_is_only_doubted_where_nobody_saw_it_refused() -> None:
    film = Video("https://class.example/v", "mp4", "h264", 1080, 1920, 9_000_000, 3601.0)
    levels = {
        slug: found(slug, type="video", images=(), video=film)
        for slug in ("xiaohongshu", "douyin", "kuaishou", "bilibili")
    }
    assert levels == {
        "xiaohongshu": [("video_too_long", "warning")],
        "douyin": [("video_too_long", "error")],
        "kuaishou": [("video_too_long", "warning")],
        "bilibili": [],
    }


def plain(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def size(value: float) -> str:
    return f"{value / 1e9:g} GB" if value >= 1e9 else f"{value / 1e6:g} MB"


def minutes(value: float) -> str:
    return f"{value / 60:g} min"


def most(limit: Most, write: Callable[[float], str] = plain) -> str:
    """`20` is sure, `20?` reported, `35 (12?)` sure and a lower one reported, `–` unknown."""
    told = "" if limit.advised is None else f"{write(limit.advised)}?"
    if limit.refused is None:
        return told or "–"
    return f"{write(limit.refused)} ({told})" if told else write(limit.refused)


def between(limit: Between) -> str:
    doubt = "" if limit.level == "error" else "?"
    if limit.least is not None and limit.most is not None:
        return f"{plain(limit.least)} to {plain(limit.most)}{doubt}"
    if limit.least is not None:
        return f"≥ {plain(limit.least)}{doubt}"
    return "–" if limit.most is None else f"≤ {plain(limit.most)}{doubt}"


COUNTED = {
    "characters": "characters", "utf16_units": "an emoji is 2", "full_width": "ASCII is half, an emoji 2"
}  # fmt: skip
ROWS: list[tuple[str, Callable[[Limits], str]]] = [
    ("title", lambda each: most(each.title.length)),
    ("title is counted in", lambda each: COUNTED[each.title.count.__name__]),
    ("text", lambda each: most(each.body.length) + (" with topics" if each.body.topics else "")),
    ("topics", lambda each: ("1 to " if each.topics.needed else "") + most(each.topics.number)),
    ("a topic", lambda each: most(each.topics.length)),
    ("all topics together", lambda each: most(each.topics.total)),
    ("pictures", lambda each: "none" if each.pictures is None else most(each.pictures.number)),
    ("a picture", lambda each: "" if each.pictures is None else most(each.pictures.bytes, size)),
    ("width by height", lambda each: "" if each.pictures is None else between(each.pictures.ratio)),
    ("longest side", lambda each: "" if each.pictures is None else between(each.pictures.longest_side)),
    ("width", lambda each: "" if each.pictures is None else between(each.pictures.width)),
    ("a video", lambda each: "none" if each.video is None else most(each.video.seconds, minutes)),
    ("its file", lambda each: "" if each.video is None else most(each.video.bytes, size)),
]


def table(platforms: dict[str, Platform]) -> str:
    head = ["at most", *(each.names["en"] for each in platforms.values())]
    rows = [head, ["---"] * len(head)]
    rows += [[name, *(write(each.limits) for each in platforms.values())] for name, write in ROWS]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows).replace("|  |", "| |").replace("|  |", "| |")


def test_readme_has_the_table_of_limits() -> None:
    assert list(PLATFORMS_BUILT) == list(PLATFORMS)
    assert table(PLATFORMS_BUILT) in README, f"README's table of limits is not this:\n\n{table(PLATFORMS_BUILT)}"
