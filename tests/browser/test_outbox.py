"""A phone that is offline at each step of the journey and comes back: every report arrives, and counts once."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from tests.browser.test_student import NOTE, PHONE, Classroom, class_of_thirty
from tests.waiting import until

pytestmark = pytest.mark.browser
STEPS = ("scan", "preview", "launch", "return", "claim", "link")
#: how the phone comes to send again what it kept
ONLINE, VISIBLE, NEXT_VISIT, OTHER_PAGE, BY_ITSELF = "online", "visible", "next visit", "another page", "by itself"


@dataclass
class Air:
    """The net between a phone and the portal's reports. `lost`: "asked" never reach it, "answered" lose the answer."""

    context: BrowserContext
    lost: str = ""
    held: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.route("**/api/events", self._carry)

    def _carry(self, route: Route) -> None:
        if not self.lost:
            return route.continue_()
        self.held += [event["kind"] for event in route.request.post_data_json["events"]]
        if self.lost == "answered":
            route.fetch()
        elif self.lost == "portal":
            return route.fulfill(status=200, json={"ok": True, "message": "Sign in to the hotel's network"})
        return route.abort("internetdisconnected")


@pytest.fixture(scope="module")
def classroom(portal: Any) -> Classroom:
    """Students 200 to 229."""
    return class_of_thirty(portal, 200)


@pytest.fixture
def phone(chromium: Browser, portal: Any) -> Iterator[BrowserContext]:
    """On which the tap calls the platform's script, and nothing visible comes of it: apps cover the page, they do not end it."""
    context = chromium.new_context(**PHONE | {"locale": "en-GB", "base_url": portal.url})
    context.set_default_timeout(15_000)
    context.add_cookies([{"name": "rehearsal_fault", "value": "silent", "url": f"{portal.url}/rehearsal"}])
    yield context
    context.unroute_all(behavior="ignoreErrors")
    context.close()


def pump(page: Page, done: Callable[[], bool]) -> None:
    """Until it is so; unlike a sleep, this lets the held-up requests go on."""
    end = time.monotonic() + 15
    while not done():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def arrived(page: Page, classroom: Classroom, number: str, *kinds: str) -> None:
    """Until exactly these have arrived."""
    pump(page, lambda: sorted(kind for kind, _ in classroom.events(number)) == sorted(kinds))


def waits(page: Page) -> bool:
    """Whether the phone still keeps a report; so it does while it goes to another page."""
    try:
        return page.evaluate("Object.keys(localStorage).some((name) => name.startsWith('lessonlink:event:'))")
    except Error:
        return True


def covered(page: Page, state: str) -> None:
    """As when another app comes to the front, or goes: Chromium without a screen has no such thing."""
    page.evaluate(
        "state => { Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        state,
    )


def do(page: Page, step: str) -> None:
    """One step as the student does it; scan and preview are the page's own."""
    if step == "launch":
        until(page, "Boolean(window.xhs)")
        page.tap("#publish")
        until(page, "Object.keys(localStorage).some((name) => name.includes('launched:'))")
        covered(page, "hidden")
    if step == "return":
        covered(page, "visible")
        expect(page.locator("dialog#returned")).to_be_visible()
        page.locator("[data-later]").tap()
    if step == "claim":
        page.locator("button[value=claim]").tap()
    if step == "link":
        expect(page.get_by_text("You said that it is published.")).to_be_visible()
        expect(page.get_by_role("button", name="Copy title").first).to_be_visible()  # the new page's scripts run
        page.fill("#note-text", NOTE)
        page.locator("button[value=link]").tap()


def come_back(page: Page, way: str) -> Page:
    """The reports' net is there again; returns the page that is open then."""
    address = page.url
    if way == ONLINE:
        page.context.set_offline(True)
        page.context.set_offline(False)
    if way == VISIBLE:
        covered(page, "hidden")
        covered(page, "visible")
    if way in (NEXT_VISIT, OTHER_PAGE):
        page.close()
        page = page.context.new_page()
        page.goto(address if way == NEXT_VISIT else "/go")
    return page


@pytest.mark.parametrize(
    ("step", "lost", "way", "seat"),
    [
        ("scan", "asked", ONLINE, 0),
        ("scan", "answered", NEXT_VISIT, 1),
        ("preview", "portal", VISIBLE, 2),
        ("launch", "asked", NEXT_VISIT, 3),
        ("launch", "answered", BY_ITSELF, 4),
        ("return", "asked", OTHER_PAGE, 5),
        ("claim", "answered", VISIBLE, 6),
        ("link", "asked", NEXT_VISIT, 7),
        ("link", "portal", ONLINE, 8),
    ],
)
def test_step_without_a_net_arrives_later_and_once(
    classroom: Classroom, phone: BrowserContext, step: str, lost: str, way: str, seat: int
) -> None:
    number, air, page = str(200 + seat), Air(phone), phone.new_page()
    done = STEPS[: STEPS.index(step) + 1]
    if step in ("scan", "preview"):
        air.lost = lost
    page.goto(f"/S/{classroom.personal(seat)}", wait_until="domcontentloaded")
    for each in done:
        if each == step and step not in ("scan", "preview"):
            arrived(page, classroom, number, *done[:-1])
            air.lost = lost
        do(page, each)
    if lost == "answered":
        end = done if step not in ("scan", "preview") else ("scan", "preview")
        arrived(page, classroom, number, *end)
    else:
        expect(page.locator("#offline-notice")).to_be_visible()
        assert [kind for kind, _ in classroom.events(number) if kind == step] == []
    pump(page, lambda: step in air.held)
    air.lost = ""
    page = come_back(page, way)
    pump(page, lambda: not waits(page))
    # who comes back to the lesson after the tap is asked, and that the phone is back is news
    back = {"return"} if step == "launch" and way == NEXT_VISIT else set()
    arrived(page, classroom, number, *{*done, "scan", "preview", *back})


def test_disk_that_is_full_is_told_and_nothing_is_lost(classroom: Classroom, phone: BrowserContext) -> None:
    phone.add_init_script(
        "const set = Storage.prototype.setItem; Storage.prototype.setItem = function (name, value) {"
        " if (name.includes(':event:')) throw new DOMException('full', 'QuotaExceededError');"
        " return set.call(this, name, value); };"
    )
    page = phone.new_page()
    page.goto(f"/S/{classroom.personal(20)}", wait_until="domcontentloaded")
    expect(page.get_by_text("This browser keeps nothing.")).to_be_visible()
    arrived(page, classroom, "220", "scan", "preview")
    air = Air(phone, lost="asked")
    page.locator("button[value=claim]").tap()
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    air.lost = ""
    come_back(page, ONLINE)
    arrived(page, classroom, "220", "scan", "preview", "claim")


def test_text_that_is_too_large_is_refused_at_once_and_stays(classroom: Classroom, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"/S/{classroom.personal(26)}")
    page.fill("#note-text", "x" * 70_000)
    page.locator("button[value=link]").tap()
    expect(page.locator("#note-error")).to_have_text("That is too large to be taken.")
    assert len(page.input_value("#note-text")) == 70_000
    assert not waits(page)


#: two shapes of a share script: one defines itself at once and calls `fail`, one a moment later and gives a promise
SCRIPTS: dict[str, str] = {
    "at once": "window.calls = []; window.xhs = { share({ verifyConfig, fail }) { window.calls.push(verifyConfig.nonce);"
    " fail({ success: false, msg: '签名校验失败，非法参数-signature' }); } };",
    "later": "window.calls = []; setTimeout(() => { window.xhs = { async share({ verifyConfig }) {"
    " window.calls.push(verifyConfig.nonce); throw new Error('签名校验失败，非法参数-signature'); } }; }, 300);",
}


@pytest.mark.parametrize(("shape", "seat"), [(shape, seat) for seat, shape in enumerate(SCRIPTS, start=21)])
def test_refused_signature_is_tried_once_more_whichever_way_the_script_says_so(
    classroom: Classroom, phone: BrowserContext, shape: str, seat: int
) -> None:
    phone.route(
        "**/rehearsal/xiaohongshu/sdk.js*",
        lambda route: route.fulfill(body=SCRIPTS[shape], content_type="text/javascript"),
    )

    def retry(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        # as the portal says where its token is older than a minute
        if any(event["kind"] == "fail" for event in route.request.post_data_json["events"]):
            body["retry"] = True
        route.fulfill(response=answer, json=body)

    phone.route("**/api/events", retry)
    page = phone.new_page()
    page.goto(f"/S/{classroom.personal(seat)}", wait_until="domcontentloaded")
    until(page, "Boolean(window.xhs)")
    page.tap("#publish")
    expect(page.locator("#bar-note")).to_contain_text("签名校验失败，非法参数-signature")
    expect(page.locator("#publish")).to_be_enabled()
    calls = page.evaluate("window.calls")
    assert len(calls) == len(set(calls)) == 2, "signed anew, and not a third time"
    arrived(page, classroom, str(200 + seat), "scan", "preview", "fail", "fail")
    expect(page.locator("#by-hand")).to_have_attribute("open", "")
