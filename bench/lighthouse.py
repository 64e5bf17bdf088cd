"""What Lighthouse says of the pages on a slow phone: scores, times, bytes. bench/README.md has what it said.

Mobile emulation with Lighthouse's own "slow 4G" (150 ms, 1.6 Mbit/s, CPU four times slower), simulated.
"""

import argparse
import json
import os
import re
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.demo.content import LESSONS  # noqa: E402 -- of this checkout, whichever the working directory is
from portal.demo.pictures import picture  # noqa: E402

NPM = ROOT / "bench" / "lighthouse_npm"
INSTALLED = ROOT / "var" / "lighthouse"
PASSWORD = "violet tractor beneath morning"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMES = {"first-contentful-paint": "first view", "largest-contentful-paint": "largest", "interactive": "interactive"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3, help="the median is shown")
    options.add_argument("--only", default="", help="pages whose name holds this")
    options.add_argument("--port", type=int, default=0)
    chosen = options.parse_args()
    program = installed()
    with tempfile.TemporaryDirectory() as folder:
        url, server = started(Path(folder), chosen.port)
        try:
            print(
                f"| {' | '.join(['page', *CATEGORIES, *(f'{name}, s' for name in TIMES.values()), 'kB', 'requests'])} |"
            )
            print(f"|---|{'---:|' * (len(CATEGORIES) + len(TIMES) + 2)}")
            notes = []
            for name, path, cookie in pages(url, server):
                if chosen.only in name:
                    reports = [report(program, url + path, cookie, Path(folder)) for _ in range(chosen.runs)]
                    print(row(name, reports), flush=True)
                    notes += [f"{name}: {note}" for note in complaints(reports[-1])]
            print("\nBelow the full score:", *(notes or ["nothing"]), sep="\n- ")
        finally:
            server.terminate()
            server.wait(15)


def installed() -> Path:
    """Lighthouse from npm, in var/, once per content of its lock."""
    program = INSTALLED / "node_modules" / "lighthouse" / "cli" / "index.js"
    lock = (NPM / "package-lock.json").read_bytes()
    if not program.exists() or (INSTALLED / "package-lock.json").read_bytes() != lock:
        INSTALLED.mkdir(parents=True, exist_ok=True)
        for file in NPM.iterdir():
            shutil.copy(file, INSTALLED)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=INSTALLED, check=True, stdout=subprocess.DEVNULL)
    return program


def started(folder: Path, port: int) -> tuple[str, subprocess.Popen[bytes]]:
    """A portal in rehearsal with a database of its own."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3", "PORTAL_MEDIA": f"file://{folder}/media",
        "PORTAL_PUBLIC_URL": url, "PORTAL_REHEARSAL": "1", "PORTAL_SECRET_KEYS": f"1:{secrets.token_hex(32)}",
    }  # fmt: skip
    command("migrate")
    server = subprocess.Popen([sys.executable, "-m", "portal", "serve", "--port", str(port)], cwd=ROOT)
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=1):
                return url, server
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the portal did not start")


def command(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "portal", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def pages(url: str, server: subprocess.Popen[bytes]) -> list[tuple[str, str, str]]:
    """Name, path, cookie."""
    alice = httpx.Client(base_url=url, timeout=60)
    alice.post(command("invite", "alice@example.org"), data={"name": "Alice", "password": PASSWORD})
    course = alice.post("/courses", data={"title": LESSONS[0].title}).headers["location"].split("/")[2].split("?")[0]
    alice.post(f"/courses/{course}/roster", files={"roster": (None, "1,林小满\n2,Emma Brown")})
    photos = [picture(LESSONS[0].scene, caption, n) for n, caption in enumerate(LESSONS[0].captions)]
    bare, full = (_lesson(alice, course, files) for files in ([], photos))
    session = "; ".join(f"{name}={value}" for name, value in alice.cookies.items())
    found = [("sign-in", "/sign-in", ""), ("course list", "/courses", session), ("lesson list", f"/courses/{course}", session),
             ("editor", f"/lessons/{full}/edit", session)]  # fmt: skip
    for name, lesson in (("student, no pictures", bare), ("student, 4 pictures", full)):
        phone = httpx.Client(base_url=url, headers={"User-Agent": PHONE})
        token = re.search(r"/s/([a-z2-7]{36})", alice.get(f"/lessons/{lesson}").text, re.IGNORECASE).group(1)
        path = phone.get(f"/s/{token}").headers["location"]
        phone.post(f"{path}/student", data={"student": "1"})
        found.append((name, path, "; ".join(f"{key}={value}" for key, value in phone.cookies.items())))
    assert server.poll() is None
    return found


def _lesson(http: httpx.Client, course: str, photos: list[bytes]) -> str:
    files = [("pictures", (f"{n}.jpg", data, "image/jpeg")) for n, data in enumerate(photos)] or [("x", (None, ""))]
    form = {
        "kind": "normal",
        "title": LESSONS[0].title,
        "body": LESSONS[0].body,
        "topics": "#茶",
        "platforms": "xiaohongshu",
    }
    return re.split(r"[/?]", http.post(f"/courses/{course}/lessons", data=form, files=files).headers["location"])[2]


def report(program: Path, url: str, cookie: str, folder: Path) -> dict:
    """One run of Lighthouse."""
    out = folder / "report.json"
    headers = ["--extra-headers", json.dumps({"Cookie": cookie})] if cookie else []
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
    known = ("chromium", "google-chrome", "chromium-headless-shell")
    browser = next(filter(None, map(shutil.which, known)), "")
    subprocess.run(
        ["node", str(program), url, "--output=json", f"--output-path={out}", "--quiet", flags,
         f"--only-categories={','.join(CATEGORIES)}", *headers],
        check=True, env=os.environ | {"CHROME_PATH": browser},
    )  # fmt: skip
    return json.loads(out.read_text())


def row(name: str, reports: list[dict]) -> str:
    def median(value) -> float:
        return statistics.median(value(each) for each in reports)

    scores = [median(lambda each, part=part: (each["categories"][part]["score"] or 0) * 100) for part in CATEGORIES]
    times = [median(lambda each, audit=audit: each["audits"][audit]["numericValue"] / 1000) for audit in TIMES]
    requests = reports[-1]["audits"]["network-requests"]["details"]["items"]
    sent = [request["transferSize"] for request in requests if request["url"].startswith("http")]
    cells = [f"{score:.0f}" for score in scores] + [f"{each:.2f}" for each in times]
    return f"| {name} | {' | '.join(cells)} | {sum(sent) / 1000:.1f} | {len(sent)} |"


def complaints(each: dict) -> list[str]:
    """Audits that cost points."""
    found = []
    for part in CATEGORIES:
        for audit in each["categories"][part]["auditRefs"]:
            result = each["audits"][audit["id"]]
            if audit["weight"] and result["score"] is not None and result["score"] < 0.9:
                found.append(f"{part}: {audit['id']} ({result.get('displayValue') or result['title']})")
    return found


if __name__ == "__main__":
    main()
