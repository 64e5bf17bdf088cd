"""The share script in real Chromium, called as the publish page calls it."""

import asyncio
import dataclasses
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from portal.platforms import Draft, Handoff, build
from portal.platforms.xiaohongshu.adapter import XiaoHongShu

pytestmark = pytest.mark.browser
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SHARE = """handoff => new Promise((done) => {
    window.xhs.share({
        shareInfo: handoff.share_info,
        verifyConfig: handoff.verify_config,
        fail: (error) => done(error.msg ?? error.message),
    });
    setTimeout(() => done("nothing"), 1500);
})"""
START = "handoff => { window.xhs.share({ shareInfo: handoff.share_info, verifyConfig: handoff.verify_config }); }"


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Any]:
    # For this module alone: while it runs, no other test can have an event loop in this thread.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, live: Any) -> Iterator[Page]:
    context = browser.new_context(base_url=live.url, viewport={"width": 390, "height": 844}, is_mobile=True)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def handoff(live: Any, draft: Draft) -> dict[str, Any]:
    """What the publish page gets; made in a thread of its own, because Playwright occupies this one's event loop."""

    async def make() -> Handoff:
        async with httpx.AsyncClient(trust_env=False) as http:
            return await build(live.settings, http)["xiaohongshu"].handoff(draft)

    with ThreadPoolExecutor(1) as thread:
        return dataclasses.asdict(thread.submit(asyncio.run, make()).result())


def shot(page: Page, name: str) -> None:
    """Kept where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def load_script(page: Page) -> None:
    """On the page where faults are chosen: any page of the portal's origin would do."""
    page.goto("/rehearsal")
    page.evaluate(
        """() => new Promise((done) => {
            const script = document.createElement("script");
            script.src = "/rehearsal/xiaohongshu/sdk.js";
            script.onload = script.onerror = done;
            document.head.append(script);
        })"""
    )


def choose(page: Page, fault: str) -> None:
    page.goto("/rehearsal")
    page.locator(f"input[value={fault}]").check()
    page.get_by_role("button", name="Set").click()
    page.wait_for_url("**/rehearsal")


def test_tap_leads_through_the_composer_to_a_share_text_and_back(page: Page, handoff: dict[str, Any]) -> None:
    load_script(page)
    page.evaluate(START, handoff)
    page.wait_for_url("**/composer?share_code=*")
    assert page.locator(".strip img").count() == 3
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")
    shot(page, "rehearsal-composer")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/published?share_code=*")
    text = page.locator("#share-text").inner_text()
    assert XiaoHongShu("", "", "http://127.0.0.1:1", "", None).parse_link(text).note_id
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("已复制 Copied").wait_for()
    shot(page, "rehearsal-published")
    page.get_by_role("link", name="Back to the browser").click()
    page.wait_for_url("**/rehearsal")


def test_cancel_leads_back(page: Page, handoff: dict[str, Any]) -> None:
    load_script(page)
    page.evaluate(START, handoff)
    page.wait_for_url("**/composer?share_code=*")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/rehearsal")


@pytest.mark.parametrize(
    ("part", "changes", "words"),
    [
        ("share_info", {"images": []}, "images 必须是服务器地址"),
        ("share_info", {"images": ["data:image/png,x"]}, "images 必须是服务器地址"),
        ("share_info", {"type": "text"}, "shareInfo.type 应为 normal 或 video"),
        ("share_info", {"type": "video", "video": "blob:1"}, "video 必须是服务器地址"),
        ("share_info", {"cover": "/c.jpg"}, "cover 必须是服务器地址"),
        ("verify_config", {"nonce": ""}, "verifyConfig.nonce 不能为空"),
        ("verify_config", {"signature": "0" * 64}, "签名校验失败，非法参数-signature"),
        ("share_info", {"images": ["http://elsewhere.example/1.jpg"], "cover": None}, "第 1 张图片地址不在演练范围内"),
    ],
)
def test_refusals_reach_fail_in_words(page: Page, handoff: dict, part: str, changes: dict, words: str) -> None:
    load_script(page)
    assert page.evaluate(SHARE, handoff | {part: handoff[part] | changes}) == words
    assert page.url.endswith("/rehearsal")


def test_chosen_faults_are_felt(page: Page, handoff: dict[str, Any]) -> None:
    choose(page, "refuse")
    load_script(page)
    assert page.evaluate(SHARE, handoff) == "笔记内容不符合规范"
    choose(page, "silent")
    load_script(page)
    assert page.evaluate(SHARE, handoff) == "nothing"
    for fault, kind in (("changed", "object"), ("throws", "undefined"), ("not-found", "undefined")):
        choose(page, fault)
        load_script(page)
        assert page.evaluate("typeof window.xhs") == kind
    assert page.locator("input:checked").get_attribute("value") == "not-found"
    shot(page, "rehearsal-faults")
