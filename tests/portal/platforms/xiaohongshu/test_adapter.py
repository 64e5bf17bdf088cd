"""The XiaoHongShu adapter: what it refuses, what it hands over, which links it takes."""

import dataclasses
import logging
import time

import httpx
import pytest

from portal.platforms import PLATFORMS, Draft, LinkRefused, Picture, Platform, Video, build
from portal.platforms.xiaohongshu.adapter import XiaoHongShu
from portal.platforms.xiaohongshu.signature import sign
from portal.preflight import check, refusals
from portal.settings import Settings as PortalSettings

NOTE = "667aacb8000000001e010eb2"
DRAFT = Draft(
    id="ABCDEFGH",
    type="normal",
    title="水的三态",
    content="冰、水和水蒸气。",
    topics=("科学", "课堂"),
    images=(Picture("https://class.example/m/1.jpg"), Picture("https://class.example/m/2.jpg")),
)


@dataclasses.dataclass(frozen=True)
class Settings(PortalSettings):
    xhs_app_key: str | None = "app-key"
    xhs_app_secret: str | None = "canary-app-secret"
    xhs_api_url: str = "http://127.0.0.1:1"
    xhs_sdk_url: str = "https://sdk.example/xhs.js"


@pytest.fixture
def xhs() -> XiaoHongShu:
    return build(Settings(), httpx.AsyncClient())["xiaohongshu"]


def draft(**changes: object) -> Draft:
    return dataclasses.replace(DRAFT, **changes)


def video(**changes: object) -> Draft:
    return draft(
        type="video", images=(), video=Video("https://class.example/m/v.mp4"),
        cover=Picture("https://c.example/c.jpg"), **changes,
    )  # fmt: skip


@pytest.mark.parametrize("slug", PLATFORMS)
def test_every_platform_keeps_the_protocol(slug: str) -> None:
    platform = build(Settings(), httpx.AsyncClient())[slug]
    assert isinstance(platform, Platform)
    assert platform.slug == slug
    assert set(platform.names) == {"zh", "en"}
    assert check(DRAFT, platform) == []


def test_configured_needs_both_keys(xhs: XiaoHongShu) -> None:
    assert xhs.configured
    assert xhs.sdk_url == "https://sdk.example/xhs.js"
    for settings in (Settings(xhs_app_key=None), Settings(xhs_app_secret="")):
        assert not build(settings, httpx.AsyncClient())["xiaohongshu"].configured


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": " "}, "The lesson has no title."),
        ({"title": "水" * 21}, "The title counts as 21 characters; XiaoHongShu takes 20."),
        ({"content": "水" * 1001, "topics": ()}, "The text has 1001 characters; XiaoHongShu takes 1000."),
        (
            {"content": "水" * 995, "topics": ("科学课",)},
            "Body and topics have 1002 characters; XiaoHongShu takes 1000.",
        ),
        ({"images": ()}, "The lesson has no pictures."),
        (
            {"images": (DRAFT.images[0], Picture("/m/2.jpg"))},
            "XiaoHongShu cannot fetch picture 2: its address must begin with https://.",
        ),
        ({"type": "video", "images": ()}, "The lesson has no video."),
        (
            {"type": "video", "images": (), "video": Video("blob:1"), "cover": DRAFT.images[0]},
            "XiaoHongShu cannot fetch the video: its address must begin with https://.",
        ),
        (
            {"type": "video", "images": (), "video": Video("https://c.example/v.mp4"), "cover": Picture("data:,")},
            "XiaoHongShu cannot fetch the cover: its address must begin with https://.",
        ),
    ],
)
def test_what_would_surely_be_refused_is_an_error(xhs: XiaoHongShu, changes: dict, sentence: str) -> None:
    assert [str(finding.message) for finding in refusals(draft(**changes), xhs)] == [sentence]


def test_pictures_have_a_limit_and_an_advised_one(xhs: XiaoHongShu) -> None:
    def found(number: int) -> list[tuple[str, str]]:
        images = tuple(Picture(f"https://class.example/m/{n}.jpg") for n in range(number))
        return [(finding.level, str(finding.message)) for finding in check(draft(images=images), xhs)]

    assert found(9) == []
    assert found(10) == [("warning", "The lesson has 10 pictures; as far as we know XiaoHongShu may take only 9.")]
    assert [level for level, _ in found(18)] == ["warning"]
    assert found(19) == [("error", "The lesson has 19 pictures; XiaoHongShu takes 18.")]


def test_all_errors_are_named_at_once(xhs: XiaoHongShu) -> None:
    found = refusals(draft(title="x" * 99, content="x" * 2000, images=()), xhs)
    assert [finding.code for finding in found] == ["title_too_long", "body_too_long", "pictures_missing"]


def test_doubtful_drafts_are_warned_of_but_publishable(xhs: XiaoHongShu) -> None:
    found = check(draft(topics=tuple("abcdefghijk")), xhs)
    assert [(each.level, each.code, str(each.message)) for each in found] == [
        ("warning", "topics_too_many", "The lesson has 11 topics; as far as we know XiaoHongShu may take only 10.")
    ]
    found = check(dataclasses.replace(video(), cover=None), xhs)
    assert [(each.level, each.code) for each in found] == [("warning", "cover_missing")]
    assert check(video(), xhs) == check(DRAFT, xhs) == []


def test_media_that_only_this_network_reaches_are_doubtful_where_the_platform_fetches(xhs: XiaoHongShu) -> None:
    def codes(address: str, platform: XiaoHongShu = xhs) -> list[str]:
        return [finding.code for finding in check(draft(images=(Picture(address),)), platform)]

    for address in (
        "http://class.example/1.jpg",
        "https://192.168.1.7/1.jpg",
        "https://class.local/1.jpg",
        "https://host/1",
    ):
        assert codes(address) == ["media_private"], address
    assert codes("https://93.184.216.34/1.jpg") == []
    rehearsal = build(Settings(xhs_api_url="http://127.0.0.1:8000/rehearsal"), httpx.AsyncClient())["xiaohongshu"]
    assert codes("http://127.0.0.1:8000/media/1", rehearsal) == []
    assert codes("http://127.0.0.1/1.jpg", build(Settings(xhs_app_key=""), httpx.AsyncClient())["xiaohongshu"]) == []


@pytest.mark.parametrize(
    ("content", "topics", "text"),
    [
        ("正文", ("科学", "课堂"), "正文\n\n#科学 #课堂 "),
        ("正文 ", (), "正文"),
        ("", ("科学",), "#科学 "),
        ("说 #科学 了", ("科学", "课堂"), "说 #科学 了\n\n#课堂 "),
        ("说 #科学课", ("科学",), "说 #科学课\n\n#科学 "),
        ("#a.b", ("axb",), "#a.b\n\n#axb "),
    ],
)
def test_share_text_names_each_topic_once(xhs: XiaoHongShu, content: str, topics: tuple, text: str) -> None:
    assert xhs.share_text(draft(content=content, topics=topics)) == text


@pytest.mark.anyio
async def test_handoff_is_signed_with_the_access_token_freshly_for_each_tap(server, http: httpx.AsyncClient) -> None:
    xhs = build(Settings(xhs_api_url=server.url), http)["xiaohongshu"]
    first, second = await xhs.handoff(DRAFT), await xhs.handoff(DRAFT)
    for config in (first.verify_config, second.verify_config):
        assert set(config) == {"appKey", "nonce", "timestamp", "signature"}
        assert config["appKey"] == "app-key"
        assert abs(int(config["timestamp"]) / 1000 - time.time()) < 5
        assert config["signature"] == sign("app-key", config["nonce"], config["timestamp"], "token-1")
    assert first.verify_config["nonce"] != second.verify_config["nonce"]
    assert server.connections == 1


@pytest.mark.anyio
async def test_share_info_has_the_sdks_names(server, http: httpx.AsyncClient) -> None:
    xhs = build(Settings(xhs_api_url=server.url), http)["xiaohongshu"]
    assert (await xhs.handoff(DRAFT)).share_info == {
        "type": "normal",
        "title": "水的三态",
        "content": "冰、水和水蒸气。\n\n#科学 #课堂 ",
        "images": ["https://class.example/m/1.jpg", "https://class.example/m/2.jpg"],
        "cover": "https://class.example/m/1.jpg",
    }
    assert (await xhs.handoff(video(topics=()))).share_info == {
        "type": "video",
        "title": "水的三态",
        "content": "冰、水和水蒸气。",
        "images": [],
        "video": "https://class.example/m/v.mp4",
        "cover": "https://c.example/c.jpg",
    }
    assert "cover" not in (await xhs.handoff(draft(images=()))).share_info


@pytest.mark.anyio
async def test_secrets_stay_out_of_handoff_and_reprs(server, http: httpx.AsyncClient, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    server.grant("canary-token")
    xhs = build(Settings(xhs_api_url=server.url), http)["xiaohongshu"]
    handoff = await xhs.handoff(DRAFT)
    assert "canary" not in repr(handoff) + repr(xhs) + str(xhs) + caplog.text


@pytest.mark.anyio
async def test_without_keys_it_helps_by_hand_and_asks_nobody(server, http: httpx.AsyncClient) -> None:
    handoff = await XiaoHongShu("", "", server.url, "", http).handoff(DRAFT)
    assert (handoff.launch, handoff.reason, handoff.verify_config) == ("assist", "no_keys", {})
    assert handoff.share_info["content"] == "冰、水和水蒸气。\n\n#科学 #课堂 "
    assert server.connections == 0


@pytest.mark.anyio
async def test_only_a_refused_signature_is_worth_another_handoff(server, http: httpx.AsyncClient) -> None:
    xhs = build(Settings(xhs_api_url=server.url), http)["xiaohongshu"]
    xhs._tokens._clock = lambda: 0.0
    await xhs.handoff(DRAFT)
    xhs._tokens._clock = lambda: 100.0
    assert not xhs.note_refusal("图片无法访问")
    assert xhs.note_refusal("签名校验失败，非法参数-signature")
    server.grant("token-2")
    config = (await xhs.handoff(DRAFT)).verify_config
    assert config["signature"] == sign("app-key", config["nonce"], config["timestamp"], "token-2")


@pytest.mark.parametrize(
    ("text", "url", "note_id"),
    [
        (
            "13 我是DM发布了一篇小红书笔记，快来看吧！ 😆 F02MULzeoQVJ7YY 😆 http://xhslink.com/GQ0MHB，"
            "复制本条信息，打开【小红书】App查看精彩内容！",
            "http://xhslink.com/GQ0MHB",
            None,
        ),
        ("… http://xhslink.com/a/J97ubzS9ZAv5，复制本条信息，…", "http://xhslink.com/a/J97ubzS9ZAv5", None),
        (
            "【东京3日游｜懒人版攻略 - 旅行的小王 | 小红书 - 你的生活指南】 😆 6E8kGnSd9JiMk7l 😆 "
            "http://xhslink.com/m/1gJ5tOG6M1b，复制本条信息，…",
            "http://xhslink.com/m/1gJ5tOG6M1b",
            None,
        ),
        (
            "93 【title - author | 小红书 - 你的生活指南】 😆 lR3gT9A0eAQ5XWn 😆 https://www.xiaohongshu.com/discovery/item/"
            f"{NOTE}?source=webshare&xhsshare=pc_web&xsec_token=ABc-_x=&xsec_source=pc_share",
            f"https://www.xiaohongshu.com/discovery/item/{NOTE}?xsec_token=ABc-_x%3D&xsec_source=pc_share",
            NOTE,
        ),
        (f"https://www.xiaohongshu.com/explore/{NOTE}", f"https://www.xiaohongshu.com/explore/{NOTE}", NOTE),
        (f"http://WWW.XIAOHONGSHU.COM/explore/{NOTE}/#a", f"https://www.xiaohongshu.com/explore/{NOTE}", NOTE),
        (f"m.xiaohongshu.com/red_video/{NOTE}", f"https://m.xiaohongshu.com/red_video/{NOTE}", NOTE),
        (f"https://rednote.com/explore/{NOTE}", f"https://rednote.com/explore/{NOTE}", NOTE),
        (
            f"https://www.xiaohongshu.com/user/profile/5f0000000000000001000000/{NOTE}?xsec_token=AB",
            f"https://www.xiaohongshu.com/user/profile/5f0000000000000001000000/{NOTE}?xsec_token=AB",
            NOTE,
        ),
        ("xhslink.cn/o/abcdEFGH", "https://xhslink.cn/o/abcdEFGH", None),
        (
            f"https://other.example/ https://xhslink.com/abcd https://rednote.com/explore/{NOTE}",
            "https://xhslink.com/abcd",
            None,
        ),
    ],
)
def test_note_links_are_found_in_what_students_paste(
    xhs: XiaoHongShu, text: str, url: str, note_id: str | None
) -> None:
    found = xhs.parse_link(text)
    assert (found.url, found.note_id) == (url, note_id)
    again = xhs.parse_link(found.url)
    assert (again.url, again.note_id) == (url, note_id)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "There is no link"),
        ("I published it!", "There is no link"),
        ("https://www.xiaohongshu.com/user/profile/5f0000000000000001000000", "leads to a profile"),
        ("https://www.xiaohongshu.com/explore", "does not lead to a note"),
        ("https://www.xiaohongshu.com/explore/", "does not lead to a note"),
        (f"https://www.xiaohongshu.com/explore/{NOTE}0", "does not lead to a note"),
        (f"https://www.xiaohongshu.com/explore/{NOTE[:-1]}", "does not lead to a note"),
        (f"https://www.xiaohongshu.com/explore/{NOTE.upper()}", "does not lead to a note"),
        (f"https://www.xiaohongshu.com/explore/{NOTE}@evil", "does not lead to a note"),
        ("https://www.xiaohongshu.com/", "does not lead to a note"),
        ("https://xhslink.com/", "does not lead to a note"),
        ("7.48 复制打开抖音 https://v.douyin.com/fKNisepr3Tw/ AgB:/ h@o.dn 05/17", "a link to {other}"),
        ("https://v.kuaishou.com/59WkPb 复制此消息，打开【快手】直接观看！", "a link to {other}"),
        ("【标题-哔哩哔哩】 https://b23.tv/Zm7mYo0", "a link to {other}"),
        ("https://weibo.com/1234567890/OabCdEf12", "a link to {other}"),
        (f"https://www.xiaohongshu.com.evil.example/explore/{NOTE}", "not a {platform} link"),
        (f"https://xiaohongshu.com@evil.example/explore/{NOTE}", "not a {platform} link"),
        (f"https://evil.example/?https://www.xiaohongshu.com/explore/{NOTE}", "not a {platform} link"),
        (f"https://www.xiaohongshu.com:8443/explore/{NOTE}", "not a {platform} link"),
        ("https://class.example.com/s/ABC", "not a {platform} link"),
        ("x" * 5000, "too long"),
        (f"https://www.xiaohongshu.com/explore/{NOTE}" + " " * 5000, "too long"),
        ("javascript:alert(1)//xhslink.com/abcd", "There is no link"),
    ],
)
def test_what_is_no_note_link_is_refused_with_a_reason(xhs: XiaoHongShu, text: str, reason: str) -> None:
    with pytest.raises(LinkRefused) as caught:
        xhs.parse_link(text)
    assert reason in caught.value.message.text
