"""A session that ends while a form is open: one signs in where one is, and the same form goes on."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.browser
PASSWORD = "violet tractor beneath morning"
LIST = "1,陈一\n2,Bo"


@pytest.fixture(scope="module")
def email(portal: Any) -> str:
    address = portal.command("invite", "signed-out@example.org")
    assert httpx.post(address, data={"name": "Ada", "password": PASSWORD}).status_code == 303
    return "signed-out@example.org"


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main form[action='/sign-in'] button")


def signed_in(context: BrowserContext, portal: Any, email: str) -> Page:
    """The list of students of a new course, typed into, longer ago than the page takes its session for granted."""
    page = context.new_page()
    page.clock.install()
    sign_in(page, email)
    page.goto("/courses/new")
    page.fill("#title", "Spring")
    page.clock.fast_forward(6_000)
    page.click("main form button.primary")
    page.wait_for_url(re.compile(r"/courses/[\w-]{36}$"))
    page.goto(re.search(r".*/courses/[\w-]{36}", page.url)[0] + "/roster/new")
    page.fill("#roster", LIST)
    page.clock.fast_forward(6_000)
    return page


def ended(context: BrowserContext) -> None:
    """The session is gone, as after a change of the password elsewhere."""
    context.clear_cookies(name="session")


@pytest.mark.parametrize(("device", "locale"), [(DESKTOP, "en-GB"), (PHONE, "zh-CN")])
def test_form_is_sent_after_signing_in_again(
    portal: Any,
    email: str,
    open_browser: Callable[..., BrowserContext],
    shot: Callable[..., None],
    device: Any,
    locale: str,
) -> None:
    context = open_browser(device, locale)
    page = signed_in(context, portal, email)
    ended(context)
    page.locator("form:has(#roster) button").first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    shot(page, f"signed-out-{'desktop' if device is DESKTOP else 'phone'}-{locale[:2]}")
    dialog.locator("[name=email]").fill(email)
    dialog.locator("[name=password]").fill("not the password")
    dialog.locator(".primary").click()
    expect(dialog.locator("[role=alert]")).to_be_visible()
    dialog.locator("[name=password]").fill(PASSWORD)
    dialog.locator(".primary").click()
    expect(page.locator("td, th").filter(has_text="陈一").first).to_be_visible()


def test_form_is_sent_after_signing_in_in_another_tab(
    portal: Any, email: str, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser(DESKTOP)
    page = signed_in(context, portal, email)
    ended(context)
    page.locator("form:has(#roster) button").first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[data-goes-on]").click()
    expect(dialog.locator("[role=alert]")).to_have_text("You are not signed in yet.")
    other = context.new_page()
    sign_in(other, email)
    dialog.locator("[data-goes-on]").click()
    expect(page.locator("td, th").filter(has_text="陈一").first).to_be_visible()


def test_somebody_else_who_signs_in_sends_nothing(
    portal: Any, email: str, open_browser: Callable[..., BrowserContext]
) -> None:
    address = portal.command("invite", "other@example.org")
    httpx.post(address, data={"name": "Bob", "password": PASSWORD})
    context = open_browser(DESKTOP)
    page = signed_in(context, portal, email)
    ended(context)
    page.locator("form:has(#roster) button").first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=email]").fill("other@example.org")
    dialog.locator("[name=password]").fill(PASSWORD)
    dialog.locator(".primary").click()
    expect(dialog.locator("[role=alert]")).to_contain_text("You are signed in as Bob now.")
    dialog.locator("[data-closes]").click()
    assert page.input_value("#roster") == LIST


def test_form_is_sent_again_without_scripts(
    portal: Any, email: str, open_browser: Callable[..., BrowserContext]
) -> None:
    context = open_browser(DESKTOP, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, email)
    page.goto("/courses/new")
    page.fill("#title", "Autumn 秋")
    ended(context)
    page.click("main form button.primary")
    expect(page.locator("main")).to_contain_text("You were signed out")
    other = context.new_page()
    sign_in(other, email)
    page.click("text=Send it again")
    expect(page).to_have_title(re.compile("^Autumn 秋"))
    expect(page.locator("h1")).to_have_text("Lessons")
