"""How the `portal` command ends."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: a command that leaves a thread of its own running, as obstore does, and says so
LEAVES_A_THREAD = """
import atexit, sys, threading, time
from portal import __main__ as portal

def work(settings, options):
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    atexit.register(sys.stderr.write, "what others registered is called\\n")
    if options.command == "doctor":
        raise ValueError("no")
    print("done")

portal._command = lambda name: work
portal.run()
"""
CALLED = "what others registered is called\n"


def test_command_ends_with_its_status_and_all_it_said(tmp_path: Path) -> None:
    for command, status, said, complained in (
        ("sweep", 0, "done\n", ""),
        ("doctor", 1, "", "portal doctor: no\n"),
    ):
        done = _run(tmp_path, command)
        assert (done.returncode, done.stdout, done.stderr) == (status, said, complained + CALLED)


def test_command_says_when_nobody_can_read_its_answer(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = _run(tmp_path, "sweep", stdout=full)
    assert (done.returncode, done.stderr) == (1, "portal sweep: [Errno 28] No space left on device\n" + CALLED)
    assert _run(tmp_path, "nonsense").returncode == 2


def _run(folder: Path, command: str, stdout: object = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{folder}/x", "PORTAL_SECRET_KEYS": f"1:{'5a' * 32}"}
    return subprocess.run(
        [sys.executable, "-c", LEAVES_A_THREAD, command], env=environment, cwd=ROOT, text=True, timeout=60,
        stdout=stdout, stderr=subprocess.PIPE,
    )  # fmt: skip
