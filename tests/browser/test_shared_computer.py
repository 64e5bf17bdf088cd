"""A computer that several instructors use: what one has typed is not there for the next."""

import re
import secrets
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import DESKTOP

PASSWORD = "violet tractor beneath morning"
WORDS = "What Alice thinks of Xiao Lin"


def account(portal: Any, name: str) -> str:
    """Somebody who can sign in; the address."""
    email = f"{secrets.token_hex(4)}@example.org"
    httpx.post(portal.command("invite", email), data={"name": name, "password": PASSWORD})
    return email


def enter(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.locator("main form button:not([hidden])").last.click()
    page.wait_for_url("**/today")


def new_course(page: Page) -> str:
    page.goto("/courses/new")
    page.fill("#title", "Spring")
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile("/courses/[0-9a-f-]{36}"))
    return re.search("[0-9a-f-]{36}", page.url)[0]  # type: ignore[index]


def write_unsaved(page: Page, course: str) -> None:
    """Typed while the server cannot be reached, so that only the browser has it."""
    page.goto(f"/courses/{course}/lessons/new")
    page.route("**/courses/*/lessons", lambda route: route.abort())
    page.fill("#title", WORDS)
    page.wait_for_function("JSON.stringify({...localStorage}).includes('Alice thinks')")


def kept(page: Page) -> str:
    return page.evaluate("JSON.stringify({...localStorage})")


def test_drafts_outlive_a_session_and_not_the_next_person(
    portal: Any, open_browser: Callable[..., BrowserContext]
) -> None:
    alice, bob = account(portal, "Alice"), account(portal, "Bob")
    context = open_browser(DESKTOP)
    page = context.new_page()
    enter(page, alice)
    write_unsaved(page, new_course(page))
    page.evaluate("document.querySelector('form[data-lesson], main form').dataset.leaving = ''")
    # The session ends without a word: the same person finds the draft.
    context.clear_cookies(name="session")
    enter(page, alice)
    assert WORDS in kept(page)
    # Somebody else does not.
    context.clear_cookies(name="session")
    enter(page, bob)
    page.wait_for_load_state("networkidle")
    assert WORDS not in kept(page)


def test_signing_out_takes_what_the_browser_has_kept(portal: Any, open_browser: Callable[..., BrowserContext]) -> None:
    page = open_browser(DESKTOP).new_page()
    enter(page, account(portal, "Alice"))
    write_unsaved(page, new_course(page))
    page.evaluate("document.querySelector('form[data-lesson], main form').dataset.leaving = ''")
    page.goto("/courses")
    page.evaluate("document.querySelector('form[action=\"/sign-out\"]').submit()")
    page.wait_for_url("**/sign-in?done=out")
    assert WORDS not in kept(page)
