"""What worker processes load: what their work needs, and neither the web nor the database that would slow their start."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
#: libraries that no worker needs, by their top name
STRANGERS = {
    "aiosqlite", "argon2", "asyncpg", "babel", "httpx", "litestar", "nh3", "obstore", "piccolo", "sqlite3", "uvicorn",
}  # fmt: skip
#: modules that a worker has loaded before its first work; print runs have 372 with Pillow, zxing-cpp and Jinja2
MOST = 450
#: as the pool starts it: a process of its own, with the main module that a running portal has (anyio.to_process)
DRIVER = """
import asyncio, json, sys
import portal.workers.pool
from load_tracer import loaded

sys.modules["__main__"].__file__ = f"{sys.argv[1]}/portal/__main__.py"
print(json.dumps(asyncio.run(portal.workers.pool.in_worker(loaded, sys.argv[2]))))
"""


def handed_over() -> Iterator[tuple[str, str]]:
    """Each function that is given to `in_worker`, with the module it is from."""
    for path in sorted((ROOT / "portal").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "in_worker(" not in text:
            continue
        tree = ast.parse(text)
        from_module = {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "in_worker":
                work = node.args[0]
                assert isinstance(work, ast.Name), f"{path}:{node.lineno} gives something else than a function's name"
                assert work.id in from_module, f"{path}:{node.lineno} gives a function of its own"
                yield from_module[work.id]


WORKERS = {
    f"portal.workers.{path.stem}" for path in (ROOT / "portal" / "workers").glob("*.py") if path.stem != "__init__"
}


def test_functions_of_every_worker_are_found() -> None:
    assert {module for module, _ in handed_over()} >= WORKERS - {
        f"portal.workers.{name}" for name in ("asker", "places", "pool", "refusals", "threads")
    }
    assert {("courses.students.reading", "decode_roster"), ("portal.workers.archives", "prepare_entry")} <= set(
        handed_over()
    )


@pytest.mark.parametrize("module", sorted(WORKERS | {module for module, _ in handed_over()}))
def test_worker_loads_no_web_and_no_database(module: str) -> None:
    loaded = loaded_in_worker(module)
    assert module in loaded
    intruders = [name for name in loaded if name in STRANGERS]
    assert not intruders, "\n".join(" ← ".join(way_to(name, loaded)) for name in intruders)
    assert len(loaded) <= MOST, f"{len(loaded)} modules: {' '.join(loaded)}"


def test_an_intruder_is_named_with_the_way_it_came() -> None:
    loaded = loaded_in_worker("courses.lessons.links")
    way = way_to("piccolo", loaded)
    assert way[0] == "piccolo"
    assert way[-1] == "courses.lessons.links"
    assert {name.partition(".")[0] for name in way[1:]} == {"courses"}


def loaded_in_worker(module: str) -> dict[str, str]:
    """Every module that a new worker has loaded once it has imported this one, and which module brought it."""
    places = f"{ROOT}{os.pathsep}{Path(__file__).parent}"
    # Coverage, which loads SQLite, is no part of a worker.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", DRIVER, ROOT, module],
        cwd=ROOT, env=kept | {"PYTHONPATH": places}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def way_to(name: str, loaded: dict[str, str]) -> list[str]:
    """From a module to the one that brought it, and on to the first."""
    way = [name]
    while (by := loaded.get(way[-1], "")) and by not in way and by != "load_tracer":
        way.append(by)
    return way
