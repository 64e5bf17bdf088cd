"""What the phone's script asks: the signature, then every picture by its address."""

import dataclasses
import html
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from portal.platforms import Handoff, build
from portal.rehearsal.shares import open_share

SIGNATURE = {"success": False, "msg": "签名校验失败，非法参数-signature"}


@pytest.fixture
async def handoff(live, draft, anyio_backend: str) -> Handoff:
    async with httpx.AsyncClient(trust_env=False) as http:
        return await build(live.settings, http)["xiaohongshu"].handoff(draft)


def share_info(handoff: Handoff, **changes: object) -> Handoff:
    return dataclasses.replace(handoff, share_info=handoff.share_info | changes)


@pytest.mark.anyio
async def test_right_share_gets_a_code_with_everything_in_it(live, handoff, hand_over, draft) -> None:
    reply = hand_over(handoff)
    assert reply["success"] is True
    share = open_share(live.settings.keyring, reply["data"]["data_code"])
    addresses = tuple(image.url for image in draft.images)
    assert (share.title, share.images, share.back) == (draft.title, addresses, "/l/ABCDEFGH")
    assert share.content == draft.content + "\n\n#科学 #课堂 "


@pytest.mark.anyio
async def test_pictures_are_fetched_each_without_cookies(live, handoff, hand_over, phone) -> None:
    phone.cookies.set("session", "canary")
    hand_over(handoff)
    assert len(live.seen) == 3
    assert not any("cookie" in headers or "authorization" in headers for headers in live.seen)


@pytest.mark.anyio
async def test_altered_signature_is_refused_before_anything_is_fetched(live, handoff, hand_over) -> None:
    assert hand_over(handoff, signature="0" * 64) == SIGNATURE
    assert hand_over(handoff, nonce="another") == SIGNATURE
    assert hand_over(handoff, timestamp=str(int(handoff.verify_config["timestamp"]) + 1)) == SIGNATURE
    assert live.seen == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.jpg", "第 2 张图片无法访问（HTTP 404）"),
        ("away.jpg", "第 2 张图片无法访问（HTTP 302）"),
        ("cut.jpg", "第 2 张图片格式不支持"),
        ("gif.gif", "第 2 张图片格式不支持"),
        ("text.jpg", "第 2 张图片格式不支持"),
        ("wide.png", "第 2 张图片格式不支持"),
        ("endless.jpg", "第 2 张图片过大"),
    ],
)
async def test_picture_that_cannot_be_used_is_named(live, handoff, hand_over, name: str, words: str) -> None:
    images = [handoff.share_info["images"][0], f"{live.url}/m/{name}"]
    assert hand_over(share_info(handoff, images=images)) == {"success": False, "msg": words}


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/m/1.jpg",
        "http://localhost:{port}/m/1.jpg",
        "http://127.0.0.1:{port}@evil.example/m/1.jpg",
        "http://user@127.0.0.1:{port}/m/1.jpg",
        "http://127.0.0.1:{port}.evil.example/1.jpg",
        "https://127.0.0.1:{port}/m/1.jpg",
        "file:///etc/passwd",
        "//127.0.0.1/m/1.jpg",
        "http://[bad",
        "",
    ],
)
async def test_only_the_portals_own_addresses_are_fetched(live, handoff, hand_over, url: str) -> None:
    url = url.replace("{port}", str(urlsplit(live.url).port))
    reply = hand_over(share_info(handoff, images=[url], cover=None))
    assert reply == {"success": False, "msg": "第 1 张图片地址不在演练范围内"}
    assert live.seen == []


@pytest.mark.anyio
async def test_video_and_its_cover_are_checked(live, handoff, hand_over) -> None:
    video = {"type": "video", "images": [], "video": f"{live.url}/m/v.mp4", "cover": f"{live.url}/m/3.webp"}
    assert hand_over(share_info(handoff, **video))["success"] is True
    assert live.seen[-1]["range"] == "bytes=0-63"
    for changes, words in (
        ({"video": f"{live.url}/m/not.mp4"}, "视频格式不支持"),
        ({"video": f"{live.url}/m/gone.mp4"}, "视频无法访问（HTTP 404）"),
        ({"cover": f"{live.url}/m/gone.jpg"}, "封面无法访问（HTTP 404）"),
    ):
        assert hand_over(share_info(handoff, **video | changes)) == {"success": False, "msg": words}


@pytest.mark.anyio
async def test_share_without_sense_is_refused(handoff, hand_over) -> None:
    assert hand_over(share_info(handoff, images=[]))["msg"] == "图片数量应为 1 到 18 张"
    assert hand_over(handoff, data={"appKey": "other"})["msg"] == "参数错误，非法参数-appKey"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("fault", "words"), [("refuse", "笔记内容不符合规范"), ("signature", "签名校验失败，非法参数-signature")]
)
async def test_chosen_refusal_comes_in_the_platforms_words(phone, handoff, hand_over, fault: str, words: str) -> None:
    phone.cookies.set("rehearsal_fault", fault)
    assert hand_over(handoff) == {"success": False, "msg": words}


@pytest.mark.anyio
async def test_another_sites_page_cannot_ask(phone) -> None:
    path = "/rehearsal/xiaohongshu/api/sns/v1/ext/check/token"
    answer = phone.post(path, json={}, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "it came from another site" in answer.text
    own = phone.post(path, json={}, headers={"Sec-Fetch-Site": "same-origin", "Origin": str(phone.base_url)})
    assert (own.status_code, own.json()["success"]) == (200, False)


@pytest.mark.anyio
async def test_code_opens_the_composer_and_then_the_share_text(live, handoff, hand_over, phone, draft) -> None:
    code = hand_over(handoff)["data"]["data_code"]
    composer = phone.get("/rehearsal/xiaohongshu/composer", params={"share_code": code})
    assert composer.status_code == 200
    for part in (
        draft.title,
        draft.content,
        "#科学 #课堂",
        *(image.url for image in draft.images),
        "演练",
        "Rehearsal",
        "4/20",
        'href="/l/ABCDEFGH"',
    ):
        assert part in html.unescape(composer.text)
    assert composer.headers["cache-control"] == "no-store"
    done = phone.get("/rehearsal/published", params={"share_code": code})
    text = done.text.split('id="share-text">')[1].split("</p>")[0].replace("&amp;", "&")
    link = build(live.settings, None)["xiaohongshu"].parse_link(text)
    assert link.note_id is not None
    assert parse_qs(urlsplit(link.url).query)["xsec_token"][0].startswith("rehearsal")
    again = phone.get("/rehearsal/published", params={"share_code": code})
    assert again.text == done.text


@pytest.mark.anyio
async def test_liars_say_published_all_the_same(live, handoff, hand_over, phone) -> None:
    code = hand_over(handoff)["data"]["data_code"]
    pages = {}
    for fault in ("no-link", "dead-link"):
        phone.cookies.clear()
        phone.cookies.set("rehearsal_fault", fault)
        pages[fault] = phone.get("/rehearsal/published", params={"share_code": code}).text
        assert "发布成功" in pages[fault]
    assert "share-text" not in pages["no-link"]
    text = pages["dead-link"].split('id="share-text">')[1].split("</p>")[0]
    assert build(live.settings, None)["xiaohongshu"].parse_link(text).note_id is None


@pytest.mark.anyio
async def test_markup_in_a_share_stays_text(handoff, hand_over, phone) -> None:
    nasty = {"title": "<script>x</script>", "content": "{{7*7}} <img src=x onerror=alert(1)>"}
    code = hand_over(share_info(handoff, **nasty))["data"]["data_code"]
    for page in ("xiaohongshu/composer", "published"):
        text = phone.get(f"/rehearsal/{page}", params={"share_code": code}).text
        assert "<script>x" not in text
        assert "<img src=x" not in text
        assert page == "published" or "{{7*7}}" in text


@pytest.mark.anyio
async def test_what_is_too_long_for_the_app_cannot_be_published(handoff, hand_over, phone) -> None:
    code = hand_over(share_info(handoff, title="长" * 21))["data"]["data_code"]
    composer = phone.get("/rehearsal/xiaohongshu/composer", params={"share_code": code}).text
    assert "21/20" in composer
    assert '<button class="publish" disabled>' in composer
