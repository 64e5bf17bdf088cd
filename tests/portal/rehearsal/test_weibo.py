"""Weibo's two share pages in rehearsal: the adapter's address opens them, each wrong parameter does not."""

import asyncio
import html
import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest

from portal.platforms import Draft, build


@pytest.fixture
def urls(live: Any, draft: Draft) -> dict[str, str]:
    """What the adapter makes, by "mobile" and "desktop"."""
    weibo = build(live.settings, httpx.AsyncClient())["weibo"]
    return dict(asyncio.run(weibo.handoff(replace(draft, images=draft.images[:2]), f"{live.url}/l/ABCDEFGH")).urls)


def changed(url: str, changes: dict[str, str | None]) -> str:
    given = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)) | changes
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items() if value is not None)
    return f"{url.partition('?')[0]}?{query}"


def words(answer: httpx.Response) -> str:
    found = re.search(r'<p class="words"[^>]*>([^<]*)', answer.text)
    return html.unescape(found[1]) if found else ""


def test_both_pages_compose_what_the_adapter_hands_over(live: Any, phone: httpx.Client, urls: Any) -> None:
    for kind, page in (("mobile", "mobile.php"), ("desktop", "share.php")):
        assert urls[kind].startswith(f"{live.url}/rehearsal/weibo/{page}?")
        answer = phone.get(urls[kind], headers={"Referer": f"{live.url}/l/HGFEDCBA"})
        text = html.unescape(answer.text)
        for part in ("微博", "水 & 冰", "冰、水和水蒸气。", "#科学# #课堂#", f"{live.url}/m/2.png", "演练应用"):
            assert part in text
        assert f'href="/l/{"ABCDEFGH" if kind == "mobile" else "HGFEDCBA"}"' in text
        assert "不是话题" not in text
    assert len(live.seen) == 4


def test_published_post_has_a_link_of_weibos_form(live: Any, phone: httpx.Client, urls: Any) -> None:
    composer = phone.get(urls["mobile"])
    code = re.search(r'name="share_code" value="([^"]+)"', composer.text)[1]
    done = phone.post("/rehearsal/publication", data={"share_code": code}, follow_redirects=True)
    text = re.search(r'id="share-text">([^<]+)', done.text)[1]
    link = build(live.settings, httpx.AsyncClient())["weibo"].parse_link(text)
    assert link.note_id.startswith("Rehearsal")
    assert live.told == []


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"title": ""}, "参数错误，非法参数-title"),
        ({"title": None}, "参数错误，非法参数-title"),
        ({"title": "长" * 2001}, "参数错误，非法参数-title"),
        ({"appkey": "other"}, "参数错误，非法参数-appkey"),
        ({"pic": "/m/1.jpg"}, "参数错误，非法参数-pic"),
        ({"pic": "http://p/1.jpg,http://p/2.jpg 3"}, "参数错误，非法参数-pic"),
        ({"pic": "http://p/1.jpg||"}, "参数错误，非法参数-pic"),
        ({"pic": "http://elsewhere.example/1.jpg"}, "第 1 张图片地址不在演练范围内"),
        ({"pic": "{live}/m/3.webp"}, "第 1 张图片格式不支持"),
        ({"searchPic": "no"}, "参数错误，非法参数-searchPic"),
        ({"language": "english"}, "参数错误，非法参数-language"),
        ({"backurl": "https://evil.example/l/ABCDEFGH"}, "参数错误，非法参数-backurl"),
        ({"backurl": "{live}//evil.example"}, "参数错误，非法参数-backurl"),
        ({"backurl": "javascript:alert(1)"}, "参数错误，非法参数-backurl"),
        ({"relateUid": "1"}, "参数错误，非法参数-relateUid"),
        ({"ralateUid": "1"}, "参数错误，非法参数-ralateUid"),
    ],
)
def test_each_wrong_parameter_is_refused(live: Any, phone: httpx.Client, urls: Any, changes: Any, refused: str) -> None:
    changes = {name: value and value.replace("{live}", live.url) for name, value in changes.items()}
    assert words(phone.get(changed(urls["mobile"], changes))) == refused


def test_desktop_page_has_its_own_parameters(phone: httpx.Client, urls: Any) -> None:
    assert words(phone.get(changed(urls["desktop"], {"ralateUid": "1", "dpc": "1"}))) == ""
    assert words(phone.get(changed(urls["desktop"], {"backurl": "/"}))) == "参数错误，非法参数-backurl"
    assert words(phone.get(urls["mobile"] + "&title=2")) == "参数错误，非法参数-重复"


def test_topic_of_another_platform_is_pointed_at(phone: httpx.Client, urls: Any) -> None:
    """Weibo takes it for text: so it is no refusal."""
    answer = phone.get(changed(urls["mobile"], {"title": "C#好 #茶# #摄影 "}))
    assert "“#摄影”在这里不是话题" in answer.text
    assert "“#摄影” is no topic here" in answer.text


def test_without_a_key_it_comes_from_the_internet(phone: httpx.Client, urls: Any) -> None:
    assert "来自互联网" in phone.get(changed(urls["mobile"], {"appkey": ""})).text


def test_faults_come_with_the_key(phone: httpx.Client, urls: Any) -> None:
    def get(fault: str) -> httpx.Response:
        return phone.get(changed(urls["mobile"], {"appkey": f"rehearsal+{fault}"}))

    assert words(get("refuse")) == "应用已被禁止使用分享功能"
    assert (get("429").status_code, words(get("429"))) == (429, "请求过于频繁，请稍后再试")
    assert (get("no-app").status_code, get("no-app").content) == (204, b"")
    truncated = get("truncated")
    assert (truncated.text[-7:], truncated.headers["content-type"][:9]) == ("<title>", "text/html")
    assert len(get("huge").content) == 10_485_760
    with phone.stream("GET", changed(urls["mobile"], {"appkey": "rehearsal+drip"})) as dripping:
        assert next(dripping.iter_raw()) == b" "
    for fault, shown in (("rejected", "作品内容不符合规范"), ("lie", "没有给出链接")):
        code = re.search(r'name="share_code" value="([^"]+)"', get(fault).text)[1]
        assert shown in phone.post("/rehearsal/publication", data={"share_code": code}, follow_redirects=True).text
