"""Every process of the server writes its lines in one form, with the time in UTC."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
#: as a process that the server starts: it begins with the factory, and with none of the first one's configuration
FIRST = "from portal.web.process_log import write_log; write_log()"
FACTORY = "from portal.app import from_environment; from_environment()"
BEGIN = {"server": FIRST, "worker": FACTORY, "both": f"{FIRST}; {FACTORY}"}
SAYS = """
import logging
logging.getLogger("portal.prints").warning("a run failed")
logging.getLogger("httpx").info("GET /s/TOKEN")
"""
LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) WARNING portal\.prints a run failed\n")


@pytest.mark.parametrize("process", BEGIN)
def test_line_says_when_how_bad_and_where_in_every_process(process: str, tmp_path: Path) -> None:
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3", "PORTAL_MEDIA": f"file://{tmp_path}/media",
        "PORTAL_SECRET_KEYS": f"1:{'5a' * 32}", "TZ": "Asia/Shanghai",
    }  # fmt: skip
    command = [sys.executable, "-c", f"{BEGIN[process]}\n{SAYS}"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    line = LINE.fullmatch(done.stderr)
    assert line, done.stderr
    assert abs(datetime.now(UTC) - datetime.fromisoformat(line[1])) < timedelta(minutes=1)
