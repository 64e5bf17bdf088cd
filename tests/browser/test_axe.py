"""axe-core finds nothing on any page: both languages, light and dark, phone and desktop.

A new page needs a row in PAGES. With LOOK=folder each of these views is saved there as a picture, to be looked at.
"""

import io
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar.routes import HTTPRoute
from PIL import Image
from playwright.sync_api import Browser, Page

from courses.people.authenticator_apps import STEP, code_of
from courses.tokens import Keyring
from portal.app import create_app
from portal.demo.content import LESSONS
from portal.demo.pictures import picture
from portal.rehearsal.shares import Share, seal_share
from portal.settings import Settings
from portal.web.assets import digest
from tests.conftest import engine_as_before
from tests.waiting import eventually

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "violet tractor beneath morning"
KEYS = f"1:{'5a' * 32}"
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
#: every language in both themes and both sizes, and every size in both themes
COMBINED = {"zh": [("wide", "light"), ("phone", "dark")], "en": [("wide", "dark"), ("phone", "light")]}
SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)
WECHAT = f"{ANDROID} MicroMessenger/8.0.50"
CHECK = """async within => {
  const options = { resultTypes: ["violations"], preload: false, rules: { "target-size": { enabled: true } } };
  const { violations } = await axe.run(within || document, options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\\n${failureSummary}`));
}"""


@dataclass(frozen=True)
class View:
    """What `who` sees at `path` (made of the world's `values`) after `press`: selectors to click, `selector=>text` to type, or
    `submit selector` for a click that another page answers.

    `within` is a selector of what is looked at, where something lies over the rest of the page: behind an open menu links are
    half hidden, which axe takes for targets that are too small. The page without the menu is a view of its own.
    """

    who: str
    path: str
    press: tuple[str, ...] = ()
    name: str = ""
    within: str = ""


def alice(path: str, *press: str, name: str = "", within: str = "") -> View:
    """Owner of everything."""
    return View("alice", path, press, name, within)


#: route → what is looked at of it
PAGES: dict[str, list[View]] = {
    "GET /sign-in": [
        View("nobody", "/sign-in"),
        View("nobody", "/sign-in", ("#email=>x@example.org", "#password=>wrong", "submit main button"), "refused"),
    ],
    "GET /invitations/{secret:str}": [
        View("nobody", "/invitations/{invitation}"), View("nobody", "/invitations/{sign_in}", name="sign-in"),
        View("nobody", "/invitations/nothing", name="unknown"),
    ],
    "GET /forgotten-password": [View("nobody", "/forgotten-password")],
    "GET /forgotten-password/{secret:str}": [
        View("nobody", "/forgotten-password/{reset}"),
        View("nobody", "/forgotten-password/{reset}", ("#password=>short", "submit main button"), "refused"),
    ],
    "GET /help": [alice("/help")],
    "GET /help/{name:str}": [alice("/help/states")],
    "GET /account": [alice("/account"), alice("/account", ".rail-person summary", name="menu", within=".rail")],
    "GET /sign-in/second-factor": [
        View("half", "/sign-in/second-factor"),
        View("half", "/sign-in/second-factor", ("details summary", "#recovery=>ABCD", "submit details button"), "refused"),
    ],
    "GET /account/second-factor": [
        alice("/account/second-factor"),
        alice("/account/second-factor", "submit [action$='/app'] button", "li details summary", name="begun"),
        alice("/account/second-factor", "#app-code=>123456", "#app-old=>wrong", "submit [action$='/confirmation'] button",
              name="refused"),
        View("secured", "/account/second-factor", ("#app summary", "#recovery summary"), "on"),
        View("secured", "/account/second-factor",
             ("#recovery summary", f"#codes-old=>{PASSWORD}", "submit [action$='-codes'] button"), "codes"),
    ],
    "GET /shown/{secret_id:uuid}": [
        View("admin", "/people", ("#email=>a@example.org", "submit [action$='/invitations'] button"), "link"),
    ],
    "GET /account/printers": [
        alice("/account/printers"),
        alice("/account/printers", "#left=>9", "#across=>1.7", "#top=>x", "#down=>1", "submit [value=save]", name="refused"),
        alice("/account/printers", "#left=>22,4", "#across=>163,2", "#top=>21,2", "#down=>240", "submit [value=show]",
              name="shown"),
        alice("/account/printers", "#left=>19", "#across=>171", "#top=>20", "#down=>250", "#name=>HP 二楼", "submit [value=save]",
              name="saved"),
    ],
    "GET /people": [View("admin", "/people")],
    "GET /people/scans": [View("admin", "/people/scans")],
    "GET /people/security": [View("admin", "/people/security"), View("admin", "/people/security?event=invited", name="none")],
    "GET /today": [alice("/today"), View("admin", "/today", name="new")],
    "GET /review": [alice("/review"), View("admin", "/review", name="nothing")],
    "GET /review/{lesson_id:uuid}/{student_id:uuid}": [
        alice("/review", ".excuse summary", "submit .excuse button", name="decided"),
    ],
    "GET /courses": [
        alice("/courses"), alice("/courses?archived=1", name="archived"), View("admin", "/courses", name="none"),
        View("admin", "/courses?archived=1", name="none-archived"),
    ],
    "GET /courses/new": [alice("/courses/new")],
    "GET /search": [
        alice("/search?q=lin"), alice("/search?q=nothing-at-all", name="nothing"),
        alice("/search", "[data-palette]", ".palette input=>lin", name="palette", within="#palette"),
    ],
    "GET /courses/import": [alice("/courses/import")],
    "GET /courses/{course_id:uuid}/exchange": [
        alice("/courses/{course}/exchange", ".format-help summary"), alice("/courses/{empty}/exchange", name="empty"),
    ],
    "GET /imports/{import_id:uuid}": [alice("{import}")],
    "GET /courses/{course_id:uuid}": [alice("/courses/{course}"), alice("/courses/{empty}", name="empty")],
    "GET /courses/{course_id:uuid}/edit": [
        alice("/courses/{course}/edit"), alice("/courses/{archived}/edit", name="archived"),
        alice("/courses/{course}/edit", "submit [action$='/aliases'] button", name="unsure"),
        alice("/courses/{room}/edit", name="room"),
    ],
    "GET /courses/{course_id:uuid}/roster": [
        alice("/courses/{course}/roster"), alice("/courses/{course}/roster", "tbody [name=student]", name="chosen"),
        alice("/courses/{course}/roster?q=nobody", name="nobody"), alice("/courses/{empty}/roster", name="empty"),
    ],
    "GET /courses/{course_id:uuid}/roster/new": [
        alice("/courses/{empty}/roster/new"),
        alice("/courses/{empty}/roster/new", "#roster=>no number here", "submit .add button", name="refused"),
    ],
    "GET /courses/{course_id:uuid}/pins": [alice("/courses/{course}/pins")],
    "GET /courses/{course_id:uuid}/students/{student_id:uuid}": [alice("{student}", ".change summary")],
    "GET /courses/{course_id:uuid}/students/{student_id:uuid}/events": [alice("{student}/events")],
    "GET /courses/{course_id:uuid}/phones": [alice("/courses/{course}/phones")],
    "GET /courses/{course_id:uuid}/students/{student_id:uuid}/merge": [
        alice("{merge}"), alice("{merge}?problem=none", name="refused"),
    ],
    "GET /courses/{course_id:uuid}/completion": [
        alice("/courses/{course}/completion", ".meanings summary"),
        alice("/courses/{course}/completion?rung=linked", name="filtered"),
        alice(
            "/courses/{course}/completion?done=excuse&n=1&at=2026",
            ".view summary", "#choosing", "thead [name=column]", name="chosen",
        ),
        alice("/courses/{empty}/completion", name="empty"),
    ],
    "GET /courses/{course_id:uuid}/completion/reminder": [alice("/courses/{course}/completion/reminder")],
    "GET /courses/{course_id:uuid}/completion/{lesson_id:uuid}/{student_id:uuid}": [
        alice("{cell}"), alice("{other_cell}", name="nothing"),
    ],
    "GET /courses/{course_id:uuid}/lessons/{lesson_id:uuid}/wall": [
        alice("{wall}"), alice("{wall}?minutes=2", "[data-names=numbers]", name="numbers"), alice("{room_wall}", name="room"),
    ],
    "GET /courses/{course_id:uuid}/statistics": [
        alice("/courses/{course}/statistics", "#climb-title ~ details summary"),
        alice("/courses/{empty}/statistics", name="empty"),
        alice("/courses/{course}/statistics", ".paste summary", "#table=>nothing", "submit .paste button", name="refused"),
    ],
    "GET /courses/{course_id:uuid}/statistics/notes/{publication_id:uuid}": [
        alice("{note}", "#views=>1.2万", "#likes=>308", "submit form.card button"),
        alice("{note}", "#views=>many", "submit form.card button", name="refused"),
    ],
    "GET /courses/{course_id:uuid}/closing": [
        alice("/courses/{course}/closing", "submit .primary"), alice("/courses/{empty}/closing", name="empty"),
    ],
    "GET /v": [View("nobody", "/v"), View("nobody", "/v", ("#code=>7K4M", "submit .primary"), "refused")],
    "GET /v/{code:str}": [View("nobody", "/v/{closing}"), View("nobody", "/v/nothing", name="unknown")],
    "GET /privacy": [View("nobody", "/privacy"), View("done", "/privacy", name="of-a-course")],
    "GET /courses/{course_id:uuid}/privacy": [
        alice("/courses/{course}/privacy", "#ends=>2020-01-01", "submit main form.card button", name="refused"),
        alice("/courses/{empty}/privacy", name="no-end"),
    ],
    "GET /courses/{course_id:uuid}/students/{student_id:uuid}/data": [
        alice("{student}/data", "#number=>x", "submit main form.card button"),
    ],
    "GET /courses/{course_id:uuid}/webhooks": [
        alice("/courses/{course}/webhooks", "#url=>https://localhost.invalid/hook", "submit main form.card button", name="secret"),
        alice("/courses/{course}/webhooks", "submit [action$='/test'] button", name="log"),
        alice("/courses/{empty}/webhooks", "#url=>ftp://x", "submit main form.card button", name="refused"),
    ],
    "GET /courses/{course_id:uuid}/exports": [
        alice("/courses/{course}/exports", "#name=>For the office", "submit .save-as button"),
        alice("/courses/{course}/exports?export=scans&outcome=expired", name="scans"),
        alice("/courses/{course}/exports?export=publications", "submit .save-as button", name="refused"),
    ],
    "GET /courses/{course_id:uuid}/scans": [
        alice("/courses/{course}/scans", ".meanings summary"), alice("/courses/{empty}/scans", name="empty"),
    ],
    "GET /courses/{course_id:uuid}/calendar": [
        alice("/courses/{course}/calendar"), alice("/courses/{empty}/calendar", name="empty"),
    ],
    "GET /courses/{course_id:uuid}/copies": [alice("/courses/{course}/copies")],
    "GET /courses/{course_id:uuid}/log": [alice("/courses/{course}/log")],
    "GET /courses/{course_id:uuid}/members": [alice("/courses/{course}/members")],
    "GET /courses/{course_id:uuid}/trash": [alice("/courses/{course}/trash"), alice("/courses/{empty}/trash", name="empty")],
    "GET /courses/{course_id:uuid}/trash/{trashed_id:uuid}": [alice("/courses/{course}/trash/{deleted}")],
    "GET /courses/{course_id:uuid}/sheet": [
        alice("/courses/{course}/sheet"), alice("/courses/{empty}/sheet", name="empty"),
        alice("/courses/{course}/sheet?layout=avery-l7160&kind=personal&anyway=1", ".lessons-to-print summary",
              ".students-to-print summary", ".on-slip summary", name="labels"),
    ],
    "GET /courses/{course_id:uuid}/prints": [
        alice("/courses/{course}/prints"), alice("/courses/{empty}/prints", name="empty"),
    ],
    "GET /prints/{run_id:uuid}": [alice("{run}", ".replace summary", ".withdraw summary")],
    "GET /courses/{course_id:uuid}/codes": [
        alice("/courses/{course}/codes"), alice("/courses/{course}/codes", "#size=>9", "submit .codes-form button", name="refused"),
        alice("/courses/{empty}/codes", name="empty"),
    ],
    "GET /courses/{course_id:uuid}/layouts": [
        alice("/courses/{course}/layouts"), alice("/courses/{empty}/layouts", name="empty"),
    ],
    "GET /courses/{course_id:uuid}/layouts/new": [
        alice("/courses/{course}/layouts/new"),
        alice("/courses/{course}/layouts/new", "#left=>x", "#columns=>90", "submit .typed-layout .primary", name="refused"),
    ],
    "GET /courses/{course_id:uuid}/layouts/{layout_id:uuid}": [alice("{layout}")],
    "GET /courses/{course_id:uuid}/lessons/new": [alice("/courses/{course}/lessons/new")],
    "GET /lessons/{lesson_id:uuid}": [
        alice("/lessons/{lesson}", "#schedule summary", "#schedule details details summary",
              ".change:has([action$='/links']) > summary", ".change:has([action$='/withdrawal']) > summary"),
        alice("/lessons/{withdrawn}", name="withdrawn"),
    ],
    "GET /lessons/{lesson_id:uuid}/edit": [
        alice("/lessons/{lesson}/edit"), alice("/lessons/{plain}/edit", name="plain"),
        alice("/lessons/{long}/edit", name="long"),
    ],
    "GET /lessons/{lesson_id:uuid}/history": [alice("/lessons/{revised}/history")],
    "GET /lessons/{lesson_id:uuid}/history/{number:int}": [
        alice("/lessons/{revised}/history/1"), alice("/lessons/{revised}/history/2", name="newest"),
    ],
    "GET /lessons/{lesson_id:uuid}/preview": [
        alice("/lessons/{lesson}/preview"), alice("/lessons/{plain}/preview", name="plain"),
        alice("/lessons/{long}/preview", name="long"),
    ],
    "GET /lessons/{lesson_id:uuid}/rehearsal": [alice("/lessons/{lesson}/rehearsal")],
    "GET /lessons/{lesson_id:uuid}/present": [alice("/lessons/{lesson}/present")],
    "GET /go": [View("nobody", "/go"), View("nobody", "/s/AAAA", name="unknown")],
    "GET /l/{link:str}": [
        View("asked", "/l/{link}"), View("named", "/l/{link}", name="named"), View("done", "/l/{link}", name="linked"),
        View("wechat", "/s/{token}", name="rescue"), View("nobody", "/l/{link}", name="not-scanned"),
        View("ended", "/l/{ended}", name="ended"), View("late", "/l/{late}", name="room"),
        View("late", "/l/{late}", ("#code=>000 000", "submit .primary"), "wrong-digits"),
    ],
    "GET /l/{link:str}/mine": [View("named", "/l/{link}/mine"), View("done", "/l/{link}/mine", name="linked")],
    "GET /l/{link:str}/student": [View("asked", "/l/{link}/student")],
    "GET /rehearsal": [View("nobody", "/rehearsal")],
    "GET /rehearsal/xiaohongshu/composer": [
        View("nobody", "/rehearsal/xiaohongshu/composer?share_code={share}"),
        View("nobody", "/rehearsal/xiaohongshu/composer", name="unknown"),
    ],
    "GET /rehearsal/published": [View("nobody", "/rehearsal/published?share_code={share}")],
    "GET /rehearsal/douyin/share": [View("nobody", "/rehearsal/douyin/share?share_type=h5", name="refused")],
    "GET /rehearsal/weibo/mobile.php": [View("nobody", "/rehearsal/weibo/mobile.php?title=%E8%8C%B6%20%23tea&appkey=")],
    "GET /rehearsal/weibo/share.php": [View("nobody", "/rehearsal/weibo/share.php?title=tea&appkey=rehearsal")],
    "GET /rehearsal/app/{slug:str}": [View("nobody", "/rehearsal/app/bilibili")],
}  # fmt: skip
#: answers that are no pages, or the same page at another address
NO_PAGES = re.compile(
    r"GET (/|/GO|/V|/V/.*|/[sS]/.*|/api/.*|/schema.*|/static/.*|/media/.*|/healthz|/readyz|/metrics|/links/.*/qr\.\w+"
    r"|/manifest\.webmanifest|/courses/.*/media/.*|.*\.(csv|xlsx|pdf|png|zip|js|json)|/lessons/\{lesson_id:uuid\}/(scans|projection)|.*/export|/rehearsal/.*/getticket|.*/progress|.*/wall/stream|.*/conversion|/shown/.*/text|/session|/sign-in/again)"
)
VIEWS = [pytest.param(view, id=f"{route[4:]} {view.name}".strip()) for route, views in PAGES.items() for view in views]


@dataclass
class World:
    """Who there is, and what their addresses are made of."""

    url: str
    values: dict[str, str]
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def world(portal: Any) -> World:
    """Alice's course of two lessons and three students, an empty one, an archived one; phones at every step."""
    admin, alice = (_person(portal, name, options) for name, options in (("Admin", ["--admin"]), ("Alice 陈", [])))
    values = {name: _course(alice, title) for name, title in
              (("course", "内容创作实训 Publishing"), ("empty", "Nothing yet 还没有"), ("archived", "Last year 去年"))}  # fmt: skip
    alice.post(f"/courses/{values['archived']}/archive")
    alice.post(f"/courses/{values['course']}/roster", files={"roster": (None, "1,林小满\n2,Emma Brown\n3,王子涵")})
    pictures = [picture(LESSONS[0].scene, caption, n) for n, caption in enumerate(LESSONS[0].captions[:2])]
    values["lesson"] = _lesson(alice, values["course"], LESSONS[0].title, LESSONS[0].body, pictures)
    values["plain"] = _lesson(
        alice, values["course"], "A desk that invites work, and a title that is rather long", "", []
    )
    screenshot = io.BytesIO()
    Image.new("RGB", (1080, 6000), "white").save(screenshot, "JPEG")
    values["long"] = _lesson(alice, values["course"], "A long screenshot 长图", "", [screenshot.getvalue()])
    values["withdrawn"] = _lesson(alice, values["course"], "Withdrawn 已收回", "Text", [])
    values["deleted"] = _lesson(alice, values["course"], "Deleted 已删除", "Text", [])
    alice.post(f"/lessons/{values['deleted']}/deletion")
    again = {"kind": "normal", "title": "三步拍出一杯更好的茶", "body": LESSONS[0].body, "platforms": "xiaohongshu"}
    values["revised"] = _lesson(alice, values["course"], LESSONS[0].title, "Text", pictures[:1])
    alice.post(f"/lessons/{values['revised']}", files={name: (None, text) for name, text in again.items()})
    answer = admin.post("/people/invitations", data={"email": "new@example.org"}, follow_redirects=True)
    values["invitation"] = re.search(r"/invitations/([\w-]+)", answer.text).group(1)
    listed = {"file": ("课时.csv", "标题,正文\n茶,好茶\n,没有标题\n".encode("gbk"), "text/csv")}
    labels = {"name": "街角文具店 labels", "paper": "letter", "unit": "in", "columns": "3", "rows": "10", "gap_x": "1/8",
              "gap_y": "0", "left": "3/16", "right": "3/16", "top": "1/2", "bottom": "1/2"}  # fmt: skip
    alice.post(f"/courses/{values['course']}/layouts", data=labels)
    values["layout"] = re.search(
        r"/courses/[\w-]+/layouts/[\w-]{36}", alice.get(f"/courses/{values['course']}/layouts").text
    )[0]
    values["import"] = alice.post(f"/courses/{values['course']}/imports", files=listed).headers["location"]
    run = {"kind": "handout", "lesson": values["lesson"], "anyway": "1", "reason": "x"}
    values["run"] = alice.post(f"/courses/{values['course']}/prints", data=run).headers["location"]
    waits = ("queued", "working")
    eventually(
        lambda: alice.get(values["run"], headers={"accept": "application/json"}).json()["state"] not in waits, 60
    )
    values["sign_in"], values["reset"] = _links(portal)
    httpx.post(f"{portal.url}/go", data={"code": "7K4"})  # a scan of no course
    values["token"] = _token(alice, values["lesson"])
    world = World(
        portal.url, values, {"nobody": {}, "alice": dict(alice.cookies), "admin": dict(admin.cookies), "wechat": {}}
    )
    secured = _person(portal, "Erin", [])
    world.cookies["half"] = _second_factor(portal, secured)
    world.cookies["secured"] = dict(secured.cookies)
    for name, steps in (("asked", 0), ("named", 1), ("done", 2)):
        phone = httpx.Client(base_url=portal.url, headers={"User-Agent": ANDROID})
        values["link"] = phone.get(f"/s/{values['token']}").headers["location"].removeprefix("/l/")
        if steps:
            phone.post(f"/l/{values['link']}/student", data={"student": str(steps)})
        event = {"id": str(uuid4()), "kind": "scan", "at": datetime.now(UTC).isoformat(), "link": values["link"]}
        assert phone.post("/api/events", json={"events": [event]}).status_code == 200
        if steps == 2:
            _publish(phone, values["link"])
        world.cookies[name] = dict(phone.cookies)
    for lesson in ("plain", "long"):  # one waits for each language's decision, and one for the page after the last
        phone = httpx.Client(base_url=portal.url, headers={"User-Agent": ANDROID})
        link = phone.get(f"/s/{_token(alice, values[lesson])}").headers["location"].removeprefix("/l/")
        phone.post(f"/l/{link}/student", data={"student": "3"})
        _publish(phone, link)
    twice = httpx.Client(base_url=portal.url, headers={"User-Agent": ANDROID})
    twice.get(f"/s/{values['token']}")
    twice.post(f"/l/{values['link']}/student", data={"student": "2"})
    values["room"] = _course(alice, "In the room 教室里")
    alice.post(f"/courses/{values['room']}/aliases", data={"x": ""})
    alice.post(f"/courses/{values['room']}/room-code", data={"ask": "1"})
    alice.post(f"/courses/{values['room']}/roster", files={"roster": (None, "1\n2\n3")})
    secret = _lesson(alice, values["room"], "Only here 只在这里", "Text", [])
    values["room_wall"] = f"/courses/{values['room']}/lessons/{secret}/wall"
    late = httpx.Client(base_url=portal.url, headers={"User-Agent": ANDROID})
    values["late"] = late.get(f"/s/{_token(alice, secret)}").headers["location"].removeprefix("/l/")
    world.cookies["late"] = dict(late.cookies)
    ended = httpx.Client(base_url=portal.url, headers={"User-Agent": ANDROID})
    values["ended"] = ended.get(f"/s/{_token(alice, values['withdrawn'])}").headers["location"].removeprefix("/l/")
    world.cookies["ended"] = dict(ended.cookies)
    page = alice.get(f"/lessons/{values['withdrawn']}").text
    alice.post(re.search(r"/links/[\w-]+/withdrawal", page).group())
    cells = re.findall(r"completion/[\w-]{36}/[\w-]{36}", alice.get(f"/courses/{values['course']}/completion").text)
    values["cell"], values["other_cell"] = (f"/courses/{values['course']}/{cells[n]}" for n in (3, -1))
    student = re.search(r"students/[\w-]{36}", alice.get(f"/courses/{values['course']}/roster").text).group()
    values["merge"] = f"/courses/{values['course']}/{student}/merge"
    values["wall"] = f"/courses/{values['course']}/lessons/{values['lesson']}/wall"
    notes = alice.get(f"/courses/{values['course']}/statistics").text
    values["note"] = re.search(r"/courses/[\w-]{36}/statistics/notes/[\w-]{36}", notes).group()
    alice.post(f"/courses/{values['course']}/closing", data={"x": ""})
    values["closing"] = re.search(r"/v/(\w{16})", alice.get(f"/courses/{values['course']}/closing").text).group(1)
    values["student"] = f"/courses/{values['course']}/{student}"
    share = Share(
        "normal",
        "三步拍出一杯好茶",
        "正文 #茶",
        (f"{portal.url}/static/{digest()}/icon.svg",),
        None,
        None,
        "s",
        f"/l/{values['link']}",
        0,
    )
    values["share"] = seal_share(Keyring.parse(KEYS), share)
    return world


def _person(portal: Any, name: str, options: list[str]) -> httpx.Client:
    http = httpx.Client(base_url=portal.url, timeout=60, follow_redirects=False)
    path = portal.command("invite", f"{secrets.token_hex(4)}@example.org", *options).removeprefix(portal.url)
    http.post(path, data={"name": name, "password": PASSWORD})
    return http


def _second_factor(portal: Any, http: httpx.Client) -> dict[str, str]:
    """Set one up; the cookies of another browser in front of the second page."""
    http.post("/account/second-factor/app")
    page = http.get("/account/second-factor").text
    secret = re.search(r'id="secret"[^>]*value="([A-Z2-7 ]+)"', page)[1].replace(" ", "")
    form = {"old": PASSWORD, "code": code_of(secret, int(time.time()) // STEP)}
    assert http.post("/account/second-factor/app/confirmation", data=form).status_code == 303
    email = re.search(r"[\w.-]+@example.org", http.get("/account").text)[0]
    other = httpx.Client(base_url=portal.url)
    other.post("/sign-in", data={"email": email, "password": PASSWORD})
    return dict(other.cookies)


def _links(portal: Any) -> list[str]:
    """The secrets of a link as the demo prints it, and of one as a mail brings it; no page makes them."""
    work = (
        "import asyncio; from courses import database; from courses.people import accounts, forgotten_passwords\n"
        "async def main():\n"
        "    await database.open_database()\n"
        "    await accounts.add_person('demo@example.org', 'Demo')\n"
        "    print(await accounts.sign_in_link('demo@example.org'))\n"
        "    print((await forgotten_passwords.reset_link('demo@example.org'))[1])\n"
        "    await database.close_database()\n"
        "asyncio.run(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", work], env=portal.environment, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout.split()


def _course(http: httpx.Client, title: str) -> str:
    return (
        http.post("/courses", data={"title": title, "term": "2026 秋"}).headers["location"].split("/")[2].split("?")[0]
    )


def _lesson(http: httpx.Client, course: str, title: str, body: str, pictures: list[bytes]) -> str:
    """Its id."""
    files = [("pictures", (f"{n}.jpg", data, "image/jpeg")) for n, data in enumerate(pictures)] or [("x", (None, ""))]
    form = {"kind": "normal", "title": title, "body": body, "topics": "#茶 #tea", "platforms": "xiaohongshu"}
    made = http.post(f"/courses/{course}/lessons", data=form, files=files)
    assert made.status_code == 303, made.text
    return re.split(r"[/?]", made.headers["location"])[2]


def _publish(phone: httpx.Client, link: str) -> None:
    """The student of this phone gives the address of a post."""
    form = {"choice": "link", "text": f"http://xhslink.com/a/{secrets.token_hex(5)}"}
    assert phone.post(f"/l/{link}/publication", data=form).status_code == 303


def _token(http: httpx.Client, lesson: str) -> str:
    return re.search(r"/s/([a-z2-7]{36})", http.get(f"/lessons/{lesson}").text, re.IGNORECASE).group(1)


@pytest.fixture(scope="module")
def windows(world: World, chromium: Browser) -> Iterator[Any]:
    """A page of each person in each language, opened once: windows("alice", "zh")."""
    opened: dict[tuple[str, str], Page] = {}

    def window(who: str, language: str) -> Page:
        if (who, language) not in opened:
            agent = {"wechat": WECHAT}.get(who, ANDROID if who in ("asked", "named", "done", "ended", "late") else None)
            context = chromium.new_context(
                base_url=world.url, locale=LOCALES[language], reduced_motion="reduce", user_agent=agent
            )
            cookies = world.cookies[who] | {"language": language}
            context.add_cookies([{"name": name, "value": value, "url": world.url} for name, value in cookies.items()])
            context.add_init_script(path=AXE)
            opened[who, language] = context.new_page()
        return opened[who, language]

    yield window
    for page in opened.values():
        page.context.close()


@pytest.mark.parametrize("view", VIEWS)
def test_page_has_nothing_that_axe_finds(
    view: View, world: World, windows: Any, request: pytest.FixtureRequest
) -> None:
    found = []
    for language in LOCALES:
        page = windows(view.who, language)
        show(page, view, world)
        for size, theme in COMBINED[language]:
            page.set_viewport_size(SIZES[size])
            page.emulate_media(color_scheme=theme)
            found += [f"{language} {size} {theme}: {text}" for text in page.evaluate(CHECK, view.within)]
            width = page.evaluate("document.documentElement.scrollWidth")
            found += [f"{language} {size}: {width} px wide"] if width > SIZES[size]["width"] else []
        if folder := os.environ.get("LOOK"):
            look(page, Path(folder), f"{request.node.callspec.id} {language}")
    assert not found, "\n".join(found)


def show(page: Page, view: View, world: World) -> None:
    page.set_viewport_size(SIZES["wide"])
    page.goto(view.path.format(**world.values))
    for step in view.press:
        selector, _, text = step.partition("=>")
        if text:
            page.locator(selector).fill(text)
        elif selector.startswith("submit "):
            with page.expect_navigation():
                page.locator(selector.removeprefix("submit ")).first.click()
        else:
            page.locator(selector).first.click()


def look(page: Page, folder: Path, name: str) -> None:
    """Pictures in both sizes and themes."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        for theme in ("light", "dark"):
            page.set_viewport_size(SIZES[size])
            page.emulate_media(color_scheme=theme)
            file = re.sub(r"[^\w{}-]+", "_", f"{name} {size} {theme}").strip("_")
            page.screenshot(path=folder / f"{file}.png", full_page=True)


def test_every_page_is_looked_at(tmp_path: Path) -> None:
    settings = Settings(
        public_url="http://testserver.local", database_url=f"sqlite:///{tmp_path}/x.sqlite3", media=f"file://{tmp_path}",
        keyring=Keyring.parse(KEYS), rehearsal=True,
    )  # fmt: skip
    with engine_as_before():
        app = create_app(settings)
    routes = {f"GET {route.path}" for route in app.routes if isinstance(route, HTTPRoute) for handler in route.route_handlers
              if "GET" in handler.http_methods}  # fmt: skip
    missing = {route for route in routes if not NO_PAGES.fullmatch(route)} - PAGES.keys()
    assert not missing, f"pages that nobody looks at; add them to PAGES: {sorted(missing)}"
    assert PAGES.keys() <= routes
