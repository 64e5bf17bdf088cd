"""Every in-app browser of the table in a real Chromium: led out, without a cookie and without others' scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.web.browsers import in_app_browser, system
from tests.browser.test_student import PHONE, Classroom, class_of_thirty
from tests.portal.web.test_browsers import AGENTS

pytestmark = pytest.mark.browser
SMALL = PHONE | {"viewport": {"width": 390, "height": 844}}
#: what the page says in each language: the copy button, before and after, the way out where it is not iOS's, and what is
#: wrong, in any app and in the platform's own
WORDS = {
    "zh": ("复制链接", "已复制", "选择「在浏览器打开」", ("在{app}里打不开小红书", "在小红书里面不能直接发布")),
    "en": (
        "Copy the link",
        "Copied",
        "Choose “Open in browser”",
        ("{app} cannot open XiaoHongShu", "You cannot publish from inside XiaoHongShu"),
    ),
}
ON_IOS = {"zh": "选择「在 Safari 中打开」或「在浏览器打开」", "en": "Choose “Open in Safari” or “Open in browser”"}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
#: apps of which nobody has said where their menu is
NO_CORNER = ("qqbrowser", "webview")
PICTURED = ("wechat", "xiaohongshu", "webview")


@pytest.fixture(scope="module")
def classroom(portal: Any) -> Classroom:
    """Students 300 to 329."""
    return class_of_thirty(portal, 300)


@pytest.fixture
def phone(chromium: Browser, portal: Any) -> Any:
    """phone(user_agent=…) is a phone with its own storage."""
    contexts: list[BrowserContext] = []

    def open_it(**more: Any) -> BrowserContext:
        context = chromium.new_context(**SMALL | {"base_url": portal.url, "locale": "en-GB"} | more)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield open_it
    for context in contexts:
        context.close()


def become(page: Page, agent: str, language: str) -> None:
    """The same phone's page in another app, or in another language."""
    speaks = {"userAgent": agent, "acceptLanguage": LOCALES[language]}
    page.context.new_cdp_session(page).send("Emulation.setUserAgentOverride", speaks)


@pytest.mark.parametrize(("slug", "seat"), [(slug, seat) for seat, slug in enumerate(AGENTS)])
def test_app_is_led_out_on_each_system_and_in_both_languages(
    classroom: Classroom, phone: Callable[..., Any], portal: Any, shot: Callable[..., None], slug: str, seat: int
) -> None:
    token = classroom.personal(seat)
    context = phone(permissions=["clipboard-read", "clipboard-write"])
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    for agent in AGENTS[slug]:
        for language, (copy, copied, way, wrong) in WORDS.items():
            become(page, agent, language)
            page.goto(f"/S/{token}", wait_until="domcontentloaded")
            rescue = page.locator(".rescue")
            name = in_app_browser(agent).names[language]
            expect(rescue.get_by_role("heading")).to_have_text(wrong[slug == "xiaohongshu"].format(app=name))
            out = ON_IOS[language] if system(agent) == "ios" else way
            assert rescue.locator("ol li").nth(1).inner_text() == out, agent
            assert rescue.locator("svg.out.ios").count() == (system(agent) == "ios"), "drawn as the system draws it"
            assert rescue.locator("svg.out").count() == 1
            assert rescue.locator(".arrow").count() == (slug not in NO_CORNER)
            assert page.locator("main").get_attribute("data-app") == slug
            assert page.url == f"{portal.url}/S/{token}", (
                "the token stays in the address, for the browser that opens it"
            )
            address = page.locator("#rescue-address").inner_text()
            assert address == f"{portal.url}/s/{token.lower()}"
            assert len(rescue.locator(".spoken").inner_text()) == 8
            assert f"{portal.url.partition('//')[2]}/go" in rescue.inner_text()
            rescue.get_by_role("button", name=copy).tap()
            expect(rescue.get_by_role("button", name=copied)).to_be_visible()
            assert page.evaluate("navigator.clipboard.readText()") == address
            assert page.evaluate("document.scrollingElement.scrollWidth") <= SMALL["viewport"]["width"]
            if slug in PICTURED:
                shot(page, f"app-{slug}-{system(agent)}-{language}")
    assert [url for url in asked if "/rehearsal/" in url or not url.startswith(portal.url)] == []
    assert context.cookies() == []
    # a browser that is none of an app's, with nothing of this phone: the slip's student, and nobody is asked
    lesson = phone().request.get(address).text()
    assert f"学生{seat}" in lesson
    assert 'id="who"' not in lesson


def test_personal_slip_goes_on_outside_and_counts_each_arrival_once(
    classroom: Classroom, phone: Callable[..., Any]
) -> None:
    page = phone(user_agent=AGENTS["wechat"][1]).new_page()
    page.goto(f"/S/{classroom.personal(21)}")
    address = page.locator("#rescue-address").inner_text()
    classroom.wait("321", "scan")
    outside = phone().new_page()
    outside.goto(address)
    expect(outside.locator(".me")).to_contain_text("学生21")
    expect(outside.locator("#who")).to_have_count(0)
    expect(outside.locator("#publish")).to_be_visible()
    classroom.wait("321", "scan", "scan", "preview")  # one inside, one outside


def test_class_link_asks_nobody_inside_and_once_outside(classroom: Classroom, phone: Callable[..., Any]) -> None:
    inside = phone(user_agent=AGENTS["dingtalk"][0]).new_page()
    inside.goto(f"/S/{classroom.token}")
    address = inside.locator("#rescue-address").inner_text()
    expect(inside.locator("#who")).to_have_count(0)
    outside = phone().new_page()
    outside.goto(address)
    outside.fill("#student", "322")
    outside.keyboard.press("Enter")
    expect(outside.locator(".me")).to_contain_text("322 学**")
    for again in (address, address.replace("/s/", "/S/")):
        outside.goto(again)
        expect(outside.locator(".me")).to_contain_text("322 学**")
        expect(outside.locator("#who")).to_have_count(0)
