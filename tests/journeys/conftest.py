"""Journeys over HTTP against a running portal: an instructor with a class, and phones."""

import base64
import csv
import io
import json
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
PASSWORD = "violet tractor beneath morning"


def photo(color: str) -> bytes:
    """A JPEG of the form that phones make."""
    file = io.BytesIO()
    Image.new("RGB", (1200, 1600), color).save(file, "JPEG")
    return file.getvalue()


class Instructor:
    """A signed-in browser with a course, two students and one lesson."""

    def __init__(self, http: httpx.Client, course: str, lesson: str) -> None:
        self.http, self.course, self.lesson = http, course, lesson

    def share_url(self) -> str:
        """The link as the lesson's page shows it."""
        page = self.http.get(f"/lessons/{self.lesson}").text
        return re.search(r"https?://[^\s\"<]+/s/[a-z2-7]{36}", page, re.IGNORECASE).group()

    def completion(self) -> dict[str, dict[str, str]]:
        """Number → lesson title → rung, from the CSV."""
        text = self.http.get(f"/courses/{self.course}/completion.csv").content.decode("utf-8-sig")
        head, *rows = list(csv.reader(io.StringIO(text)))
        return {row[0]: dict(zip(head, row, strict=True)) for row in rows if row}


class Student:
    """A phone. Redirects are followed by hand, as each is looked at."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, headers={"User-Agent": PHONE, "Accept-Language": "zh-CN"})
        self.link = ""

    def scan(self, url: str) -> httpx.Response:
        answer = self.http.get(url)
        if answer.status_code == 303:
            self.link = answer.headers["location"].removeprefix("/l/")
            answer = self.http.get(answer.headers["location"])
        return answer

    def report(self, kind: str, **detail: Any) -> httpx.Response:
        event = {
            "id": str(uuid.uuid4()),
            "kind": kind,
            "at": datetime.now(UTC).isoformat(),
            "detail": detail,
            "link": self.link,
        }
        return self.http.post("/api/events", json={"events": [event | {"platform": "xiaohongshu"}]})

    def share(self) -> httpx.Response:
        """Take the hand-over and pass it on as the platform's script does."""
        handover = self.http.get(f"/api/post/publish/{self.link}").json()
        verify = handover["data"]
        more = {
            "sessionId": "a1b2c3d4e5",
            "pageUrl": "",
            "appPlatform": "Android",
            "userAgent": PHONE,
            "appKey": verify["appKey"],
        }
        data = base64.b64encode(json.dumps(handover["shareInfo"] | more).encode()).decode()
        body = {"app_key": verify["appKey"], "data": data} | {
            name: verify[name] for name in ("nonce", "timestamp", "signature")
        }
        return self.http.post("/rehearsal/xiaohongshu/api/sns/v1/ext/check/token", json=body, timeout=30)


@pytest.fixture
def make_instructor(portal: Any) -> Iterator[Callable[..., Instructor]]:
    """make_instructor(title="…", students="2026001,林小满\\n…")"""
    opened = []

    def make(title: str = "三步拍出一杯好茶", students: str = "2026001,林小满\n2026002,王子涵") -> Instructor:
        http = httpx.Client(base_url=portal.url, headers={"Accept-Language": "en"}, timeout=60)
        opened.append(http)
        path = portal.command("invite", f"alice-{uuid.uuid4().hex[:8]}@example.org").removeprefix(portal.url)
        assert http.post(path, data={"name": "Alice", "password": PASSWORD}).status_code == 303
        course = http.post("/courses", data={"title": "Spring 春"}).headers["location"].split("/")[2].split("?")[0]
        added = http.post(f"/courses/{course}/roster", files={"roster": (None, students)})
        assert added.status_code == 303, added.text
        form = {
            "kind": "normal",
            "title": title,
            "body": "**找光**：靠窗坐\n\n- 一\n- 二",
            "topics": "#茶 #手机摄影",
            "platforms": "xiaohongshu",
        }
        files = [("pictures", (f"{color}.jpg", photo(color), "image/jpeg")) for color in ("tan", "olive", "teal")]
        made = http.post(f"/courses/{course}/lessons", data=form, files=files)
        assert made.status_code == 303, made.text
        return Instructor(http, course, made.headers["location"].split("/")[2].split("?")[0])

    yield make
    for http in opened:
        http.close()


@pytest.fixture
def make_student(portal: Any) -> Iterator[Callable[[], Student]]:
    opened = []

    def make() -> Student:
        opened.append(Student(portal.url))
        return opened[-1]

    yield make
    for student in opened:
        student.http.close()


@pytest.fixture
def read_sheet() -> Callable[[bytes], list[str]]:
    """Every code on a PDF, read off its pages at 150 dpi by an independent reader."""

    def read(pdf: bytes) -> list[str]:
        pages = [page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]
        kind = zxingcpp.BarcodeFormat.QRCodeModel2
        return [code.text for page in pages for code in zxingcpp.read_barcodes(page, formats=kind)]

    return read
