"""Twenty phone photos of 12 megapixels: sent to a running portal, beside the same outputs in plain Pillow; and whether
phones that scan meanwhile notice.

.venv/bin/python bench/intake.py [--photos 20]
"""

import argparse
import asyncio
import io
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
from load import Phone, Tally, timed
from PIL import Image, ImageFilter
from scan import ROOT, Place, event, portal

PLAIN = """
import io, re, sys, time
from pathlib import Path
from PIL import Image, ImageOps
start = time.perf_counter()
for path in sorted(Path(sys.argv[1]).glob("*.jpg")):
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    picture.thumbnail((1920, 1920), Image.Resampling.LANCZOS)
    picture.save(io.BytesIO(), "JPEG", quality=88, progressive=True, optimize=True)
    for width, quality in ((1080, 82), (480, 80), (20, 30)):
        small = picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
        small.save(io.BytesIO(), "WEBP", quality=quality, method=4)
print(time.perf_counter() - start, int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


def main() -> None:
    """Print what was seen."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--photos", type=int, default=20)
    count = options.parse_args().photos
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}, {count} photos of 4032 × 3024")
    with tempfile.TemporaryDirectory() as folder:
        photos = Path(folder) / "photos"
        photos.mkdir()
        for number in range(count):
            (photos / f"{number:02}.jpg").write_bytes(photo(number))
        print(f"{sum(path.stat().st_size for path in photos.iterdir()) / 1e6:.0f} MB in all")
        one = subprocess.run([sys.executable, "-c", PLAIN, photos], check=True, capture_output=True, text=True).stdout
        seconds, megabytes = (float(text) for text in one.split())
        print(f"plain Pillow, one process     {seconds:6.1f} s   peak {megabytes:5.0f} MB")
        with portal(Path(folder), 1) as place:
            asyncio.run(beside_scans(place, photos, seconds))


def photo(number: int) -> bytes:
    """Shapes of all sizes and a sensor's grain, turned by EXIF as phones do: about 4 MB."""
    base = Image.effect_noise((63, 48), 120).resize((4032, 3024), Image.Resampling.BICUBIC)
    fine = Image.effect_noise((1008, 756), 60).resize((4032, 3024), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((4032, 3024), 22)
    bands = [Image.blend(Image.blend(base.rotate(90 * n + number), fine, 0.35), grain, 0.25) for n in range(3)]
    picture = Image.merge("RGB", bands).filter(ImageFilter.GaussianBlur(0.6))
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=92, exif=exif)
    return file.getvalue()


async def beside_scans(place: Place, photos: Path, plain: float) -> None:
    """Phones at a steady rate: first alone, then while the photos come in."""
    idle = await scans(place, 10.0)
    peak = Peak(children_of_this())
    session, course = await asyncio.to_thread(sign_in, place)
    send(place, session, course, [next(photos.iterdir())])  # workers that have started already
    peak.start()
    start = time.perf_counter()
    sending = asyncio.create_task(asyncio.to_thread(send, place, session, course, sorted(photos.iterdir())))
    busy = await scans(place, None, sending)
    seconds = time.perf_counter() - start
    await sending
    print(f"portal, upload to stored      {seconds:6.1f} s   peak {peak.stop():5.0f} MB   {seconds / plain:.2f} ×")
    print(f"{'':22}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    for name, tally in (("idle", idle), ("photos coming in", busy)):
        for kind in ("page", "event"):
            print(f"{name + ', ' + kind:22}" + "".join(f"{value:9.1f}" for value in tally.percentiles(kind)))
        if tally.errors:
            print(f"  {len(tally.errors)} errors, such as {tally.errors[0]}")


async def scans(place: Place, seconds: float | None, until: asyncio.Task[None] | None = None) -> Tally:
    """Fifty phones a second, each a page and an event, for some seconds or until a task is done."""
    tally, running = Tally(), []
    end = time.perf_counter() + (seconds or 1e9)

    async def student(number: int) -> None:
        phone = Phone("127.0.0.1", place.port, place.cookies[number % len(place.cookies)])
        await timed(tally, "page", phone, "GET", f"/l/{place.public_id}")
        await timed(tally, "event", phone, "POST", "/api/events", {"events": [event("scan")]})
        await phone.close()

    number = 0
    while time.perf_counter() < end and not (until and until.done()):
        running.append(asyncio.create_task(student(number)))
        number += 1
        await asyncio.sleep(0.02)
    await asyncio.gather(*running)
    return tally


def sign_in(place: Place) -> tuple[str, str]:
    """A session of the course's owner, and the course."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{place.database}", "PORTAL_SECRET_KEYS": f"1:{'42' * 32}",
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{place.port}",
    }  # fmt: skip
    made = subprocess.run(
        [sys.executable, "-m", "portal", "invite", "intake@example.org"],
        env=environment, cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    with httpx.Client(timeout=60) as http:
        http.post(re.search(r"http\S+", made)[0], data={"name": "Intake", "password": "violet tractor beneath morning"})
        course = http.post(f"http://127.0.0.1:{place.port}/courses", data={"title": "Intake"}).headers["location"]
        return http.cookies["session"], course.split("/")[2].split("?")[0]


def send(place: Place, session: str, course: str, paths: list[Path]) -> None:
    """Two at a time in pieces, as the form's script does."""
    waiting, lock = list(paths), threading.Lock()

    def one_after_another() -> None:
        base = f"http://127.0.0.1:{place.port}"
        with httpx.Client(base_url=base, cookies={"session": session}, timeout=120) as http:
            while True:
                with lock:
                    if not waiting:
                        return
                    data = waiting.pop(0).read_bytes()
                tus = {"Tus-Resumable": "1.0.0", "Accept": "application/json"}
                made = http.post(f"/courses/{course}/uploads", headers=tus | {"Upload-Length": str(len(data))})
                upload = made.headers["location"]
                more = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
                http.patch(upload, content=data, headers=tus | more).raise_for_status()
                http.post(f"{upload}/media", headers=tus).raise_for_status()

    threads = [threading.Thread(target=one_after_another) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite3.connect(place.database) as rows:
        assert rows.execute("SELECT count(*) FROM media").fetchone()[0] >= len(paths)


def children_of_this() -> list[int]:
    """The server's process."""
    mine = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(child) for child in mine]


class Peak:
    """The highest memory of processes and all that they started, in MB, without counting shared pages twice."""

    def __init__(self, roots: list[int]) -> None:
        self.roots, self.highest, self.ended = roots, 0.0, threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def start(self) -> None:
        """Watch from now on."""
        self.thread.start()

    def stop(self) -> float:
        """The highest so far."""
        self.ended.set()
        self.thread.join()
        return self.highest

    def _watch(self) -> None:
        while not self.ended.wait(0.1):
            self.highest = max(self.highest, sum(self._memory(root) for root in self.roots))

    def _memory(self, process: int) -> float:
        try:
            own = re.search(r"Pss:\s+(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text())
            children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        except OSError:
            return 0.0
        return (int(own[1]) / 1024 if own else 0.0) + sum(self._memory(int(child)) for child in children)


if __name__ == "__main__":
    main()
