"""Two hundred hostile texts in every field: no page, PDF or export lets one of them be more than text."""

import csv
import io
import json
import re
import secrets
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import httpx
import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from portal.words.exports import EXPORTS
from print.fitting import plain
from print.fonts import missing
from tests.portal.access_rows import ROUTES
from tests.portal.test_access import address

#: pages of one kind that are looked at; what there is more of differs in nothing but its texts
OF_A_KIND = 30
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
#: routes that give a file to a spreadsheet or an archive
DOWNLOADED = re.compile(r"^GET .*(\.(csv|xlsx|zip)|/export)$")


def packed(texts: list[str], limit: int, glue: str = " ") -> list[str]:
    """The texts, as many in one as fit into a field; those that do not fit alone are left out."""
    parts: list[str] = []
    for text in texts:
        if len(text) > limit:
            continue
        if parts and len(parts[-1]) + len(glue) + len(text) <= limit:
            parts[-1] += glue + text
        else:
            parts.append(text)
    return parts


@dataclass
class Site:
    """Alice's browser on a portal whose every field is hostile."""

    http: httpx.Client
    url: str
    course: str
    key: str
    shares: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)

    def api(self, method: str, path: str, **more: Any) -> Any:
        answer = self.http.request(method, f"/api/v1{path}", headers={"authorization": f"Bearer {self.key}"}, **more)
        assert answer.status_code < 300, (path, answer.text[:300])
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def site(portal: Any, canary: Any, hostile: list[str]) -> Site:
    """All fields are filled through the forms and the management API, as people and programs do it."""
    http = httpx.Client(base_url=portal.url, timeout=60)
    email = f"{secrets.token_hex(4)}@example.org"
    path = portal.command("invite", email).removeprefix(portal.url)
    assert http.post(path, data={"name": "Alice", "password": "violet tractor beneath morning"}).status_code == 303
    site = Site(http, portal.url, "", portal.command("api-key", email, "--name", "tests").split()[-1])
    for text in packed(hostile, 190):
        course = site.api("POST", "/courses", json={"title": f"x {text}", "term": text[:90]})
    site.course = course["id"]
    http.post(f"/courses/{site.course}", data={"title": course["title"], "description": "\n".join(hostile)[:4900]})
    # A name holds no control characters and at most 100 characters: refused with its line, which has its own tests.
    names = packed([text for text in hostile if " ".join(text.split()).isprintable()], 95)
    students = [{"number": f"{n}", "name": name} for n, name in enumerate(names) if name.strip()]
    site.api("POST", f"/courses/{site.course}/students", json=students)
    _write_lessons(site, hostile)
    _publish(site, hostile)
    http.post("/account", data={"name": packed(hostile, 95)[3], "language": ""})
    return site


def _write_lessons(site: Site, hostile: list[str]) -> None:
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 90, 60)).save(photo, "JPEG")
    bodies = packed(hostile, 600, "\n\n")
    topics = [text for text in hostile if len(text) <= 50 and not re.search(r"[\s#＃,，、;；]", text)]
    for n, title in enumerate(packed(hostile, 195)):
        file = {"file": (hostile[n], photo.getvalue(), "image/jpeg")}
        media = site.api("POST", f"/courses/{site.course}/media", files=file)["id"]
        lesson = site.api(
            "POST", f"/courses/{site.course}/lessons",
            json={"type": "normal", "title": title, "content": bodies[n % len(bodies)], "images": [media],
                  "topics": [topics[(n * 4 + k) % len(topics)] for k in range(4)]},
        )  # fmt: skip
        form = {
            "kind": "normal", "title": title, "body": bodies[-1 - n % len(bodies)], "platforms": "xiaohongshu",
            "topics": " ".join(topics[n * 3 : n * 3 + 3]), "picture": media, "order": "1", "alt": hostile[-n - 1][:300],
        }  # fmt: skip
        assert (
            site.http.post(f"/lessons/{lesson['id']}", files={k: (None, v) for k, v in form.items()}).status_code == 303
        )
        site.shares.append(site.api("POST", f"/lessons/{lesson['id']}/links", json={})["url"])


def _publish(site: Site, hostile: list[str]) -> None:
    """Phones that report hostile words, and an instructor who refuses with some."""
    for n, share in enumerate(site.shares):
        with httpx.Client(base_url=site.url, timeout=60) as phone:
            page = phone.get(urlsplit(share).path).headers["location"]
            phone.get(page)
            phone.post(f"{page}/student", data={"student": f"{n}"})
            words = {"message": " ".join(hostile[n * 5 : n * 5 + 5])[:900], "url": hostile[n]}
            event = {
                "id": str(uuid4()),
                "at": datetime.now(UTC).isoformat(),
                "platform": "xiaohongshu",
                "detail": words,
            }
            phone.post("/api/events", json={"events": [event | {"kind": "fail"}]})
            phone.post(f"{page}/publication", data={"choice": "link", "text": hostile[n], "id": str(uuid4())})
    completion = site.api("GET", f"/courses/{site.course}/completion")
    for n, student in enumerate(completion["students"][:20]):
        lesson = list(student["lessons"])[n]
        identity = re.search(
            rf"completion/{lesson}/([0-9a-f-]{{36}})", site.http.get(f"/courses/{site.course}/completion").text
        )
        decision = {"decision": "refuse", "platform": "xiaohongshu", "reason": hostile[n * 9]}
        assert identity is not None
        site.http.post(f"/courses/{site.course}/completion/{lesson}/{identity.group(1)}/decision", data=decision)


@pytest.fixture(scope="module")
def hostile(canary: Any, corpus: Any) -> list[str]:
    # The API refuses what cannot be shown; that has its own tests.
    found = [text.replace("\0", "") for text in corpus(canary.url)]
    assert len(found) >= 200
    return found


def kind_of(path: str) -> str:
    """The route, roughly: ids, codes and secrets taken out of an address."""
    return re.sub(
        r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/l/)\w+|(?<=/media/)[\w.-]+|(?<=/history/)\d+", "*", urlsplit(path).path
    )


def visited(site: Site) -> dict[str, str]:
    """Every page that links lead to from Alice's courses, and the students' pages: address → HTML."""
    if site.pages:
        return site.pages
    seen, counts, waiting = (
        set(),
        Counter(),
        ["/courses", "/account", f"/courses/{site.course}", "/courses?archived=1", "/go"],
    )
    while waiting:
        path = waiting.pop(0)
        if path in seen or counts[kind_of(path)] >= OF_A_KIND or kind_of(path).startswith(("/rehearsal", "/sign-out")):
            continue
        seen.add(path)
        counts[kind_of(path)] += 1
        answer = site.http.get(path, follow_redirects=True)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        # what no font has is not printed, nor is a list of nobody, and a page says so
        words = ("none of our fonts", "nobody to print")
        refused = path.partition("?")[0].endswith(".pdf") and any(each in answer.text for each in words)
        assert answer.status_code == (409 if refused else 200), (path, answer.status_code)
        site.pages[path] = answer.text
        for link in re.findall(r'href="([^"]+)"', answer.text):
            target = urljoin(path, link.replace("&amp;", "&"))
            if target.startswith(("/courses", "/lessons", "/links", "/account")):
                waiting.append(target.partition("#")[0])
    for share in site.shares:
        with httpx.Client(base_url=site.url, timeout=60, follow_redirects=True) as phone:
            answer = phone.get(urlsplit(share).path)
            site.pages[urlsplit(str(answer.url)).path] = answer.text
    return site.pages


def test_no_page_holds_markup_that_is_not_ours(site: Site, markup: Any) -> None:
    pages = visited(site)
    bad = {path: markup(page, (site.url,)).bad for path, page in pages.items()}
    assert {path: found[:3] for path, found in bad.items() if found} == {}
    kinds = {kind_of(path) for path in pages}
    assert {"/courses", "/courses/*", "/courses/*/roster", "/courses/*/completion", "/lessons/*", "/l/*"} <= kinds
    assert sum("onerror=xss(1)" in page.replace("&#34;", '"') for page in pages.values()) > 50, (
        "the texts are not shown"
    )


def test_no_page_works_out_a_template(site: Site) -> None:
    assert [path for path, page in visited(site).items() if "50337" in page] == []


def printable(site: Site) -> list[str]:
    """The lessons whose titles our fonts have; the one with an Arabic ligature is refused by name, as it should be."""
    told = site.http.get(f"/api/v1/courses/{site.course}/lessons", headers={"authorization": f"Bearer {site.key}"})
    lessons = told.json()
    good = [lesson["id"] for lesson in lessons if not missing(plain(lesson["title"]))]
    assert len(lessons) - 3 <= len(good) < len(lessons)
    return good


def test_no_address_of_a_text_was_asked(site: Site, canary: Any) -> None:
    visited(site)
    for layout in ("a4-24", "a4-poster"):
        # No platform takes such titles: they are printed because somebody wants them printed.
        form = {
            "layout": layout, "personal": "0", "reason": "=1+1<script>xss(1)</script>", "lesson": printable(site)
        }  # fmt: skip
        answer = site.http.post(f"/courses/{site.course}/sheet.pdf", data=form)
        assert answer.status_code == 200, answer.text[:300]
        text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(answer.content))
        assert "50337" not in text
        assert "<script>" in text or "<img" in text, "the titles are not on the sheet"
    assert canary.asked == []


def cells_of(answer: httpx.Response) -> Iterator[str]:
    """Of lists, of spreadsheets, where a formula is told apart from a text, and of lists in archives."""
    kind, content = answer.headers["content-type"].partition(";")[0], answer.content
    if kind == "text/csv":
        yield from chain.from_iterable(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    elif kind != "application/json":
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            for name in file.namelist():
                if name.endswith(".csv"):
                    yield from chain.from_iterable(csv.reader(io.StringIO(file.read(name).decode("utf-8-sig"))))
                elif name.startswith("xl/worksheets/"):
                    yield from (f"={found}" for found in re.findall(r"<f[ >/].*", file.read(name).decode()))


def test_no_cell_of_any_file_that_is_downloaded_is_a_formula(site: Site) -> None:
    completion = site.http.get(f"/courses/{site.course}/completion").text
    student = re.search(r"completion/[0-9a-f-]{36}/([0-9a-f-]{36})", completion)
    assert student
    given = {"course_id": site.course, "student_id": student[1]}
    counts: dict[str, int] = {}
    for route in filter(DOWNLOADED.search, ROUTES):
        for name in EXPORTS if "{export_name:" in route else [""]:
            _, path = address(route, given | {"export_name": name})
            answer = site.http.get(path, headers={"authorization": f"Bearer {site.key}"} if "/api/" in path else {})
            assert answer.status_code == 200, path
            cells = list(cells_of(answer))
            assert [cell for cell in cells if cell.startswith(FORMULA)] == [], path
            counts[f"{route} {name}"] = len(cells)
    assert sum(counts.values()) > 1_000
    assert {"completion", "data", "lessons", "log"} <= {
        Path(route.split()[1]).stem for route in counts if counts[route]
    }


def test_names_in_an_archive_stay_inside(site: Site) -> None:
    answer = site.http.get(f"/courses/{site.course}/export")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert len(names) > 40
    for name in names:
        assert not name.startswith(("/", "\\"))
        assert not re.search(r'(^|/)\.\.?(/|$)|[\\:*?"<>|\x00-\x1f]|^[a-z]:', name, re.IGNORECASE), name


def test_answers_for_programs_are_json_and_nothing_else(site: Site) -> None:
    for path in (f"/courses/{site.course}/completion", f"/courses/{site.course}/lessons", "/courses"):
        answer = site.http.get(f"/api/v1{path}", headers={"authorization": f"Bearer {site.key}"})
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.headers["x-content-type-options"] == "nosniff"
        json.loads(answer.content)


def test_nothing_comes_alive_in_a_browser_without_our_policy(
    site: Site, canary: Any, chromium_path: str, flags: list[str]
) -> None:
    """The policy is a second wall; the first must hold alone."""
    pages = visited(site)
    kinds: dict[str, list[str]] = {}
    for path in pages:
        kinds.setdefault(kind_of(path), []).append(path)
    chosen = [path for paths in kinds.values() for path in paths[:: max(1, len(paths) // 6)][:6]]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=flags)
        context = browser.new_context(base_url=site.url, bypass_csp=True)
        context.add_cookies(
            [{"name": cookie.name, "value": cookie.value, "url": site.url} for cookie in site.http.cookies.jar]
        )
        context.add_init_script("window.alive = 0; window.xss = () => { window.alive += 1; };")
        page = context.new_page()
        alive = []
        for path in chosen:
            page.goto(urlsplit(site.shares[0]).path if path.startswith("/l/") else path, wait_until="load")
            page.evaluate(
                """() => { for (const element of document.body.querySelectorAll("*")) {
                    for (const name of ["mouseover", "pointerover", "focus", "error", "toggle"])
                        element.dispatchEvent(new Event(name));
                } }"""
            )
            if page.evaluate("window.alive"):
                alive.append(path)
        browser.close()
    assert alive == []
    assert canary.asked == []
