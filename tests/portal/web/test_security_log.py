"""The security log's file: whole lines from several processes at once, small, and its owner's alone."""

import os
import stat
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from portal.web.security_log import FILES, LINES_A_MINUTE, Line, SecurityLog

ROOT = Path(__file__).parents[3]
#: writes lines of its own as fast as it can; each of another network, of which none has too many
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from portal.web.security_log import Line, SecurityLog
log = SecurityLog(Path(sys.argv[1]), 20_000)
for number in range(200):
    log.write(Line(datetime.now(UTC), "signed_in", f"{sys.argv[2]}-{number}", "x", 303, "POST /sign-in"))
"""


def line(event: str = "signed_in", network: str = "203.0.113.0/24") -> Line:
    return Line(datetime.now(UTC), event, network, "abc", 303, "POST /sign-in", uuid4())


def test_lines_of_several_processes_are_whole_and_none_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "security.log"
    # As much as fits into the files, so that none of it has been rotated away.
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], cwd=ROOT) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    found = [each.network for each in SecurityLog(path).lines()]
    kept = [text for each in path.parent.iterdir() for text in each.read_bytes().splitlines()]
    assert len(found) == len(kept) == len(set(found))
    assert 100 < len(found) <= 600
    files = sorted(each.name for each in path.parent.iterdir())
    assert files == ["security.log", *(f"security.log.{number}" for number in range(1, len(files)))]
    assert len(files) <= FILES
    assert all(each.stat().st_size < 20_000 + 500 for each in path.parent.iterdir())
    # Those that are there are the newest: of each writer the end, without a gap.
    for name in "abc":
        numbers = sorted(int(each.partition("-")[2]) for each in found if each.startswith(name))
        assert numbers == list(range(200 - len(numbers), 200))


def test_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "security.log"
    before = os.umask(0)
    try:
        SecurityLog(path).write(line())
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(msgspec.json.decode(path.read_bytes())) == {
        "at", "event", "network", "visitor", "status", "where", "person", "key", "left_out",
    }  # fmt: skip


def test_a_flood_of_one_network_is_counted_and_hides_no_other(tmp_path: Path) -> None:
    log = SecurityLog(tmp_path / "security.log")
    for _ in range(3 * LINES_A_MINUTE):
        log.write(line("sign_in_failed"))
    log.write(line("sign_in_failed", "198.51.100.0/24"))
    found = list(log.lines())
    assert Counter(each.network for each in found)["198.51.100.0/24"] == 1
    # A minute may have ended in between.
    assert LINES_A_MINUTE < len(found) <= 2 * LINES_A_MINUTE + 1
    assert sum(each.left_out for each in found) + len(found) == 3 * LINES_A_MINUTE + 1


@pytest.mark.parametrize("text", [b"", b"not json", b'{"at": 1}', b"\xff\xfe"])
def test_a_broken_line_hides_no_other(tmp_path: Path, text: bytes) -> None:
    log = SecurityLog(tmp_path / "security.log")
    log.write(line())
    with (tmp_path / "security.log").open("ab") as file:
        file.write(text + b"\n")
    log.write(line("signed_out"))
    assert [each.event for each in log.lines()] == ["signed_out", "signed_in"]


def test_a_disk_that_takes_nothing_keeps_nobody_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    SecurityLog(tmp_path / "file" / "security.log").write(line())
    assert "could not be written" in caplog.text
