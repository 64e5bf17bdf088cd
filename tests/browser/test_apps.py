"""Every in-app browser of the table in a real Chromium: led out, without a cookie and without others' scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_student import PHONE, Classroom, classroom
from tests.portal.test_browsers import AGENTS

__all__ = ["classroom"]
pytestmark = pytest.mark.browser
WAYS = {"zh": ("复制链接", "在浏览器打开"), "en": ("Copy the link", "Open in browser")}


def test_every_app_is_led_out(chromium: Browser, classroom: Classroom, portal: Any, shot: Callable[..., None]) -> None:
    token = classroom.personal(20)
    for number, (slug, agents) in enumerate(AGENTS.items()):
        language = ("zh", "en")[number % 2]
        # its user agent on one system; tests/portal/test_browsers.py has the others
        agent = agents[number // 2 % len(agents)]
        settings = PHONE | {
            "user_agent": agent,
            "locale": {"zh": "zh-CN", "en": "en-GB"}[language],
            "base_url": portal.url,
        }
        context = chromium.new_context(**settings)
        asked: list[str] = []
        context.on("request", lambda request, asked=asked: asked.append(request.url))
        page = context.new_page()
        page.goto(f"/S/{token}", wait_until="domcontentloaded")
        copy, browser = WAYS[language]
        expect(page.get_by_role("button", name=copy)).to_be_visible()
        expect(page.locator(".rescue ol")).to_contain_text(browser)
        assert page.locator("main").get_attribute("data-app") == slug
        assert page.locator("#rescue-address").inner_text().endswith(f"/s/{token.lower()}")
        assert len(page.locator(".rescue .spoken").inner_text()) == 8
        assert page.locator(".rescue .arrow").count() == (slug not in ("qqbrowser", "webview"))
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
        assert context.cookies() == []
        assert [url for url in asked if "/rehearsal/" in url or not url.startswith(portal.url)] == []
        if slug in ("webview", "weibo"):
            shot(page, f"app-{slug}-{language}")
        context.close()


def test_who_comes_out_of_an_app_is_the_same_student_and_is_not_asked(
    chromium: Browser, classroom: Classroom, portal: Any
) -> None:
    inside = chromium.new_context(
        **PHONE | {"user_agent": AGENTS["wechat"][1], "base_url": portal.url, "locale": "en-GB"}
    )
    page = inside.new_page()
    page.goto(f"/S/{classroom.personal(21)}")
    address = page.locator("#rescue-address").inner_text()
    classroom.wait("121", "scan")
    outside = chromium.new_context(**PHONE | {"base_url": portal.url, "locale": "en-GB"})
    page = outside.new_page()
    page.goto(address)
    expect(page.locator(".me")).to_contain_text("学生21")
    expect(page.locator("#who")).to_have_count(0)
    expect(page.locator("#publish")).to_be_visible()
    for context in (inside, outside):
        context.close()
