"""Passkeys in Chromium, with a device that Chromium plays: added, used at the sign-in, removed; and without any script."""

import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_axe import AXE, CHECK, look
from tests.conftest import serving

PASSWORD = "violet tractor beneath morning"
HOME = "/account/second-factor"
CODE = re.compile(r"(?:[A-Z2-7]{4}-){5}[A-Z2-7]{4}")
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def portal(new_database: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """At a name: browsers have no passkeys for addresses of numbers."""
    folder = tmp_path_factory.mktemp("portal")
    with serving(folder, new_database(folder), "localhost") as portal:
        yield portal


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.locator("[action='/sign-in'] button").click()


def check(page: Page, name: str) -> None:
    """What axe finds, and whether the page is as wide as a phone."""
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(CHECK, "") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    if folder := os.environ.get("LOOK"):
        look(page, Path(folder), f"passkeys {name} {page.locator('html').get_attribute('lang')}")


def test_passkey_is_added_used_at_the_sign_in_and_removed(
    portal: Any, open_browser: Callable[..., BrowserContext]
) -> None:
    email = f"{secrets.token_hex(4)}@example.org"
    context = open_browser(DESKTOP)
    context.add_init_script(path=AXE)
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.goto(portal.command("invite", email))
    page.fill("#name", "Alice")
    page.fill("#password", PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url("**/today*")

    page.goto(HOME)
    form = page.locator("form[data-passkey]")
    expect(page.locator("[data-no-passkeys]")).to_be_hidden()
    form.locator("[name=name]").fill("My laptop 我的电脑")
    form.locator("[name=old]").fill("a wrong one")
    form.locator("button").click()
    expect(form.locator("[data-problem]")).to_have_text(re.compile("not your present password"))
    check(page, "refused")
    form.locator("[name=old]").fill(PASSWORD)
    form.locator("button").click()
    expect(page.locator("#value")).to_have_value(CODE)
    check(page, "added")
    page.get_by_role("button", name="I have kept it").click()
    # The same device a second time: the browser knows it.
    form.locator("[name=old]").fill(PASSWORD)
    form.locator("button").click()
    expect(form.locator("[data-problem]")).to_have_text(re.compile("has a passkey for your account"))

    context.clear_cookies()
    sign_in(page, email)
    page.wait_for_url("**/sign-in/second-factor")
    check(page, "asked")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/today")

    # The device knows its owner: the passkey alone is enough.
    context.clear_cookies()
    page.goto("/sign-in?next=/account")
    check(page, "alone")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url(f"{portal.url}/account")

    page.goto(HOME)
    page.locator("#passkeys summary").click()
    check(page, "open")
    page.locator("[action$='/removal'] [name=old]").fill(PASSWORD)
    page.locator("#passkeys [action$='/removal'] button").click()
    page.wait_for_url("**done=passkey-off*")
    assert "My laptop" not in page.locator("#passkeys").inner_text()
    context.clear_cookies()
    sign_in(page, email)
    page.wait_for_url("**/today")


def test_without_script_the_page_says_so_and_a_recovery_code_lets_in(
    portal: Any, open_browser: Callable[..., BrowserContext]
) -> None:
    email = f"{secrets.token_hex(4)}@example.org"
    context = open_browser(DESKTOP, "zh-CN")
    context.add_init_script(path=AXE)
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    httpx.post(portal.command("invite", email), data={"name": "Alice", "password": PASSWORD})
    sign_in(page, email)
    page.wait_for_url("**/today")
    page.goto(HOME)
    form = page.locator("form[data-passkey]")
    form.locator("[name=old]").fill(PASSWORD)
    form.get_by_role("button", name="添加通行密钥").click()
    expect(page.locator("#value")).to_have_value(CODE)
    code = CODE.search(page.locator("#value").input_value())
    assert code
    check(page, "added")
    plain = open_browser(PHONE, java_script_enabled=False).new_page()
    sign_in(plain, email)
    expect(plain.locator("[data-passkey]")).to_be_hidden()
    expect(plain.locator("[data-no-passkeys]")).to_be_visible()
    plain.locator("summary", has_text="recovery code").click()
    plain.fill("#recovery", code[0])
    plain.get_by_role("button", name="Use the recovery code").click()
    plain.wait_for_url("**/today")
    plain.goto(HOME)
    expect(plain.locator("form[data-passkey]")).to_be_hidden()
    expect(plain.locator("[data-no-passkeys]")).to_be_visible()
