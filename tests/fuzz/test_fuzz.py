"""The fuzzer finds what is wrong, writes it down so that it can be done again, and its seeds are read without a fault."""

import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz import reading
from tests.fuzz.findings import OF_A_PLACE, Findings, given
from tests.fuzz.forms import _request, routes
from tests.fuzz.parsers import READERS, Reader
from tests.fuzz.reading import GROWTH_MB, made, tried
from tests.portal.access_rows import ROUTES

ROOT = Path(__file__).parents[2]


def hold(data: bytes) -> None:
    """More than this process ever had, whatever it did before."""
    held = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - held + (GROWTH_MB + 100) * 2**20
    bytearray(more)[::4096] = b"x" * len(range(0, more, 4096))


def work(data: bytes) -> None:
    until = time.process_time() + 4
    while time.process_time() < until:
        pass


@pytest.mark.parametrize(
    ("read", "what"), [(lambda data: data.index(b"nothing"), "error"), (hold, "memory"), (work, "slow"), (len, None)]
)
def test_fault_of_a_reader_is_seen(read: object, what: str | None) -> None:
    fault = tried(read, b"data")
    assert (fault and fault[0]) == what
    if what == "error":
        assert fault[1].startswith("ValueError at test_fuzz.py:")
        assert "subsection not found" in fault[2]


def test_finding_is_written_with_what_does_it_again(tmp_path: Path) -> None:
    findings = Findings(tmp_path / "made")
    for number in range(OF_A_PLACE + 4):
        findings.add("links", "error", "ValueError at x.py:1", seed="1", number=number, input=b"\x00\xff")
    files = sorted((tmp_path / "made").iterdir())
    assert len(files) == OF_A_PLACE
    assert given(files[0]) == b"\x00\xff"
    assert json.loads(files[0].read_text())["number"] == 0
    assert findings.count == {"links: error": OF_A_PLACE + 4}


@pytest.mark.parametrize(
    ("fault", "what"), [(lambda: os._exit(3), "crash"), (lambda: time.sleep(60), "hang"), (lambda: 1 / 0, "error")]
)
def test_reader_that_takes_its_process_along_is_found_and_the_next_input_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[], object], what: str
) -> None:
    def read(data: bytes) -> None:
        if data == made("planted", "1", 5):
            fault()

    monkeypatch.setitem(READERS, "planted", Reader(read, lambda: [b"seed"]))
    monkeypatch.setattr(reading, "PARTS", multiprocessing.get_context("fork"))  # so that it has what is planted here
    monkeypatch.setattr(reading, "HANGS", 1.0)
    findings, counts = Findings(tmp_path), Counter[str]()
    reading.read_for(4, "1", findings, counts, ["planted"])
    assert findings.count == {f"planted: {what}": 1}
    assert counts["planted"] > 6
    (file,) = tmp_path.iterdir()
    assert given(file) == made("planted", "1", 5)


@pytest.mark.parametrize("name", READERS)
def test_number_makes_the_same_input_again(name: str) -> None:
    assert [made(name, "7", number) for number in range(20)] == [made(name, "7", number) for number in range(20)]
    assert len({made(name, "7", number) for number in range(20)}) > 10
    assert made(name, "7", 3) != made(name, "8", 3)


@pytest.mark.parametrize("name", READERS)
def test_reader_reads_its_seeds_and_what_is_made_of_them(name: str) -> None:
    seeds = READERS[name].corpus()
    READERS[name].read(seeds[0])  # what is loaded at the first time is no growth
    assert [fault for data in seeds if (fault := tried(READERS[name].read, data))] == []
    assert [fault for number in range(40) if (fault := tried(READERS[name].read, made(name, "test", number)))] == []


def test_requests_are_made_for_nearly_every_route() -> None:
    titles = {route.title for route in routes()}
    assert len(ROUTES.keys() & titles) > len(ROUTES) - 10
    sent = [_request(random.Random(f"1 {number}"), {"course_id": ["x"]}) for number in range(2_000)]
    assert sent == [_request(random.Random(f"1 {number}"), {"course_id": ["x"]}) for number in range(2_000)]
    assert len({request["title"] for request in sent}) > 150
    assert not any("{" in request["url"].replace("%7B", "") for request in sent if "courses" in request["url"])


def test_run_ends_in_time_and_says_what_it_sent(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--minutes", "0.1", "--kinds", "readers", "--readers", "links,typed"]
    done = subprocess.run([*command, "--findings", tmp_path], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    counts = dict(line.rsplit(maxsplit=1) for line in done.stdout.splitlines()[:2])
    assert {name.strip() for name in counts} == {"links", "typed"}
    assert all(int(count.replace(",", "")) > 10 for count in counts.values())
    assert "findings: {}" in done.stdout
