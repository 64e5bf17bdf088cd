"""The wall in a real Chromium, served by one process while phones talk to another: changes, restart, and names hidden."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_student import ANDROID, Classroom
from tests.waiting import eventually

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]


class Process:
    """Another process of the same portal, which can be stopped and started again at its address."""

    def __init__(self, portal: Any) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = portal.environment | {"PORTAL_PUBLIC_URL": self.url}

    def start(self) -> None:
        arguments = [sys.executable, "-m", "portal", "serve", "--port", str(self.port)]
        self.running = subprocess.Popen(arguments, env=self.environment, cwd=ROOT)
        eventually(self.answers)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        self.running.kill()
        self.running.wait()


@pytest.fixture
def other(portal: Any) -> Iterator[Process]:
    process = Process(portal)
    process.start()
    yield process
    process.stop()


def test_wall_follows_the_class_through_another_process_and_a_restart(
    chromium: Browser, portal: Any, other: Process
) -> None:
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        path = portal.command("invite", f"wall-{os.getpid()}@example.org").removeprefix(portal.url)
        http.post(path, data={"name": "Wanda", "password": "violet tractor beneath morning"})
        course = http.post("/courses", data={"title": "Wall 大屏"}).headers["location"].split("/")[2].split("?")[0]
        roster = "\n".join(f"{n},学生{n}" for n in range(1, 61))
        http.post(f"/courses/{course}/roster", files={"roster": (None, roster)})
        form = {"kind": "normal", "title": "茶", "body": "一", "platforms": "xiaohongshu"}
        made = http.post(f"/courses/{course}/lessons", data=form, files=[("x", (None, ""))])
        lesson = made.headers["location"].split("/")[2].split("?")[0]
        token = re.search(r"/s/([a-z2-7]{36})", http.get(f"/lessons/{lesson}").text).group(1).upper()
        cookie = {"name": "session", "value": http.cookies["session"], "url": other.url}
    context = chromium.new_context(base_url=other.url, locale="en-GB", viewport={"width": 1920, "height": 1080})
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"/courses/{course}/lessons/{lesson}/wall")
    expect(page.locator(".tile.waiting")).to_have_count(60)
    assert page.evaluate("document.scrollingElement.scrollHeight") <= 1080, "60 students fit on the projector"
    phone = Classroom(portal, token)
    go(portal.url, phone.personal(0), "scan")
    expect(page.locator(".tile.scanned")).to_have_text(re.compile(r"学生1\b"))
    go(portal.url, phone.personal(0), "launch", "claim")
    go(portal.url, phone.personal(1), "fail")
    expect(page.locator(".tile.done")).to_have_text(re.compile("Says published"))
    expect(page.locator(".tile.stuck")).to_have_text(re.compile("学生2"))
    page.get_by_role("button", name="Numbers only").click()
    expect(page.locator(".tile.done .name")).to_be_hidden()
    if folder := os.environ.get("LOOK"):
        page.get_by_role("button", name="Names").click()
        page.screenshot(path=Path(folder) / "wall.png")
        page.get_by_role("button", name="Numbers only").click()
    other.stop()
    expect(page.locator("#trouble")).to_contain_text("No connection since")
    go(portal.url, phone.personal(2), "scan")
    other.start()
    expect(page.locator(".tile.scanned .number")).to_have_text("3", timeout=20_000)
    expect(page.locator("#trouble")).to_have_text("")
    expect(page.locator(".tile.scanned .name")).to_be_hidden()
    context.clear_cookies()
    context.close()


def go(url: str, token: str, *kinds: str) -> None:
    """A phone reports."""
    with httpx.Client(base_url=url, headers={"User-Agent": ANDROID}) as phone:
        link = phone.get(f"/s/{token}").headers["location"].removeprefix("/l/")
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        events = [
            {"id": f"00000000-0000-4000-8000-{os.urandom(6).hex()}", "kind": kind, "platform": "xiaohongshu", "link": link,
             "at": now, "detail": {"message": "签名"} if kind == "fail" else {}}
            for kind in kinds
        ]  # fmt: skip
        assert phone.post("/api/events", json={"events": events}).json()["recorded"] == len(kinds)
