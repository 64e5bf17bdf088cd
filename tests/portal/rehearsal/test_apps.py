"""The apps that one opens by hand: what is pasted comes out as the app's share text."""

import html
import re
from typing import Any

import httpx
import pytest

from portal.platforms import build
from portal.rehearsal.faults import LINK_FAULTS


@pytest.mark.parametrize("slug", list(LINK_FAULTS))
def test_pasted_text_comes_out_as_the_apps_share_text(live: Any, phone: httpx.Client, slug: str) -> None:
    page = phone.get(f"/rehearsal/app/{slug}", headers={"Referer": f"{live.url}/l/ABCDEFGH?platform={slug}"})
    assert page.status_code == 200
    assert 'name="back" value="/l/ABCDEFGH"' in page.text
    assert ('name="title"' in page.text) == (slug != "weibo")
    form = {"title": "水 & 冰", "text": "冰、水和水蒸气。\n\n#科学 ", "back": "/l/ABCDEFGH", "fault": ""}
    done = phone.post(f"/rehearsal/app/{slug}", data=form, follow_redirects=True)
    assert "发布成功" in done.text
    assert 'href="/l/ABCDEFGH"' in done.text
    text = html.unescape(re.search(r'id="share-text">([^<]+)', done.text)[1])
    assert ("水 & 冰" in text) == (slug != "weibo")
    assert build(live.settings, httpx.AsyncClient())[slug].parse_link(text).url.startswith("https://")
    again = phone.post(f"/rehearsal/app/{slug}", data=form, follow_redirects=True).text
    assert html.unescape(re.search(r'id="share-text">([^<]+)', again)[1]) != text, "two posts are two notes"


@pytest.mark.parametrize(
    ("slug", "form", "words"),
    [
        ("kuaishou", {}, "写点什么才能发布"),
        ("bilibili", {"text": "正文"}, "填写标题才能发布"),
        ("xiaohongshu", {"title": "长" * 21}, "超出字数"),
        ("weibo", {"text": "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(5000))}, "超出字数"),
    ],
)
def test_what_the_app_would_not_take_stays_to_be_mended(phone: httpx.Client, slug: str, form: dict, words: str) -> None:
    answer = phone.post(f"/rehearsal/app/{slug}", data=form or {"text": " "})
    assert answer.status_code == 422
    assert words in answer.text
    assert form.get("title", "") in answer.text


def test_faults_come_with_the_address(phone: httpx.Client) -> None:
    assert phone.get("/rehearsal/app/kuaishou?fault=no-app").status_code == 204
    for fault, shown in (("rejected", "作品内容不符合规范"), ("lie", "没有给出链接"), ("nonsense", "share-text")):
        page = phone.get(f"/rehearsal/app/kuaishou?fault={fault}").text
        kept = re.search(r'name="fault" value="([^"]*)"', page)[1]
        assert kept == ("" if fault == "nonsense" else fault)
        done = phone.post("/rehearsal/app/kuaishou", data={"text": "水", "fault": kept}, follow_redirects=True)
        assert shown in done.text


def test_unknown_app_is_not_there_and_no_way_leads_out(phone: httpx.Client) -> None:
    assert phone.get("/rehearsal/app/myspace").status_code == 404
    assert phone.post("/rehearsal/app/myspace", data={"text": "x"}).status_code == 404
    page = phone.get("/rehearsal/app/kuaishou", headers={"Referer": "https://evil.example//evil.example/x"}).text
    assert 'name="back" value="/"' in page
    done = phone.post("/rehearsal/app/kuaishou", data={"text": "x", "back": "//evil.example"}, follow_redirects=True)
    assert "evil" not in done.text
