"""The preflight as one types: what is found is told without saving, mended with one click, and brought back with another."""

import io
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
HANDHELD = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LONG = "三步拍出一杯好茶的手机摄影入门教程之一二三"


@pytest.fixture(scope="module")
def session(portal: Any) -> str:
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"{secrets.token_hex(4)}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
        return http.cookies["session"]


@pytest.fixture
def lesson(portal: Any, session: str) -> str:
    """A lesson of one picture that nobody would refuse; its id."""
    file = io.BytesIO()
    Image.effect_noise((900, 1200), 80).convert("RGB").save(file, "JPEG")
    with httpx.Client(base_url=portal.url, cookies={"session": session}, timeout=60) as http:
        course = http.post("/courses", data={"title": "Spring 春"}).headers["location"].split("/")[2]
        form = {"kind": "normal", "title": "Tea 茶", "body": "好茶", "platforms": "xiaohongshu"}
        files = [("pictures", ("a.jpg", file.getvalue(), "image/jpeg"))]
        made = http.post(f"/courses/{course}/lessons", data=form, files=files)
    return re.split(r"[/?]", made.headers["location"])[2]


def edit(context: BrowserContext, portal: Any, session: str, lesson: str) -> Page:
    context.add_cookies([{"name": "session", "value": session, "url": portal.url}])
    page = context.new_page()
    page.goto(f"/lessons/{lesson}/edit")
    check = page.locator("#tab-check")
    if check.is_visible():
        check.click()
    else:  # no editor around it
        page.locator("#panel-check").evaluate("panel => { panel.hidden = false; }")
    expect(page.locator("#preflight .verdict")).to_be_visible()
    return page


def write(page: Page, name: str, text: str) -> None:
    """Into a field, wherever the editor has put it."""
    page.locator(f"[name={name}]").evaluate(
        "(field, text) => { field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); }", text
    )


@pytest.mark.browser
def test_finding_comes_while_one_types_and_goes_with_one_click(
    portal: Any, session: str, lesson: str, open_browser: Callable[..., BrowserContext]
) -> None:
    page = edit(open_browser(DESKTOP), portal, session, lesson)
    panel = page.locator("#preflight")
    expect(panel.locator(".verdict")).to_have_class(re.compile("good"))
    write(page, "title", LONG)
    finding = panel.locator(".finding.error")
    expect(finding).to_contain_text("The title counts as 21 characters; XiaoHongShu takes 20.")
    expect(panel.locator(".published-title .beyond")).to_have_text(LONG[-1])
    described = page.locator("[name=title]").get_attribute("aria-describedby") or ""
    assert finding.get_attribute("id") in described.split()
    expect(panel.get_by_role("status")).to_have_text("1 thing to look at")

    write(page, "title", "Tea")
    write(page, "body", "好茶 #手机摄影#茶")
    expect(finding).to_contain_text("stand without a space")
    assert "finding-" not in (page.locator("[name=title]").get_attribute("aria-describedby") or "")
    page.get_by_role("button", name="Put spaces between them").click()
    expect(page.locator("[name=body]")).to_have_value("好茶 #手机摄影 #茶")
    expect(panel.locator(".verdict")).to_have_class(re.compile("good"))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[name=body]")).to_have_value("好茶 #手机摄影#茶")
    expect(finding).to_be_visible()


@pytest.mark.browser
def test_preview_mends_the_saved_lesson_without_scripts(
    portal: Any, session: str, lesson: str, open_browser: Callable[..., BrowserContext]
) -> None:
    with httpx.Client(base_url=portal.url, cookies={"session": session}, timeout=60) as http:
        page = http.get(f"/lessons/{lesson}/edit").text
        picture = re.search(r'name="picture" value="([0-9a-f-]{36})"', page)
        form = {"kind": "normal", "title": "Tea", "body": "#a#b", "platforms": "xiaohongshu", "picture": picture[1]}
        assert (
            http.post(f"/lessons/{lesson}", files={name: (None, text) for name, text in form.items()}).status_code
            == 303
        )
    context = open_browser(HANDHELD, java_script_enabled=False)
    context.add_cookies([{"name": "session", "value": session, "url": portal.url}])
    page = context.new_page()
    page.goto(f"/lessons/{lesson}/preview")
    expect(page.locator(".finding.error")).to_contain_text("stand without a space")
    page.get_by_role("button", name="Put spaces between them").click()
    expect(page.get_by_role("status")).to_contain_text("Repaired and saved.")
    expect(page.locator(".finding")).to_have_count(0)
    expect(page.locator(".as-published .published")).to_have_text("#a #b")


@pytest.mark.browser
def test_picture_that_is_made_anew_takes_the_place_and_can_be_taken_back(
    portal: Any, session: str, lesson: str, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser(DESKTOP)

    def offer(route: Route) -> None:
        """What this portal makes of an upload XiaoHongShu takes; its repair is offered all the same."""
        answer = route.fetch()
        button = '<button type="button" data-repair="picture_too_large" data-where="pictures[0]">Smaller</button>'
        route.fulfill(response=answer, json=(told := answer.json()) | {"html": told["html"] + button})

    context.route(re.compile("/preflight$"), offer)
    page = edit(context, portal, session, lesson)
    field, image = page.locator("#pictures [name=picture]"), page.locator("#pictures img")
    before = field.input_value(), image.get_attribute("src")
    page.get_by_role("button", name="Smaller").click()
    expect(field).not_to_have_value(before[0])
    assert image.get_attribute("src") != before[1]
    expect(page.locator("#preflight .verdict")).to_have_class(re.compile("good"))
    expect(page.locator("#preflight :focus")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(field).to_have_value(before[0])
    assert image.get_attribute("src") == before[1]


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_findings_can_be_read_by_everybody(
    portal: Any, session: str, lesson: str, open_browser: Callable[..., BrowserContext], theme: str
) -> None:
    page = edit(open_browser(HANDHELD, "zh-CN", color_scheme=theme, bypass_csp=True), portal, session, lesson)
    write(page, "title", LONG)
    write(page, "body", "喝茶\n\u3000\u3000#手机摄影#茶" + "好" * 1000)
    expect(page.locator("#preflight .finding")).to_have_count(4)
    page.add_script_tag(path=AXE)
    found = page.evaluate(
        "axe.run('#preflight').then(({ violations }) => violations.map(({ id, nodes }) => id + nodes[0].html))"
    )
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
