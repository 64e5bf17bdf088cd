"""A portal of its own to be sent things: with a course, a lesson, a phone, and people who are signed in."""

import contextlib
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.portal.access_rows import PASSWORD, PICTURE

ROOT = Path(__file__).resolve().parents[2]
#: of the server and its workers together
ROOM_MB = 2_000
TIMEOUT = 30.0


@dataclass
class Running:
    """A server, and browsers of its people by role; `ids` has what stands in its addresses, by the names of routes."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    environment: dict[str, str]
    key: str = ""
    browsers: dict[str, httpx.Client] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "portal", *arguments],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return done.stdout.strip().split()[-1]

    def api(self, method: str, path: str, **more: Any) -> Any:
        headers = {"authorization": f"Bearer {self.key}", "x-forwarded-for": network(random.Random(path))}
        answer = httpx.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=TIMEOUT, **more)
        answer.raise_for_status()
        return answer.json()

    def let_in(self) -> None:
        """Alice and the admin, by new invitations, and a key of alice's: what was sent may have ended all they had."""
        for role, more in (("alice", ()), ("admin", ("--admin",))):
            browser = self.browsers[role] = httpx.Client(base_url=self.url, timeout=TIMEOUT)
            path = urlsplit(self.command("invite", f"{role}@example.org", *more)).path
            joined = browser.post(path, data={"name": role, "password": PASSWORD})
            assert joined.headers["location"] == "/today", joined.text[:300]
        self.key = self.command("api-key", "alice@example.org", "--name", "fuzz")

    def furnish(self) -> None:
        """A new course with two students, a lesson with a picture and a link, and a phone that scanned it."""
        course = self.api("POST", "/courses", json={"title": "Fuzz"})["id"]
        people = [{"number": f"{n}", "name": name} for n, name in enumerate(("林小满", "Ann O'Neil"), 1)]
        self.api("POST", f"/courses/{course}/students", json=people)
        media = self.api("POST", f"/courses/{course}/media", **PICTURE)["id"]
        draft = {"type": "normal", "title": "Tea", "content": "Find **light**.", "images": [media], "topics": ["tea"]}
        lesson = self.api("POST", f"/courses/{course}/lessons", json=draft)["id"]
        link = self.api("POST", f"/lessons/{lesson}/links", json={})
        path = urlsplit(link["url"]).path
        self.ids = {"course_id": [course], "lesson_id": [lesson], "media_id": [media], "link_id": [link["id"]]}
        self.ids |= {"token": [path.rpartition("/")[2]], "reference": [path.rpartition("/")[2]]}
        phone = self.browsers["phone"] = httpx.Client(base_url=self.url, timeout=TIMEOUT)
        phone.get(path)
        page = phone.get(phone.get(path).headers["location"])
        self.ids["link"] = [page.url.path.split("/")[2]]
        phone.post(f"/l/{self.ids['link'][0]}/student", data={"student": "1"})

    def log_end(self) -> str:
        """The last trace that the server wrote."""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 20_000))
            text = file.read().decode("utf-8", "replace")
        return text[text.rfind("Traceback (most recent call last)") :][-6_000:]

    def megabytes(self) -> int:
        """What the server and all processes below it hold."""
        below, found = {self.process.pid}, 0
        for status in sorted(Path("/proc").glob("[0-9]*/status"), key=lambda each: int(each.parent.name)):
            with contextlib.suppress(OSError):
                text = status.read_text()
                parent, held = re.search(r"PPid:\t(\d+)", text), re.search(r"VmRSS:\s+(\d+)", text)
                if parent and held and (int(parent[1]) in below or int(status.parent.name) in below):
                    below.add(int(status.parent.name))
                    found += int(held[1]) // 1024
        return found


def network(rnd: random.Random) -> str:
    """Somebody's address: limits for each of them are no matter here."""
    return f"198.{rnd.choice((18, 19))}.{rnd.randrange(256)}.{rnd.randrange(1, 255)}"


@contextlib.contextmanager
def running() -> Iterator[Running]:
    """`portal serve` in rehearsal on a database of its own, with alice, an admin and a phone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="lessonlink-fuzz-") as folder, (Path(folder) / "log").open("wb") as log:
        url = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
            "PORTAL_MEDIA": f"file://{folder}/media",
            "PORTAL_SECRET_KEYS": f"1:{'5a' * 32}",
            "PORTAL_PUBLIC_URL": url,
            "PORTAL_REHEARSAL": "1",
            "PORTAL_PROXY": "127.0.0.1",
        }
        subprocess.run([sys.executable, "-m", "portal", "migrate"], env=environment, cwd=ROOT, check=True, stdout=log)
        command = [sys.executable, "-m", "portal", "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        portal = Running(url, process, Path(folder) / "log", environment)
        try:
            _wait(portal)
            portal.let_in()
            portal.browsers["nobody"] = httpx.Client(base_url=url, timeout=TIMEOUT)
            portal.furnish()
            yield portal
        finally:
            process.terminate()
            process.wait(30)


def _wait(portal: Running) -> None:
    for _ in range(600):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{portal.url}/healthz").status_code == httpx.codes.OK:
                return
        if portal.process.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit(f"The portal did not start: {portal.log.read_text()[-2_000:]}")
