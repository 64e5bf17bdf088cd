"""One phone and two students: whoever has it when a report arrives, it counts for whom it was made by, and the page says so."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.test_outbox import Air, arrived, covered, pump, waits
from tests.browser.test_student import NOTE, PHONE, Classroom, class_of_thirty
from tests.databases import rows

pytestmark = pytest.mark.browser
COUNTED = "Counted for {}. This phone is somebody else’s now."


@pytest.fixture(scope="module")
def classroom(portal: Any) -> Classroom:
    """Students 720 to 749."""
    return class_of_thirty(portal, 720)


@pytest.fixture
def open_phone(chromium: Browser, portal: Any) -> Iterator[Callable[..., BrowserContext]]:
    """A phone, on which the platform's script does nothing that one sees."""
    phones = []

    def open_it(**more: Any) -> BrowserContext:
        phone = chromium.new_context(**PHONE | {"locale": "en-GB", "base_url": portal.url} | more)
        phone.set_default_timeout(15_000)
        phone.add_cookies([{"name": "rehearsal_fault", "value": "silent", "url": f"{portal.url}/rehearsal"}])
        phones.append(phone)
        return phone

    yield open_it
    for phone in phones:
        phone.unroute_all(behavior="ignoreErrors")
        phone.close()


def scan(phone: BrowserContext, classroom: Classroom, seat: int) -> Page:
    page = phone.new_page()
    page.goto(f"/S/{classroom.personal(seat)}", wait_until="domcontentloaded")
    expect(page.locator(".me")).to_contain_text(f"学生{seat}")
    return page


def name(page: Page, number: int) -> None:
    page.fill("#student", str(number))
    page.keyboard.press("Enter")
    expect(page.locator(".me")).to_contain_text(f"{number} 学**")


def give_link(page: Page) -> None:
    expect(page.get_by_role("button", name="Copy title").first).to_be_visible()  # the page's scripts run
    page.fill("#note-text", NOTE)
    page.locator("button[value=link]").tap()


def came_late(classroom: Classroom, page: Page, first: int, second: int, *, named: bool = False) -> None:
    """What the first student did has arrived as theirs, and nothing of it as the second's; `named` by number, not by slip."""
    names = [f"{720 + each} 学**" if named else f"学生{each}" for each in (first, second)]
    pump(page, lambda: not waits(page))
    arrived(page, classroom, str(720 + first), "scan", "preview", "link")
    arrived(page, classroom, str(720 + second), "scan", "preview")
    expect(page.get_by_text(COUNTED.format(names[0]))).to_be_visible()
    expect(page.locator(".me")).to_contain_text(names[1])
    assert page.locator("main").get_attribute("data-rung") in ("not_started", "scanned", "previewed", "")


def busy(route: Route) -> None:
    body = {"error": {"code": "unavailable", "message": "The portal is busy."}}
    route.fulfill(status=503, json=body)


@pytest.mark.parametrize(("way", "first"), [("offline", 0), ("busy", 2)])
def test_link_kept_while_the_next_student_scans_a_slip_is_the_first_ones(
    classroom: Classroom, open_phone: Callable[..., BrowserContext], shot: Callable[..., None], way: str, first: int
) -> None:
    phone = open_phone()
    page = scan(phone, classroom, first)
    arrived(page, classroom, str(720 + first), "scan", "preview")
    if way == "offline":
        phone.set_offline(True)
    else:
        phone.route("**/api/events", busy)
    give_link(page)
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    page.close()
    if way == "offline":
        phone.route("**/api/events", lambda route: route.abort("internetdisconnected"))
        phone.set_offline(False)
    page = scan(phone, classroom, first + 1)
    phone.unroute("**/api/events")
    covered(page, "hidden")
    covered(page, "visible")
    came_late(classroom, page, first, first + 1)
    shot(page, f"identity-{way}")


def test_link_kept_while_the_phone_says_another_name_is_the_first_ones(
    classroom: Classroom, open_phone: Callable[..., BrowserContext]
) -> None:
    phone = open_phone()
    air, page = Air(phone, lost="asked"), phone.new_page()
    page.goto(f"/S/{classroom.token}", wait_until="domcontentloaded")
    pump(page, lambda: "preview" in air.held)  # before the phone said who it is
    name(page, 724)
    give_link(page)
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    page.get_by_role("link", name="Not you?").tap()
    name(page, 725)
    assert classroom.events("724") == []
    air.lost = ""
    covered(page, "hidden")
    covered(page, "visible")
    came_late(classroom, page, 4, 5, named=True)


def test_old_tab_sends_for_whom_it_was_opened(
    classroom: Classroom, open_phone: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    phone = open_phone()
    old = scan(phone, classroom, 6)
    arrived(old, classroom, "726", "scan", "preview")
    new = scan(phone, classroom, 7)
    arrived(new, classroom, "727", "scan", "preview")
    give_link(old)
    expect(old.get_by_text(COUNTED.format("学生6"))).to_be_visible()
    shot(old, "identity-old-tab")
    arrived(old, classroom, "726", "scan", "preview", "link")
    old.fill("#note-text", "no link")
    old.locator("button[value=link]").tap()
    expect(old.get_by_text("There is no link in this text.")).to_be_visible()
    old.get_by_role("link", name="Open the lesson for whoever has it now").tap()
    expect(old.locator(".me")).to_contain_text("学生7")
    give_link(new)
    expect(new.get_by_text("Your link has arrived.")).to_be_visible()
    arrived(new, classroom, "726", "scan", "preview", "link")
    arrived(new, classroom, "727", "scan", "preview", "link")


def test_form_in_the_old_tab_counts_for_whom_it_was_opened_without_scripts_too(
    classroom: Classroom, open_phone: Callable[..., BrowserContext]
) -> None:
    phone = open_phone(java_script_enabled=False)
    old = scan(phone, classroom, 8)
    scan(phone, classroom, 9)
    old.fill("#note-text", "no link")
    old.locator("button[value=link]").tap()
    expect(old.get_by_text("There is no link in this text.")).to_be_visible()
    expect(old.locator("#note-text")).to_have_value("no link")
    old.fill("#note-text", NOTE)
    old.locator("button[value=link]").tap()
    expect(old.get_by_text(COUNTED.format("学生8"))).to_be_visible()
    expect(old.locator(".me")).to_contain_text("学生9")
    assert (classroom.kinds("728"), classroom.kinds("729")) == (["link"], [])


def test_link_refused_for_the_first_student_is_never_put_into_the_form_of_the_next(
    classroom: Classroom, open_phone: Callable[..., BrowserContext]
) -> None:
    phone = open_phone()
    page = scan(phone, classroom, 10)
    arrived(page, classroom, "730", "scan", "preview")
    phone.route("**/api/events", busy)
    expect(page.get_by_role("button", name="Copy title").first).to_be_visible()
    page.fill("#note-text", "not a link at all")
    page.locator("button[value=link]").tap()
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    page.close()
    page = scan(phone, classroom, 11)
    phone.unroute("**/api/events")
    covered(page, "hidden")
    covered(page, "visible")
    notice = page.locator("#uncounted-notice")
    pump(page, lambda: not waits(page))  # held up by a try that was under way, it is some seconds
    expect(notice).to_contain_text("not a link at all")
    expect(page.locator("#note-text")).to_have_value("")
    page.reload()
    expect(notice).to_contain_text("There is no link in this text.")
    notice.get_by_role("button").tap()
    expect(notice).to_be_hidden()
    page.reload()
    expect(page.get_by_role("button", name="Copy title").first).to_be_visible()
    expect(notice).to_be_hidden()
    arrived(page, classroom, "730", "scan", "preview")
    arrived(page, classroom, "731", "scan", "preview")


def test_report_kept_while_cookies_are_erased_stays_readable_and_counts_for_nobody(
    classroom: Classroom, open_phone: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    phone = open_phone()
    page = scan(phone, classroom, 12)
    arrived(page, classroom, "732", "scan", "preview")
    phone.route("**/api/events", busy)
    give_link(page)
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    page.close()
    phone.clear_cookies(name=re.compile("^(__Host-)?l-"))
    page = scan(phone, classroom, 13)
    phone.unroute("**/api/events")
    covered(page, "hidden")
    covered(page, "visible")
    notice = page.locator("#uncounted-notice")
    pump(page, lambda: not waits(page))
    expect(notice).to_contain_text("It was not counted. Scan the code again")
    expect(notice).to_contain_text(NOTE)
    shot(page, "identity-erased")
    pump(page, lambda: not waits(page))
    arrived(page, classroom, "732", "scan", "preview")
    arrived(page, classroom, "733", "scan", "preview")


def test_hand_over_is_of_the_student_whose_page_takes_it(
    portal: Any, open_phone: Callable[..., BrowserContext]
) -> None:
    classroom, page = class_of_thirty(portal, 750, "douyin"), open_phone().new_page()
    page.goto(f"/S/{classroom.token}", wait_until="domcontentloaded")

    def handle() -> str:
        return page.locator("main").get_attribute("data-as")

    def take(handle: str) -> None:
        answer = page.request.get(f"/api/post/publish/{page.url.split('/l/')[1]}?platform=douyin&as={handle}")
        assert answer.json()["launch"] == "scheme"

    before = handle()
    take(before)
    name(page, 750)
    hers = handle()
    page.route("**/api/post/publish/**", lambda route: route.abort())
    with page.expect_request("**/api/post/publish/**") as asked:
        page.tap("#publish")
    assert asked.value.url.endswith(f"&as={hers}")
    expect(page.get_by_text("No connection. Check the network")).to_be_visible()
    page.goto(f"{classroom.portal.url}{page.locator('main').get_attribute('data-address')}/student")
    name(page, 751)
    for made in (before, hers, handle()):
        take(made)
    query = (
        "SELECT student.number FROM handover LEFT JOIN student ON student.id = handover.student"
        " WHERE handover.link = (SELECT link FROM event JOIN student ON student.id = event.student"
        " WHERE student.number = '750') ORDER BY handover.created_at"
    )
    numbers = [number for (number,) in rows(portal.environment["DATABASE_URL"], query)]
    assert numbers == [None, "750", "750", "751"]
