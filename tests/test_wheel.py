"""The installable package is the whole product: its demo needs nothing of the checkout, and keeps nothing among packages."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent
#: the command as pip writes it, and where its packages came from
COMMAND = "import lessonlink, sys; sys.argv[0] = 'lessonlink'; lessonlink.main()"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package in it, as pip installs it."""
    made, packages = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("packages")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(made)]
    subprocess.run([*pip, "wheel", *options, str(ROOT)], check=True, cwd=made)
    (wheel,) = made.glob("lessonlink-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", str(packages), str(wheel)], check=True)
    return packages


def test_demo_of_the_installed_package_runs_and_keeps_its_files_in_the_account(packages: Path, tmp_path: Path) -> None:
    before = {path for path in packages.rglob("*") if "__pycache__" not in path.parts}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ours = ("PORTAL_", "COVERAGE_", "DATABASE_URL", "PYTHON")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {
        "PYTHONPATH": str(packages),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, "-P", "-c", COMMAND, "demo", "--port", str(port)]
    demo = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(1200):
            assert demo.poll() is None, "the demo ended"
            try:
                ready = httpx.get(f"{url}/readyz").json()
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        assert ready["status"] == "ok"
        page = httpx.get(f"{url}/sign-in", headers={"accept-language": "zh"}).text
        style = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
        assert "登录" in page
        assert "--" in httpx.get(f"{url}{style}").text
    finally:
        demo.send_signal(signal.SIGINT)
        told, _ = demo.communicate(timeout=30)
    sheet = Path(told.partition("Sheet to print: ")[2].partition("\n")[0])
    assert sheet.is_relative_to(tmp_path / "data" / "lessonlink" / "var")
    assert sheet.read_bytes().startswith(b"%PDF")
    assert {path for path in packages.rglob("*") if "__pycache__" not in path.parts} == before
