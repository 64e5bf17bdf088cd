"""What the adapter hands to Douyin's app over HTTP: verified, composed, published, and told by a signed webhook."""

import asyncio
import html
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest

from portal.platforms import Draft, Handoff, Picture, Video, build
from portal.platforms.protocol import WebhookRefused

PAGE = "/rehearsal/douyin/share"


@pytest.fixture
def pictured(live: Any, draft: Draft) -> Draft:
    return replace(draft, images=draft.images[:2], content="冰、水 + 水蒸气 & 100%。")


@pytest.fixture
def given(live: Any, pictured: Draft) -> dict[str, str]:
    return handed(live, pictured)


def handed(live: Any, draft: Draft, key: str = "rehearsal") -> dict[str, str]:
    """The parameters of the address that the adapter makes."""

    async def make() -> Handoff:
        async with httpx.AsyncClient(trust_env=False) as http:
            return await build(live.settings, http)["douyin"].with_key(key).handoff(draft)

    return dict(parse_qsl(urlsplit(asyncio.run(make()).url).query))


def opened(phone: httpx.Client, given: dict[str, str]) -> httpx.Response:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())
    return phone.get(f"{PAGE}?{query}", headers={"Referer": f"{phone.base_url}/l/ABCDEFGH?platform=douyin"})


def words(answer: httpx.Response) -> str:
    """Why the app refuses."""
    found = re.search(r'<p class="words"[^>]*>([^<]*)', answer.text)
    return html.unescape(found[1]) if found else ""


def code(answer: httpx.Response) -> str:
    return re.search(r'name="share_code" value="([^"]+)"', answer.text)[1]


def publish(phone: httpx.Client, answer: httpx.Response) -> httpx.Response:
    return phone.post("/rehearsal/publication", data={"share_code": code(answer)}, follow_redirects=True)


def test_adapters_share_opens_the_composer(live: Any, phone: httpx.Client, given: dict[str, str]) -> None:
    answer = opened(phone, given)
    assert words(answer) == ""
    page = html.unescape(answer.text)
    for part in (
        "抖音",
        "水 & 冰",
        "冰、水 + 水蒸气 & 100%。",
        "#科学 #课堂",
        f"{live.url}/m/1.jpg",
        "2 张图片已收到",
        'href="/l/ABCDEFGH"',
    ):
        assert part in page
    assert len(live.seen) == 2
    assert not any("cookie" in headers for headers in live.seen)


def test_single_picture_and_video_are_taken(live: Any, phone: httpx.Client, pictured: Draft) -> None:
    gif = replace(pictured, images=(Picture(f"{live.url}/m/gif.gif"),))
    assert words(opened(phone, handed(live, gif))) == ""
    two = replace(pictured, images=(*gif.images, *pictured.images))
    assert words(opened(phone, handed(live, two))) == "第 1 张图片格式不支持"
    film = replace(pictured, type="video", images=(), video=Video(f"{live.url}/m/v.mp4"))
    straight = handed(live, film)
    assert straight["share_to_publish"] == "1"
    assert "<video" in opened(phone, straight).text
    assert words(opened(phone, straight | {"video_path": f"{live.url}/m/not.mp4"})) == "视频格式不支持"
    # believed by its Content-Type, not by its bytes
    assert words(opened(phone, straight | {"video_path": f"{live.url}/m/1.jpg"})) == "视频格式不支持"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"share_type": None}, "参数错误，非法参数-share_type"),
        ({"share_type": "app"}, "参数错误，非法参数-share_type"),
        ({"client_key": None}, "参数错误，非法参数-client_key"),
        ({"client_key": "other"}, "client_key 不存在"),
        ({"client_key": "rehearsal+lie"}, "verify signature fail"),
        ({"nonce_str": None}, "参数错误，非法参数-nonce_str"),
        ({"nonce_str": "another"}, "verify signature fail"),
        ({"nonce_str": "水"}, "参数错误，非法参数-nonce_str"),
        ({"timestamp": None}, "参数错误，非法参数-timestamp"),
        ({"timestamp": "1650941858"}, "参数错误，非法参数-timestamp"),
        ({"timestamp": "1650941858000"}, "参数错误，非法参数-timestamp"),
        ({"signature": None}, "参数错误，非法参数-signature"),
        ({"signature": "0" * 32}, "verify signature fail"),
        ({"signature": "签"}, "verify signature fail"),
        ({"state": ""}, "参数错误，非法参数-state"),
        ({"state": "9007199254740993"}, "参数错误，非法参数-state"),
        ({"image_list_path": None}, "缺少图片或视频"),
        ({"image_list_path": "[]"}, "参数错误，非法参数-image_list_path"),
        ({"image_list_path": "http://p/1.jpg"}, "参数错误，非法参数-image_list_path"),
        ({"image_list_path": '["http://p/图.jpg"]'}, "参数错误，非法参数-image_list_path"),
        ({"image_list_path": '["data:image/png,x"]'}, "参数错误，非法参数-image_list_path"),
        ({"image_list_path": json.dumps(["http://p/1.jpg"] * 13)}, "参数错误，非法参数-image_list_path"),
        ({"image_list_path": '["http://elsewhere.example/1.jpg"]'}, "第 1 张图片地址不在演练范围内"),
        ({"image_path": "http://p/1.jpg"}, "参数错误，非法参数-image_list_path"),
        ({"share_to_publish": "1"}, "参数错误，非法参数-share_to_publish"),
        ({"share_to_publish": "yes"}, "参数错误，非法参数-share_to_publish"),
        ({"hashtag_list": "科学,课堂"}, "参数错误，非法参数-hashtag_list"),
        ({"hashtag_list": '["#科学"]'}, "参数错误，非法参数-hashtag_list"),
        ({"hashtag_list": '{"0": "科学"}'}, "参数错误，非法参数-hashtag_list"),
        ({"title_hashtag_list": '[{"name": "水", "start": 900}]'}, "参数错误，非法参数-title_hashtag_list"),
        ({"title_hashtag_list": '["水"]'}, "参数错误，非法参数-title_hashtag_list"),
        ({"short_title": "长" * 13}, "标题过长"),
        ({"title": "长" * 1001}, "标题过长"),
        ({"private_status": "3"}, "参数错误，非法参数-private_status"),
        ({"download_type": "0"}, "参数错误，非法参数-download_type"),
        ({"hashtags": "[]"}, "参数错误，非法参数-hashtags"),
    ],
)  # fmt: skip
def test_each_wrong_parameter_is_refused_in_words(
    phone: httpx.Client, given: dict[str, str], changes: dict[str, str | None], refused: str
) -> None:
    answer = opened(phone, {name: value for name, value in (given | changes).items() if value is not None})
    assert words(answer) == refused
    assert 'href="/l/ABCDEFGH"' in answer.text


def test_what_the_documentation_also_names_is_taken(phone: httpx.Client, given: dict[str, str]) -> None:
    more = {"title_hashtag_list": '[{"name": "水", "start": 0}]', "private_status": "1", "download_type": "2"}
    assert words(opened(phone, given | more | {"share_to_type": "0"})) == ""


def test_longest_lesson_gets_through(live: Any, phone: httpx.Client, pictured: Draft) -> None:
    """Its address has some 12 kB: an app has no limit, and the rehearsal must not have one either."""
    text = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(960))
    addresses = tuple(Picture(f"{live.url}/m/1.jpg?{'x' * 100}{n}") for n in range(12))
    answer = opened(phone, handed(live, replace(pictured, content=text, images=addresses)))
    assert words(answer) == ""
    assert "12 张图片已收到" in answer.text


def test_plus_is_a_plus_and_nothing_stands_twice(phone: httpx.Client, given: dict[str, str]) -> None:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items())
    assert "冰、水 + 水蒸气" in opened(phone, given).text
    assert "冰、水++" in html.unescape(phone.get(f"{PAGE}?{query.replace('%20', '+')}").text)
    assert words(phone.get(f"{PAGE}?{query}&state=1")) == "参数错误，非法参数-state"
    assert words(phone.get(f"{PAGE}?{query}&download_type=%ff")) == "参数错误，非法参数-编码"


def test_published_share_is_told_signed_and_after_a_challenge(live: Any, phone: httpx.Client, given: Any) -> None:
    composer = opened(phone, given)
    done = publish(phone, composer)
    assert "发布成功" in done.text
    douyin = build(live.settings, httpx.AsyncClient())["douyin"]
    text = html.unescape(re.search(r'id="share-text">([^<]+)', done.text)[1])
    assert text.startswith("7.48 复制打开抖音，看看【演练的作品】水 & 冰... https://v.douyin.com/Rehearsal-")
    assert douyin.parse_link(text).note_id is None
    (first, test), (second, told) = live.told
    assert douyin.read_webhook(first, test).challenge == json.loads(test)["content"]["challenge"]
    assert second["content-type"] == "application/json"
    news = douyin.read_webhook(second, told)
    assert (news.published, news.share, news.id) == (True, given["state"], second["msg-id"])
    content = json.loads(told)["content"]
    assert set(content) == {"share_id", "item_id", "video_id", "has_default_hashtag"}
    assert re.fullmatch(r"7\d{18}", content["video_id"])
    with pytest.raises(WebhookRefused):
        douyin.read_webhook(second, told + b" ")
    # tapped twice it is the same message
    publish(phone, composer)
    assert live.told[3][0]["msg-id"] == second["msg-id"]


def test_webhook_is_sent_again_three_times_and_not_without_the_challenge(
    live: Any, phone: httpx.Client, given: Any
) -> None:
    composer = opened(phone, given)
    live.answers[:] = [500, 200, 503, 503]
    assert "发布成功" in publish(phone, composer).text
    assert [json.loads(body)["event"] for _, body in live.told] == ["verify_webhook"] * 2 + ["create_video"] * 3
    live.told.clear()
    live.answers[:] = [401] * 4
    publish(phone, composer)
    assert [json.loads(body)["event"] for _, body in live.told] == ["verify_webhook"] * 4


@pytest.mark.parametrize(
    ("fault", "shown"), [("lie", "没有给出链接"), ("untold", "分享文字"), ("rejected", "作品内容不符合规范")]
)
def test_fault_of_the_note_tells_the_portal_nothing(
    live: Any, phone: httpx.Client, pictured: Draft, fault: str, shown: str
) -> None:
    done = publish(phone, opened(phone, handed(live, pictured, f"rehearsal+{fault}")))
    assert shown in done.text
    assert ("发布成功" in done.text) == (fault != "rejected")
    assert live.told == []


def test_share_without_a_name_is_not_told(live: Any, phone: httpx.Client, given: dict[str, str]) -> None:
    del given["state"]
    assert "发布成功" in publish(phone, opened(phone, given)).text
    assert live.told == []


def test_app_does_not_open_or_refuses_the_signature(live: Any, phone: httpx.Client, pictured: Draft) -> None:
    answer = opened(phone, handed(live, pictured, "rehearsal+no-app"))
    assert (answer.status_code, answer.content, live.seen) == (204, b"", [])
    answer = opened(phone, handed(live, pictured, "rehearsal+signature"))
    assert words(answer) == "verify signature fail"
