"""The completion list of a large class: server time and queries of its pages, and its XLSX.

.venv/bin/python bench/class_completion.py [--students 500] [--lessons 60] [--events 100000] [--rounds 15]
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from litestar.testing import TestClient
from pages import ROOT, count


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    for name, default in (("students", 500), ("lessons", 60), ("events", 100_000), ("rounds", 15)):
        options.add_argument(f"--{name}", type=int, default=default)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "PORTAL_MEDIA": f"file://{folder}/media",
            "PORTAL_SECRET_KEYS": f"1:{'42' * 32}", "PORTAL_PUBLIC_URL": "http://testserver.local", "PORTAL_REHEARSAL": "1",
        })  # fmt: skip
        sizes = [str(number) for number in (given.students, given.lessons, given.events)]
        made = subprocess.run(
            [sys.executable, str(ROOT / "bench" / "class_course.py"), *sizes],
            check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        ).stdout.split()  # fmt: skip
        print(f"{' × '.join(sizes[:2])}, {sizes[2]} events, {given.rounds} rounds, load {os.getloadavg()[0]:.1f}")
        measure(*made, given.rounds)


def measure(session: str, course: str, rounds: int) -> None:
    """In one process without a network; the XLSX is written by a worker process, warm from the second on."""
    from portal.app import from_environment

    with TestClient(from_environment(), base_url="http://testserver.local") as portal:
        cookie = {"cookie": f"session={session}", "accept-language": "zh"}
        home = f"/courses/{course}"
        asks = {
            "first page": f"{home}/completion",
            "late, last heard of first": f"{home}/completion?state=late&sort=-time",
            "by name, third page": f"{home}/completion?sort=name&page=3",
            "CSV": f"{home}/completion.csv",
            "XLSX": f"{home}/exports/completion/file.xlsx",
        }
        print(f"{'':28}{'median ms':>10}{'worst ms':>10}{'CPU ms':>8}{'queries':>9}{'kB':>8}{'peak MB so far':>16}")
        for name, path in asks.items():
            queries, times, cpu = count(lambda path=path: asked(portal, path, cookie)), [], []
            for _ in range(rounds if name != "XLSX" else 3):
                start, worked = time.perf_counter(), time.process_time()
                status, size = asked(portal, path, cookie)
                times.append((time.perf_counter() - start) * 1000)
                cpu.append((time.process_time() - worked) * 1000)
                if status != 200:
                    raise SystemExit(f"{name} answered {status}")
            print(f"{name:28}{statistics.median(times):10.0f}{max(times):10.0f}{statistics.median(cpu):8.0f}{queries:9}"
                  f"{size // 1000:8}{peak():16.0f}")  # fmt: skip


def asked(portal: TestClient, path: str, cookie: dict[str, str]) -> tuple[int, int]:
    """Status and size. The answer is let go: what a client keeps of pages of 1.7 MB is not the portal's memory."""
    answer = portal.get(path, headers=cookie)
    return answer.status_code, len(answer.content)


def peak() -> float:
    """Of this process, in MB."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
