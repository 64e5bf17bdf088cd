"""A share travels as one signed text."""

import base64
import json
import os
import re
from dataclasses import replace

import pytest

from courses.errors import TokenInvalid
from courses.tokens import Keyring
from portal.platforms.links.notes import read_link
from portal.platforms.links.shapes import SHAPES
from portal.platforms.protocol import LinkRefused
from portal.rehearsal.shares import (
    LONGEST_CODE,
    Share,
    ShareRefused,
    open_share,
    read_share,
    seal_share,
)
from portal.rehearsal.texts import note_id, share_text

RING = Keyring({1: b"k" * 32})
INFO = {"type": "normal", "title": "水", "content": "正文", "images": ["http://p/1.jpg"], "appKey": "rehearsal"}
SHARE = Share("normal", "水", "正文", ("http://p/1.jpg",), None, None, "s", "/l/ABC", 1_780_000_000)


def data(**changes: object) -> str:
    return base64.b64encode(json.dumps(INFO | changes).encode()).decode()


def test_share_is_read_as_sent() -> None:
    sent = data(sessionId="s", pageUrl="https://class.example/l/ABC?x=1#y", userAgent="Phone", appPlatform="iOS")
    assert read_share(sent, "rehearsal", 1_780_000_000.9) == SHARE


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (None, "非法参数-data"),
        (7, "非法参数-data"),
        ("***", "非法参数-data"),
        ("水", "非法参数-data"),
        (base64.b64encode(b"[" * 40_000).decode(), "非法参数-data"),
        (base64.b64encode(b"[]").decode(), "非法参数-data"),
        (data(type="audio"), "非法参数-data"),
        (data(images="http://p/1.jpg"), "非法参数-data"),
        (data(appKey="other"), "非法参数-appKey"),
        (data(images=[]), "图片数量"),
        (data(images=["http://p/1.jpg"] * 19), "图片数量"),
        (data(type="video"), "缺少视频"),
        (data(title="长" * 201), "过长"),
        (data(content="长" * 4001), "过长"),
    ],
)
def test_what_cannot_be_a_share_is_refused(sent: object, words: str) -> None:
    with pytest.raises(ShareRefused, match=words):
        read_share(sent, "rehearsal", 0)


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("https://class.example/l/ABC", "/l/ABC"),
        ("https://class.example//evil.example/x", "/"),
        ("https://class.example/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("https://[bad", "/"),
        ("https://class.example/" + "x" * 300, "/"),
        ("", "/"),
    ],
)
def test_way_back_stays_in_the_portal(page: str, back: str) -> None:
    assert read_share(data(pageUrl=page), "rehearsal", 0).back == back


def test_video_share_carries_no_pictures() -> None:
    share = read_share(data(type="video", video="http://p/v.mp4", cover="http://p/c.jpg"), "rehearsal", 0)
    assert (share.video, share.cover, share.images) == ("http://p/v.mp4", "http://p/c.jpg", ())


def test_code_opens_with_the_same_key_only() -> None:
    code = seal_share(RING, SHARE)
    assert open_share(Keyring({1: b"k" * 32}), code) == SHARE
    for wrong in ("", "x", code[:-2] + "AA", "水"):
        with pytest.raises(TokenInvalid):
            open_share(RING, wrong)
    with pytest.raises(TokenInvalid):
        open_share(Keyring({1: b"x" * 32}), code)


def test_the_longest_lesson_fits_into_an_address_and_more_is_refused() -> None:
    """1,000 characters that hardly repeat, 18 pictures of addresses as the portal signs them."""
    content = "".join(chr(0x4E00 + int.from_bytes(os.urandom(2), "big") % 6000) for _ in range(1000))
    images = tuple(
        f"https://class.example.com/media/{base64.urlsafe_b64encode(os.urandom(57)).decode()}" for _ in range(18)
    )
    assert len(seal_share(RING, replace(SHARE, content=content, images=images))) < LONGEST_CODE
    with pytest.raises(ShareRefused, match="过长"):
        seal_share(RING, replace(SHARE, content=os.urandom(6000).hex()))


def test_share_text_is_one_that_the_portal_reads() -> None:
    share = replace(SHARE, title="a\nb - c")
    code = seal_share(RING, share)
    note = note_id(share, code)
    assert re.fullmatch("[0-9a-f]{24}", note)
    assert int(note[:8], 16) == share.made
    assert note != note_id(share, seal_share(RING, replace(share, session="t")))
    text = share_text(share, code)
    assert text.startswith("【a b - c - 演练 | 小红书 - 你的生活指南】 😆 ")
    assert read_link("xiaohongshu", text).note_id == note


@pytest.mark.parametrize("slug", list(SHAPES))
def test_each_apps_text_is_read_by_its_own_adapter_alone(slug: str) -> None:
    share = replace(SHARE, platform=slug, title="", content="水 {0} https://example.org/x\n第二行")
    link = read_link(slug, share_text(share, seal_share(RING, share)))
    assert (link.note_id is not None) == (slug in ("xiaohongshu", "weibo"))
    assert slug == "xiaohongshu" or "/Rehearsal" in link.url
    for other in set(SHAPES) - {slug}:
        with pytest.raises(LinkRefused):
            read_link(other, share_text(share, seal_share(RING, share)))
