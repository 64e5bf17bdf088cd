"""Students' phones in a real Chromium: the whole way, and what may go wrong on it."""

import io
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from courses.tokens import Keyring, read_share_token, share_token
from tests.databases import rows
from tests.waiting import eventually, until

ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)
PHONE = {
    "user_agent": ANDROID, "viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True,
    "has_touch": True,
}  # fmt: skip
NOTE = "https://www.xiaohongshu.com/explore/667aacb8000000001e010eb2"


@dataclass
class Classroom:
    """A lesson with its link; `events` are read from the database itself."""

    portal: Any
    token: str

    def personal(self, seat: int) -> str:
        keyring = Keyring.parse(self.portal.environment["PORTAL_SECRET_KEYS"])
        return share_token(keyring, read_share_token(keyring, self.token).code, seat)

    def events(self, number: str) -> list[tuple[str, str]]:
        """Kind and detail of everything reported for the student, the oldest first."""
        query = (
            "SELECT event.kind, event.detail FROM event JOIN student ON student.id = event.student"
            " WHERE student.number = ? ORDER BY event.at"
        )
        return rows(self.portal.environment["DATABASE_URL"], query, number)

    def wait(self, number: str, *kinds: str) -> None:
        """Until exactly these have arrived."""
        eventually(lambda: self.kinds(number) == sorted(kinds), says=lambda: self.kinds(number))

    def kinds(self, number: str) -> list[str]:
        """Of everything reported for the student, by name."""
        return sorted(kind for kind, _ in self.events(number))


@pytest.fixture(scope="module")
def classroom(portal: Any) -> Classroom:
    """Students 100 to 129."""
    return class_of_thirty(portal, 100)


def class_of_thirty(portal: Any, first: int, platform: str = "xiaohongshu") -> Classroom:
    """Thirty students, numbered from the first on, and a lesson of three pictures; each module has numbers of its own."""
    with httpx.Client(base_url=portal.url, headers={"Accept-Language": "en"}, timeout=60) as http:
        path = portal.command("invite", f"alice-{uuid.uuid4().hex[:8]}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"})
        course = http.post("/courses", data={"title": "内容创作实训"}).headers["location"].split("/")[2].split("?")[0]
        roster = "\n".join(f"{first + n},学生{n}" for n in range(30))
        http.post(f"/courses/{course}/roster", files={"roster": (None, roster)})
        form = {
            "kind": "normal",
            "title": "三步拍出一杯好茶",
            "body": "**找光**：靠窗坐\n\n- 一\n- 二",
            "topics": "#茶 #手机摄影",
        }
        files = [("pictures", (f"{n}.jpg", photo(n), "image/jpeg")) for n in range(3)]
        made = http.post(f"/courses/{course}/lessons", data=form | {"platforms": platform}, files=files)
        lesson = made.headers["location"].split("/")[2].split("?")[0]
        token = re.search(r"/s/([a-z2-7]{36})", http.get(f"/lessons/{lesson}").text).group(1).upper()
    return Classroom(portal, token)


def photo(number: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (900, 1200), (200, 90 + 40 * number, 80)).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def faulty(chromium: Browser, portal: Any) -> Iterator[Callable[..., BrowserContext]]:
    """A phone on which something fails: what the policy forbids fails the test, what cannot be fetched does not."""
    contexts, complaints = [], []

    def open_it(locale: str = "en-GB", fault: str = "", **more: Any) -> BrowserContext:
        context = chromium.new_context(**PHONE | {"locale": locale, "base_url": portal.url} | more)
        context.set_default_timeout(15_000)
        if fault:
            context.add_cookies([{"name": "rehearsal_fault", "value": fault, "url": f"{portal.url}/rehearsal"}])
        context.on("page", lambda page: page.on("console", lambda message: complaints.append(message.text)))
        contexts.append(context)
        return context

    yield open_it
    for context in contexts:
        context.close()
    assert [text for text in complaints if "Content Security Policy" in text or "Content-Security-Policy" in text] == []


def arrive(context: BrowserContext, classroom: Classroom, seat: int) -> Page:
    page = context.new_page()
    page.goto(f"/S/{classroom.personal(seat)}", wait_until="domcontentloaded")
    expect(page.locator("#publish, #by-hand").first).to_be_visible()
    return page


@pytest.mark.parametrize(("locale", "number"), [("zh-CN", "100"), ("en-GB", "101")])
def test_student_scans_publishes_and_gives_the_link(
    classroom: Classroom,
    open_browser: Callable[..., BrowserContext],
    shot: Callable[..., None],
    locale: str,
    number: str,
) -> None:
    page = open_browser(PHONE, locale).new_page()
    language = locale[:2]
    page.goto(f"/S/{classroom.token}")
    assert (
        classroom.token not in page.evaluate("location.href + document.referrer + JSON.stringify(localStorage)").upper()
    )
    expect(page.get_by_role("heading", name={"zh": "你是哪位同学？", "en": "Who are you?"}[language])).to_be_visible()
    expect(page.locator(".swiper-initialized")).to_be_visible()
    shot(page, f"student-who-{language}")
    page.fill("#student", number)
    page.keyboard.press("Enter")
    expect(page.locator(".me")).to_contain_text(f"{number} 学**")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert page.locator(".gallery img").first.evaluate("image => image.complete && image.naturalWidth > 0")
    shot(page, f"student-lesson-{language}")
    classroom.wait(number, "scan", "preview")

    page.reload()
    page.tap("#publish")
    page.wait_for_url("**/rehearsal/xiaohongshu/composer?**")
    expect(page.locator(".strip img")).to_have_count(3)
    shot(page, f"student-composer-{language}")
    page.tap("button.publish")
    text = page.locator("#share-text").inner_text()
    page.tap("a.publish")

    expect(page.locator("dialog#returned")).to_be_visible()
    shot(page, f"student-question-{language}")
    page.fill("#note-text", text)
    page.locator("dialog button[value=link]").tap()
    done = {"zh": "链接已收到，等老师查看。", "en": "Your link has arrived. Your instructor will look at it."}[language]
    expect(page.get_by_text(done)).to_be_visible()
    shot(page, f"student-done-{language}")
    assert page.url.endswith(page.locator("main").get_attribute("data-address"))
    page.reload()
    expect(page.get_by_text(done)).to_be_visible()
    expect(page.locator("dialog#returned")).to_be_hidden()
    classroom.wait(number, "scan", "preview", "launch", "return", "link")


def test_wechat_is_led_out_and_can_still_read(
    classroom: Classroom, open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    context = open_browser(PHONE | {"user_agent": f"{ANDROID} MicroMessenger/8.0.44"}, "zh-CN")
    page = context.new_page()
    scripts: list[str] = []
    reports: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if request.resource_type == "script" else None)
    page.on("request", lambda request: reports.append(request.url) if request.url.endswith("/api/events") else None)
    page.clock.install()
    page.goto(f"/S/{classroom.personal(2)}")
    expect(page.get_by_text("选择「在浏览器打开」")).to_be_visible()
    shot(page, "student-wechat-zh")
    classroom.wait("102", "scan")
    assert classroom.events("102")[0][1] == '{"browser":"wechat"}'
    page.get_by_role("button", name="复制链接").tap()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    page.clock.run_for(2_000)
    classroom.wait("102", "scan")  # behind the overlay nothing has been seen
    assert len(reports) == 1
    page.get_by_text("先看看内容").tap()
    expect(page.get_by_text("找光")).to_be_visible()
    expect(page.get_by_role("button", name="复制标题").first).to_be_visible()
    classroom.wait("102", "scan", "preview")
    page.reload()
    page.clock.run_for(2_000)
    classroom.wait("102", "scan", "preview")
    assert len(reports) == 2
    assert context.cookies() == []
    assert [url for url in scripts if "/rehearsal/" in url] == []


@pytest.mark.parametrize(("fault", "seat"), [("not-found", 3), ("throws", 4), ("changed", 5), ("hang", 6)])
def test_share_script_that_does_not_load_leads_to_the_way_by_hand(
    classroom: Classroom, faulty: Callable[..., BrowserContext], fault: str, seat: int
) -> None:
    page = arrive(faulty(fault=fault), classroom, seat)
    expect(page.get_by_text("The app cannot be opened from here right now.")).to_be_visible(timeout=9_000)
    expect(page.locator("#publish")).to_be_hidden()
    expect(page.get_by_role("button", name="Copy text and topics")).to_be_visible()
    classroom.wait(f"{100 + seat}", "scan", "preview", "fail")
    assert '"reason":"no_sdk"' in next(d for kind, d in classroom.events(f"{100 + seat}") if kind == "fail")
    page.fill("#note-text", NOTE)
    page.locator("button[value=link]").tap()
    expect(page.get_by_text("Your link has arrived.")).to_be_visible()


@pytest.mark.parametrize(("fault", "seat"), [("refuse", 7), ("signature", 8)])
def test_platforms_words_are_shown_and_kept(
    classroom: Classroom, faulty: Callable[..., BrowserContext], fault: str, seat: int
) -> None:
    page = arrive(faulty(fault=fault), classroom, seat)
    classroom.wait(f"{100 + seat}", "scan", "preview")
    page.tap("#publish")
    expect(page.locator("#bar-note")).to_contain_text("The app says:")
    said = page.locator("#bar-note").inner_text().split("“")[1].split("”")[0]
    expect(page.locator("#publish")).to_be_enabled()
    expect(page.locator("#by-hand")).to_have_attribute("open", "")
    kinds = [kind for kind, _ in classroom.events(f"{100 + seat}")]
    assert set(kinds) == {"scan", "preview", "fail"}
    assert said in next(detail for kind, detail in classroom.events(f"{100 + seat}") if kind == "fail")
    page.reload()
    expect(page.get_by_text("Last time it did not work.")).to_be_visible()
    expect(page.locator("dialog#returned")).to_be_hidden()


def test_tap_without_effect_is_not_called_a_launch(classroom: Classroom, faulty: Callable[..., BrowserContext]) -> None:
    page = arrive(faulty(fault="silent"), classroom, 9)
    page.tap("#publish")
    expect(page.get_by_text("Did the app not open?")).to_be_visible(timeout=14_000)
    page.reload()
    expect(page.locator("dialog#returned")).to_be_hidden()
    classroom.wait("109", "scan", "preview")


def test_double_tap_opens_the_app_once(classroom: Classroom, faulty: Callable[..., BrowserContext]) -> None:
    page = arrive(faulty(fault="slow"), classroom, 10)
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url) if "check/token" in request.url else None)
    page.evaluate("for (let n = 0; n < 3; n += 1) document.getElementById('publish').click()")
    page.wait_for_url("**/composer?**")
    assert len(calls) == 1
    classroom.wait("110", "scan", "preview", "launch")


def test_claim_made_offline_arrives_once(classroom: Classroom, faulty: Callable[..., BrowserContext]) -> None:
    context = faulty()
    page = arrive(context, classroom, 11)
    classroom.wait("111", "scan", "preview")
    context.set_offline(True)
    page.locator("button[value=claim]").tap()
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    expect(page.locator("#offline-notice")).to_be_visible()
    context.set_offline(False)
    expect(page.get_by_text("You said that it is published.")).to_be_visible()
    classroom.wait("111", "scan", "preview", "claim")


def test_claim_made_offline_arrives_at_the_next_visit(
    classroom: Classroom, faulty: Callable[..., BrowserContext]
) -> None:
    context = faulty()
    page = arrive(context, classroom, 12)
    classroom.wait("112", "scan", "preview")
    context.set_offline(True)
    page.locator("button[value=claim]").tap()
    expect(page.get_by_text("Kept on this phone.")).to_be_visible()
    address = page.url
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_text("You said that it is published.")).to_be_visible()
    classroom.wait("112", "scan", "preview", "claim")


def test_sign_in_page_of_a_network_is_no_answer(classroom: Classroom, faulty: Callable[..., BrowserContext]) -> None:
    context = faulty()
    context.route(
        "**/api/events", lambda route: route.fulfill(status=200, body="<h1>Hotel</h1>", content_type="text/html")
    )
    page = arrive(context, classroom, 13)
    expect(page.locator("#offline-notice")).to_be_visible()
    assert classroom.events("113") == []
    context.unroute("**/api/events")
    classroom.wait("113", "scan", "preview")
    expect(page.locator("#offline-notice")).to_be_hidden()


@pytest.mark.parametrize(("after", "seat"), [(0, 14), (50, 15), (200, 16)])
def test_page_that_is_killed_at_the_tap_asks_when_it_is_back(
    classroom: Classroom, faulty: Callable[..., BrowserContext], after: int, seat: int
) -> None:
    context = faulty(fault="slow")
    page = arrive(context, classroom, seat)
    until(page, "Boolean(window.xhs)")
    page.tap("#publish")
    until(page, "Object.keys(localStorage).some((name) => name.includes('launched:'))")
    page.wait_for_timeout(after)
    address = page.url
    page.close()
    back = context.new_page()
    back.goto(address)
    expect(back.locator("dialog#returned")).to_be_visible()
    back.locator("[data-later]").tap()
    back.reload()
    expect(back.locator("dialog#returned")).to_be_hidden()
    assert "claim" not in [kind for kind, _ in classroom.events(f"{100 + seat}")]


def test_phone_that_keeps_nothing_is_told_and_works(
    classroom: Classroom, faulty: Callable[..., BrowserContext]
) -> None:
    context = faulty()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } });"
    )
    page = arrive(context, classroom, 17)
    expect(page.locator("#storage-notice")).to_be_visible()
    page.locator("button[value=claim]").tap()
    expect(page.get_by_text("You said that it is published.")).to_be_visible()
    classroom.wait("117", "scan", "preview", "claim")


def test_journey_without_scripts(classroom: Classroom, faulty: Callable[..., BrowserContext]) -> None:
    page = faulty("zh-CN", java_script_enabled=False).new_page()
    page.goto(f"/s/{classroom.token.lower()}")
    page.fill("#student", "118")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("找光")).to_be_visible()
    page.locator("#by-hand summary").click()
    expect(page.get_by_role("link", name="打开小红书")).to_be_visible()
    page.get_by_role("button", name="发布了，但现在没有链接").click()
    expect(page.get_by_text("你说已经发布了。")).to_be_visible()
    page.fill("#note-text", f"看看 {NOTE} ，复制")
    page.get_by_role("button", name="提交链接").click()
    expect(page.get_by_text("链接已收到，等老师查看。")).to_be_visible()
    classroom.wait("118", "claim", "link")


def test_refused_link_keeps_what_was_pasted(classroom: Classroom, faulty: Callable[..., BrowserContext]) -> None:
    page = arrive(faulty("zh-CN"), classroom, 19)
    page.fill("#note-text", "https://v.douyin.com/fKNisepr3Tw/")
    page.locator("button[value=link]").tap()
    expect(page.locator("#note-error")).to_have_text("这是抖音的链接，请粘贴你的小红书笔记链接。")
    expect(page.locator("#note-text")).to_have_value("https://v.douyin.com/fKNisepr3Tw/")
    classroom.wait("119", "scan", "preview")


def test_way_in_by_the_spoken_code(
    classroom: Classroom, open_browser: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    wechat = open_browser(PHONE | {"user_agent": f"{ANDROID} MicroMessenger/8.0.44"}).new_page()
    wechat.goto(f"/S/{classroom.token}")
    spoken = wechat.locator(".spoken").inner_text()
    page = open_browser(PHONE, "zh-CN").new_page()
    page.goto("/go")
    shot(page, "student-go-zh")
    page.fill("#code", spoken.lower().replace("-", " "))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="你是哪位同学？")).to_be_visible()
