"""The whole journey in a real Chromium, in Chinese and in English; its screenshots are the README's."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import BrowserContext, Page, expect

from portal.demo.content import LESSONS, STUDENTS, DemoLesson
from portal.demo.pictures import picture
from portal.platforms import PLATFORMS
from tests.portal.web.test_browsers import AGENTS

pytestmark = pytest.mark.browser
PASSWORD = "violet tractor beneath morning"
PHONE = {
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0 Mobile Safari/537.36",
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
#: (locale, the lesson, what the pages say)
LANGUAGES = {
    "zh": ("zh-CN", LESSONS[0], {"named": "学号", "publish": "发布到小红书", "linked": "已交链接"}),
    "en": ("en-GB", LESSONS[4], {"named": "number", "publish": "Publish to XiaoHongShu", "linked": "Note link given"}),
}


def sign_up(page: Page, invitation: str, name: str) -> None:
    page.goto(invitation)
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url("**/today*")


def make_course(page: Page, title: str) -> str:
    """Its path."""
    page.goto("/courses/new")
    page.locator("[name=title]").fill(title)
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(r"/courses/[0-9a-f-]{36}"))
    path = re.search(r"/courses/[0-9a-f-]{36}", page.url).group()
    page.goto(f"{path}/roster/new")
    lines = "\n".join(f"2026{number:03d},{name}" for number, name in enumerate(STUDENTS, 1))
    page.locator("textarea[name=roster]").fill(lines)
    page.locator("button[value=check]").click()
    expect(page.locator(".add table").first).to_contain_text(STUDENTS[0])
    page.locator(".add button.primary").click()
    expect(page.locator("table").first).to_contain_text(STUDENTS[0])
    return path


def write_lesson(page: Page, course: str, lesson: DemoLesson, folder: Path) -> None:
    """Through the form, with three photos."""
    page.goto(f"{course}/lessons/new")
    page.locator("[name=title]").fill(lesson.title)
    page.locator("[name=body]").fill(lesson.body)
    page.locator("#topics").fill(" ".join(f"#{topic}" for topic in lesson.topics))
    for platform in page.locator("[name=platforms]").all():
        platform.set_checked(True, force=True)
    photos = []
    for number, caption in enumerate(lesson.captions[:3]):
        photos.append(folder / f"{number}.jpg")
        photos[-1].write_bytes(picture(lesson.scene, caption, number))
    page.locator("#pictures-file").set_input_files(photos)
    expect(page.locator("#pictures > li")).to_have_count(3)
    expect(page.locator("#pictures > li progress:visible")).to_have_count(0, timeout=30_000)


def codes_on(pdf: bytes) -> list[str]:
    """Read off the pages at 150 dpi."""
    pages = [page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(io.BytesIO(pdf))]
    return [
        code.text
        for page in pages
        for code in zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormat.QRCodeModel2)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_journey_from_the_first_word_to_the_completion_list(
    language: str,
    portal: Any,
    open_browser: Callable[..., BrowserContext],
    shot: Callable[..., None],
    tmp_path: Path,
) -> None:
    locale, lesson, words = LANGUAGES[language]
    desk = open_browser(DESKTOP, locale).new_page()
    sign_up(
        desk, portal.command("invite", f"teacher-{language}@example.org"), "陈老师" if language == "zh" else "Ms Chen"
    )
    course = make_course(desk, "内容创作实训" if language == "zh" else "Publishing in practice")
    shot(desk, f"roster-{language}")
    write_lesson(desk, course, lesson, tmp_path)
    shot(desk, f"lesson-form-{language}", full=True)
    desk.locator("#save").click()
    desk.wait_for_url(re.compile(r"/lessons/[0-9a-f-]{36}\?done=created"))
    shot(desk, f"share-{language}")
    lesson_path = re.search(r"/lessons/[0-9a-f-]{36}", desk.url).group()

    sheet = desk.request.get(f"{course}/sheet.pdf?layout=a4-24")
    codes = codes_on(sheet.body())
    assert len(codes) == 1

    desk.goto(f"{lesson_path}/present")
    desk.wait_for_load_state("networkidle")
    shot(desk, f"present-{language}")

    wechat = open_browser(PHONE | {"user_agent": AGENTS["wechat"][0]}, locale).new_page()
    wechat.goto(codes[0])
    expect(wechat.locator("#rescue-title")).to_be_visible()
    shot(wechat, f"rescue-{language}")

    phone = open_browser(PHONE, locale).new_page()
    phone.goto(codes[0])
    assert re.search(r"/l/[A-Z2-7]{8}$", phone.url), "the token is gone from the address"
    phone.locator("form.who input[name=student]").fill("2026001")
    phone.locator("form.who button").click()
    expect(phone.locator(".me")).to_contain_text(f"2026001 {STUDENTS[0][:1]}**")
    expect(phone.locator(".platforms a")).to_have_count(len(PLATFORMS))
    publish = phone.locator("#publish")
    expect(publish).to_be_visible()
    expect(publish).to_have_text(words["publish"])
    expect(phone.locator(".swiper-slide img").first).to_be_visible()
    shot(phone, f"lesson-phone-{language}")
    publish.click()
    phone.wait_for_url("**/rehearsal/xiaohongshu/composer*", timeout=30_000)
    expect(phone.locator(".strip img").first).to_be_visible()
    shot(phone, f"composer-{language}")
    phone.locator("button.publish").click()
    phone.wait_for_url("**/rehearsal/published*")
    shot(phone, f"published-{language}")
    text = phone.locator("main").inner_text()
    note = re.search(r"https://www\.xiaohongshu\.com/explore/[0-9a-f]{24}", text).group()
    phone.locator("[data-back]").last.click()
    phone.wait_for_url(re.compile(r"/l/[A-Z2-7]{8}"))
    answer = phone.locator("dialog[open] textarea[name=text]")
    expect(answer).to_be_visible()
    shot(phone, f"question-{language}")
    answer.fill(f"【{lesson.title}】 😆 {note} ，复制本条信息")
    phone.locator("dialog[open] button[value=link]").click()
    expect(phone.locator("main")).to_have_attribute("data-rung", "linked")

    desk.goto(f"{course}/completion")
    expect(desk.locator("table")).to_contain_text(words["linked"])
    shot(desk, f"completion-{language}")
