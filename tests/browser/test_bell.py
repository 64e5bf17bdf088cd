"""At the bell, in a real Chromium: the link ends while the page is open, or while the student is in the app."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from courses.tokens import Keyring, public_id, read_share_token
from tests.browser.test_outbox import Air, covered, do, pump, waits
from tests.browser.test_student import NOTE, PHONE, Classroom, class_of_thirty
from tests.databases import execute, rows
from tests.waiting import until

pytestmark = pytest.mark.browser
SIZES = {
    "phone": PHONE | {"viewport": {"width": 390, "height": 844}},
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}
GRACE_OVER = timedelta(days=2)
#: a clock that is three days slow, in all that a page can read of it
SLOW = """
const off = -3 * 86400000, Real = Date, timing = performance.timing;
Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + off); }
  static now() { return Real.now() + off; }
};
Object.defineProperty(performance, "timing", { value: {
  get requestStart() { return timing.requestStart + off; }, get responseStart() { return timing.responseStart + off; },
} });
"""


@pytest.fixture
def classroom(portal: Any) -> Classroom:
    """Students 780 to 809; a class for each test, as its link ends."""
    return class_of_thirty(portal, 780)


@pytest.fixture
def open_phone(chromium: Browser, portal: Any) -> Iterator[Callable[..., BrowserContext]]:
    """A phone, on which the platform's script does nothing that one sees; it is told 410, of which its console complains."""
    phones = []

    def open_it(locale: str = "en-GB", device: dict[str, Any] = PHONE, **more: Any) -> BrowserContext:
        phone = chromium.new_context(**device | {"locale": locale, "base_url": portal.url} | more)
        phone.set_default_timeout(15_000)
        phone.add_cookies([{"name": "rehearsal_fault", "value": "silent", "url": f"{portal.url}/rehearsal"}])
        phones.append(phone)
        return phone

    yield open_it
    for phone in phones:
        phone.unroute_all(behavior="ignoreErrors")
        phone.close()


def end(page: Page, classroom: Classroom, ago: timedelta) -> None:
    """The link, made long ago, has ended so long ago."""
    keyring = Keyring.parse(classroom.portal.environment["PORTAL_SECRET_KEYS"])
    code = public_id(read_share_token(keyring, classroom.token).code)
    made, ends = (f"{datetime.now(UTC) - before:%Y-%m-%d %H:%M:%S.%f+00:00}" for before in (timedelta(days=60), ago))
    change = f"UPDATE link SET created_at = '{made}', expires_at = '{ends}' WHERE code = '{code}'"
    execute(classroom.portal.environment["DATABASE_URL"], change)
    page.wait_for_timeout(1_200)  # the portal may go on with what it looked up for a second


def scan(phone: BrowserContext, classroom: Classroom, seat: int) -> Page:
    page = phone.new_page()
    page.goto(f"/S/{classroom.personal(seat)}", wait_until="domcontentloaded")
    expect(page.locator(".me")).to_contain_text(f"学生{seat}")
    return page


def kept_since(page: Page, when: datetime) -> None:
    """What the phone keeps was done then."""
    page.evaluate(
        "at => { for (const name of Object.keys(localStorage)) if (name.startsWith('lessonlink:event:'))"
        " localStorage[name] = JSON.stringify({ ...JSON.parse(localStorage[name]), at, offset: undefined }); }",
        when.isoformat(),
    )


def test_link_that_ends_while_the_student_is_in_the_app(
    classroom: Classroom, open_phone: Callable[..., BrowserContext]
) -> None:
    page = scan(open_phone(), classroom, 0)
    classroom.wait("780", "scan", "preview")
    do(page, "launch")
    end(page, classroom, timedelta(minutes=5))
    covered(page, "visible")
    expect(page.locator("dialog#returned")).to_be_visible()
    page.fill("#note-text", NOTE)
    page.locator("dialog button[value=link]").tap()
    expect(page.get_by_text("Your link has arrived.")).to_be_visible()
    expect(page.get_by_text("This lesson has ended.")).to_be_visible()
    classroom.wait("780", "scan", "preview", "launch", "return", "link")
    page.goto(f"/S/{classroom.personal(0)}", wait_until="domcontentloaded")
    expect(page.get_by_text("Your link has arrived.")).to_be_visible()
    page.locator(".me a").first.tap()
    expect(page.get_by_role("link", name="三步拍出一杯好茶")).to_be_visible()
    classroom.wait("780", "scan", "preview", "launch", "return", "link")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_of_the_bell(
    classroom: Classroom, open_phone: Callable[..., BrowserContext], shot: Callable[..., None], locale: str, size: str,
    scripts: bool,
) -> None:  # fmt: skip
    phone = open_phone(locale, SIZES[size], java_script_enabled=scripts)
    page = scan(phone, classroom, 1)
    name = f"bell-{{}}-{size}-{locale[:2]}{'' if scripts else '-plain'}"
    end(page, classroom, timedelta(minutes=5))
    page.reload()
    expect(page.locator("#until-notice")).to_be_visible()
    if scripts:
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    shot(page, name.format("lesson"))
    page.goto(page.url.split("?")[0] + "/mine")
    expect(page.locator("#until-notice")).to_be_visible()
    shot(page, name.format("mine"))
    page.go_back()
    page.fill("#note-text", f"93 【茶 | 小红书】 {NOTE}")
    end(page, classroom, GRACE_OVER)
    page.locator("button[value=link]").click()
    if scripts:
        expect(page.locator("#note-error")).to_be_visible()
        expect(page.locator("#note-text")).to_have_value(f"93 【茶 | 小红书】 {NOTE}")
        shot(page, name.format("refused"), full=True)
        page.reload()
        expect(page.locator("#uncounted-notice")).to_contain_text(NOTE)
    else:
        expect(page.locator("#typed")).to_have_value(f"93 【茶 | 小红书】 {NOTE}")
    shot(page, name.format("over"))


def test_link_kept_until_after_the_grace_is_shown_and_never_lost(
    classroom: Classroom, open_phone: Callable[..., BrowserContext]
) -> None:
    page = scan(open_phone(), classroom, 2)
    classroom.wait("782", "scan", "preview")
    air = Air(page.context, lost="asked")
    page.fill("#note-text", NOTE)
    page.locator("button[value=link]").tap()
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    end(page, classroom, GRACE_OVER)
    air.lost = ""
    page.goto(f"/S/{classroom.personal(2)}")
    expect(page.locator("#uncounted-notice")).to_contain_text(NOTE)
    expect(page.locator("#uncounted-notice")).to_contain_text("your teacher, who can still enter it by hand")
    page.reload()
    expect(page.locator("#uncounted-notice")).to_contain_text(NOTE)
    page.get_by_role("button", name="Got it").tap()
    expect(page.locator("#uncounted-notice")).to_be_hidden()
    classroom.wait("782", "scan", "preview")


def test_link_given_in_time_arrives_after_the_grace_and_the_page_says_so(
    classroom: Classroom, open_phone: Callable[..., BrowserContext]
) -> None:
    page = scan(open_phone(), classroom, 3)
    classroom.wait("783", "scan", "preview")
    air = Air(page.context, lost="asked")
    page.fill("#note-text", NOTE)
    page.locator("button[value=link]").tap()
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    end(page, classroom, GRACE_OVER)
    kept_since(page, datetime.now(UTC) - timedelta(days=3))
    air.lost = ""
    page.goto(f"/S/{classroom.personal(3)}")
    expect(page.get_by_text("What was kept on this phone has arrived.")).to_be_visible()
    classroom.wait("783", "scan", "preview", "link")


def test_link_sent_from_the_open_page_is_answered_in_place_when_the_page_is_gone(
    classroom: Classroom, open_phone: Callable[..., BrowserContext]
) -> None:
    page = scan(open_phone(), classroom, 4)
    classroom.wait("784", "scan", "preview")
    end(page, classroom, GRACE_OVER)
    # as if the page had been open, and the link given, before the end
    back = (datetime.now(UTC) - timedelta(days=3)).isoformat()

    def earlier(route: Route) -> None:
        body = route.request.post_data_json
        body["events"] = [{**event, "at": back, "offset": None} for event in body["events"]]
        route.continue_(post_data=body)

    page.context.route("**/api/events", earlier)
    page.fill("#note-text", NOTE)
    page.locator("button[value=link]").tap()
    expect(page.locator("#question .notice")).to_have_text("Your link has been received.")
    classroom.wait("784", "scan", "preview", "link")


def test_report_older_than_thirty_days_is_sent_and_its_time_is_doubtful(
    classroom: Classroom, open_phone: Callable[..., BrowserContext]
) -> None:
    page = scan(open_phone(), classroom, 5)
    classroom.wait("785", "scan", "preview")
    air = Air(page.context, lost="asked")
    page.locator("button[value=claim]").tap()
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    kept_since(page, datetime.now(UTC) - timedelta(days=31))
    air.lost = ""
    page.reload()
    expect(page.get_by_text("You said that it is published.")).to_be_visible()
    query = "SELECT at_doubtful FROM event JOIN student ON student.id = event.student WHERE number = '785' AND kind = 'claim'"
    assert rows(classroom.portal.environment["DATABASE_URL"], query) == [(True,)]


def test_report_that_is_still_not_taken_after_thirty_days_is_shown(
    classroom: Classroom, open_phone: Callable[..., BrowserContext]
) -> None:
    page = scan(open_phone(), classroom, 6)
    classroom.wait("786", "scan", "preview")
    air = Air(page.context, lost="asked")
    page.fill("#note-text", NOTE)
    page.locator("button[value=link]").tap()
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    kept_since(page, datetime.now(UTC) - timedelta(days=31))
    air.context.unroute("**/api/events")
    answer = {"error": {"code": "lesson_in_trash", "message": "This lesson was removed."}}
    air.context.route("**/api/events", lambda route: route.fulfill(status=410, json=answer))
    page.reload()
    expect(page.locator("#note-error")).to_have_text("This lesson was removed.")
    expect(page.locator("#note-text")).to_have_value(NOTE)
    pump(page, lambda: not waits(page))


def test_clock_that_is_slow_is_measured_and_put_right(
    classroom: Classroom, open_phone: Callable[..., BrowserContext]
) -> None:
    phone = open_phone()
    phone.add_init_script(SLOW)
    page = scan(phone, classroom, 7)
    until(page, "document.querySelector('main').dataset.now")
    classroom.wait("787", "scan", "preview")
    columns = "at, received_at, at_doubtful, clock_offset"
    query = f"SELECT {columns} FROM event JOIN student ON student.id = event.student WHERE student.number = '787'"
    for at, received_at, doubtful, offset in rows(classroom.portal.environment["DATABASE_URL"], query):
        late = datetime.fromisoformat(str(received_at)) - datetime.fromisoformat(str(at))
        assert abs(late) < timedelta(seconds=30)
        assert not doubtful
        assert abs(offset - 3 * 86_400_000) < 30_000
