"""The machine's own packages: which are needed, which are missing, and how they come."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

APT = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]


@dataclass(frozen=True)
class Need:
    package: str  # Debian's name for it
    there: Callable[[], bool]


def program(name: str) -> str | None:
    return shutil.which(name)


def _library(file: str) -> Callable[[], bool]:
    def there() -> bool:
        try:
            ctypes.CDLL(file)
        except OSError:
            return False
        return True

    return there


def _font(package: str) -> Callable[[], bool]:
    """Fonts are asked for where Debian's package manager can answer; elsewhere the tests only look different."""

    def there() -> bool:
        query = program("dpkg-query")
        if query is None:
            return True
        done = subprocess.run([query, "-W", "-f=${db:Status-Status}", package], capture_output=True, text=True)  # noqa: S603
        return done.stdout == "installed"

    return there


# WeasyPrint loads these by name; no Python package for Linux has them inside.
RUNTIME = [
    Need("libpango-1.0-0", _library("libpango-1.0.so.0")),
    Need("libpangoft2-1.0-0", _library("libpangoft2-1.0.so.0")),
    Need("libharfbuzz-subset0", _library("libharfbuzz-subset.so.0")),
]
LABEL_TEMPLATES = Path("/usr/share/libglabels-3.0/templates")
# The browser, and what it draws Chinese and emoji with: the product sends phones no such fonts.
TEST = [
    Need("postgresql", lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))),
    Need("pgbouncer", lambda: program("pgbouncer") is not None or Path("/usr/sbin/pgbouncer").exists()),
    Need("nginx", lambda: shutil.which("nginx", path="/usr/sbin:/usr/bin") is not None),  # the balancer of deploy/
    Need("libatomic1", _library("libatomic.so.1")),  # the Node.js inside Playwright is linked to it
    # Chromium without a window of its own, which costs more than the pages in it.
    Need("chromium-headless-shell", lambda: program("chromium-headless-shell") is not None),
    Need("fonts-wqy-microhei", _font("fonts-wqy-microhei")),
    Need("fonts-noto-color-emoji", _font("fonts-noto-color-emoji")),
    Need("libzbar0", _library("libzbar.so.0")),  # one of the readers of bench/codes.py
    Need("poppler-utils", lambda: program("pdftotext") is not None),  # reads the text of sheets back
    Need("mupdf-tools", lambda: program("mutool") is not None),  # so does this
    Need("libreoffice-calc-nogui", lambda: program("soffice") is not None),  # opens the exports: 88 MB, half a minute
    Need("glabels-data", LABEL_TEMPLATES.is_dir),  # measures of label sheets, to hold ours against
]
VENV = Need("python3-venv", lambda: importlib.util.find_spec("ensurepip") is not None)


def install(part: str, venv: bool) -> None:
    """Installs what is missing for a part ("runtime" or "test"); raises SystemExit with the command to run by hand."""
    needs = ([VENV] if venv else []) + RUNTIME + (TEST if part == "test" else [])
    missing = [need.package for need in needs if not need.there()]
    if not missing:
        return
    command = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    by_hand = f"sudo apt-get update && sudo {command}"
    if program("apt-get") is None:
        raise SystemExit(f"Missing here (by Debian's names): {' '.join(missing)}. Install them, then run this again.")
    if os.geteuid() != 0:
        raise SystemExit(f"Missing here: {' '.join(missing)}. Run this, then try again:\n    {by_hand}")
    print(f"Installing with apt-get: {' '.join(missing)} …", flush=True)
    # A stale third-party list must not stop what Debian itself offers, so only the installation's failure counts.
    _apt("update")
    done = _apt("install", "-y", "--no-install-recommends", *missing)
    importlib.invalidate_caches()
    still = [need.package for need in needs if not need.there()]
    if done.returncode or still:
        raise SystemExit(
            f"{done.stdout}\nStill missing: {' '.join(still)}. This command should bring them:\n    {command}"
        )


def _apt(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, "text": True}
    return subprocess.run([*APT, *arguments], env=environment, check=False, **both)  # noqa: S603
