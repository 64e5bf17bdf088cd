"""Pages of instructors and the student's, in a course of 1,000 lessons: server time, queries and bytes, beside a bare handler.

.venv/bin/python bench/pages.py [--lessons 1000] [--rounds 60]
"""

import argparse
import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar, get
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template import TemplateConfig
from litestar.testing import TestClient

ROOT = Path(__file__).parent.parent
CONSTANT = "<!doctype html><title>{{ title }}</title><ul>{% for n in numbers %}<li>{{ n }}</li>{% endfor %}</ul>"


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lessons", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=60)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "PORTAL_MEDIA": f"file://{folder}/media",
            "PORTAL_SECRET_KEYS": f"1:{'42' * 32}", "PORTAL_PUBLIC_URL": "http://testserver.local", "PORTAL_REHEARSAL": "1",
        })  # fmt: skip
        made = subprocess.run(
            [sys.executable, str(ROOT / "bench" / "pages_course.py"), str(given.lessons)],
            check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        ).stdout.split()  # fmt: skip
        print(f"{given.lessons} lessons, {given.rounds} rounds, load {os.getloadavg()[0]:.1f}")
        measure(*made, given.rounds)


def measure(session: str, course: str, lesson: str, token: str, rounds: int) -> None:
    """The pages in one process without a network, one round of all after the other, so that all meet the same load."""
    from portal.app import from_environment

    with TestClient(bare()) as nothing, TestClient(from_environment(), base_url="http://testserver.local") as portal:
        portal.follow_redirects = False
        phone = portal.get(f"/s/{token}").headers
        link, cookie = phone["location"], phone["set-cookie"].split(";")[0]
        mine = {"cookie": f"session={session}", "accept-language": "zh"}
        asks: dict[str, Callable[[], httpx.Response]] = {
            "a constant template, no database": lambda: nothing.get("/"),
            "course list": lambda: portal.get(f"/courses/{course}", headers=mine),
            "… searched": lambda: portal.get(f"/courses/{course}?q=lesson+7", headers=mine),
            "… the list alone": lambda: portal.get(f"/courses/{course}?q=lesson+7", headers=mine | {"x-part": "list"}),
            "… by most published": lambda: portal.get(f"/courses/{course}?sort=published", headers=mine),
            "… that are open": lambda: portal.get(f"/courses/{course}?state=open", headers=mine),
            "calendar": lambda: portal.get(f"/courses/{course}/calendar", headers=mine),
            "editor": lambda: portal.get(f"/lessons/{lesson}/edit", headers=mine),
            "preview": lambda: portal.get(f"/lessons/{lesson}/preview", headers=mine),
            "student's page": lambda: portal.get(link, headers={"cookie": cookie, "accept-language": "zh"}),
        }
        queries = {name: count(ask) for name, ask in asks.items()}
        times: dict[str, list[float]] = {name: [] for name in asks}
        cpu: dict[str, list[float]] = {name: [] for name in asks}
        sizes = {}
        for _ in range(rounds):
            for name, ask in asks.items():
                start, worked = time.perf_counter(), time.process_time()
                answer = ask()
                times[name].append((time.perf_counter() - start) * 1000)
                cpu[name].append((time.process_time() - worked) * 1000)
                if answer.status_code != 200:
                    raise SystemExit(f"{name} answered {answer.status_code}")
                sizes[name] = len(answer.content), len(gzip.compress(answer.content, 6))
    base = statistics.median(next(iter(cpu.values())))
    print(f"{'':34}{'median ms':>10}{'p95 ms':>9}{'CPU ms':>8}{'ratio':>8}{'queries':>9}{'bytes':>9}{'gzip':>8}")
    for name, taken in times.items():
        median, slow, work = (
            statistics.median(taken),
            statistics.quantiles(taken, n=20)[-1],
            statistics.median(cpu[name]),
        )
        whole, small = sizes[name]
        print(
            f"{name:34}{median:10.1f}{slow:9.1f}{work:8.1f}{work / base:8.1f}{queries[name]:9}{whole:9}{small:8}"
        )  # fmt: skip


def bare() -> Litestar:
    """What the framework and a template cost by themselves."""
    from jinja2 import DictLoader, Environment

    @get("/")
    async def answer() -> Template:
        return Template("constant.html", context={"title": "Bench", "numbers": range(50)})

    engine = JinjaTemplateEngine.from_environment(
        Environment(loader=DictLoader({"constant.html": CONSTANT}), autoescape=True)
    )
    return Litestar([answer], template_config=TemplateConfig(instance=engine), openapi_config=None, logging_config=None)


def count(ask: Callable[[], httpx.Response]) -> int:
    """Statements that reach the database for one page, on its second call: what a process keeps is warm."""
    ask()
    with counted() as queries:
        ask()
    return len(queries)


@contextmanager
def counted() -> Any:
    """Collects the statements."""
    from courses.engine import KeptSQLiteEngine

    queries: list[str] = []
    patiently = KeptSQLiteEngine.patiently

    async def counting(self: KeptSQLiteEngine, connection: Any, query: str, args: Any) -> list[dict[str, Any]]:
        queries.append(query)
        return await patiently(self, connection, query, args)

    KeptSQLiteEngine.patiently = counting  # type: ignore[method-assign]
    try:
        yield queries
    finally:
        KeptSQLiteEngine.patiently = patiently  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
