"""Another account of the same machine looks for what the portal keeps: nothing may be its to read."""

import io
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


def open_to_others(folder: Path) -> list[str]:
    """Files and folders below, and the folder itself, that another account could read, write or list."""
    return sorted(
        f"{stat.S_IMODE(path.lstat().st_mode):04o} {path.relative_to(folder)}"
        for path in (folder, *folder.rglob("*"))
        if path.lstat().st_mode & 0o077
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the portal keeps things; as open as an administrator may have left it."""
    folder = tmp_path_factory.mktemp("machine") / "kept"
    folder.mkdir()
    folder.chmod(0o755)  # the mask in force may be a strict one
    return folder


@pytest.fixture(scope="module")
def environment(kept: Path) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{kept}/data/portal.sqlite3",
        "PORTAL_MEDIA": f"file://{kept}/media",
        "PORTAL_SECRET_KEYS": f"1:{'5a' * 32}",
        "PORTAL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORTAL_SECURITY_LOG": f"{kept}/data/security.log",
        "PORTAL_REHEARSAL": "1",
    }


def command(environment: dict[str, str], *arguments: str) -> str:
    """With the mask of an account that shares everything."""
    done = subprocess.run(
        [sys.executable, "-m", "portal", *arguments],
        env=environment, cwd=ROOT, capture_output=True, text=True, umask=0,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def served(environment: dict[str, str]) -> Iterator[str]:
    """The address of a portal of two processes."""
    command(environment, "migrate")
    url = environment["PORTAL_PUBLIC_URL"]
    serve = [sys.executable, "-m", "portal", "serve", "--workers", "2", "--port", url.rpartition(":")[2]]
    server = subprocess.Popen(serve, env=environment, cwd=ROOT, umask=0)
    try:
        for _ in range(400):
            assert server.poll() is None, "the server ended"
            try:
                httpx.get(f"{url}/healthz", timeout=1)
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(15)


def test_others_read_nothing_that_a_running_portal_keeps(served: str, environment: dict[str, str], kept: Path) -> None:
    form = {"name": "Alice", "password": "violet tractor beneath morning"}
    httpx.post(command(environment, "invite", "alice@example.org"), data=form)
    key = command(environment, "api-key", "alice@example.org", "--name", "test")
    photo = io.BytesIO()
    Image.effect_noise((640, 480), 80).convert("RGB").save(photo, "JPEG")
    with httpx.Client(base_url=f"{served}/api/v1", headers={"authorization": f"Bearer {key}"}, timeout=30) as api:
        course = api.post("/courses", json={"title": "Spring"}).json()["id"]
        file = {"file": ("a.jpg", photo.getvalue(), "image/jpeg")}
        assert api.post(f"/courses/{course}/media", files=file).status_code == 201
    command(environment, "backup", str(kept / "data" / "night.backup"))
    found = {path.name for path in kept.rglob("*") if path.is_file()}
    assert {"portal.sqlite3", "portal.sqlite3-wal", "portal.sqlite3-shm", "night.backup", "security.log"} <= found
    assert any((kept / "media").rglob("*.webp"))
    # The folder was there before and may have more in it, so that it is left as it is.
    assert open_to_others(kept) == ["0755 ."]


def test_others_lose_what_an_older_portal_left_open(environment: dict[str, str], served: str, kept: Path) -> None:
    database, media = kept / "data" / "portal.sqlite3", kept / "media"
    old = media / "courses" / "old.jpg"
    old.parent.mkdir(exist_ok=True)
    old.parent.chmod(0o755)
    old.write_bytes(b"x")
    strange = kept / "strange"
    strange.write_bytes(b"x")
    for path in (database, old, strange):
        path.chmod(0o644)
    media.chmod(0o755)
    (media / "elsewhere").symlink_to(strange)
    complaint = subprocess.run(
        [sys.executable, "-m", "portal", "doctor"], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert complaint.returncode == 1
    assert "wrong files: other accounts may use " in complaint.stdout
    assert f"({database}, " in complaint.stdout
    command(environment, "migrate")
    assert open_to_others(kept / "data") == []
    assert open_to_others(media) == ["0777 elsewhere"]  # a symbolic link has no mode of its own
    assert stat.S_IMODE(strange.stat().st_mode) == 0o644
