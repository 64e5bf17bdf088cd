"""A server in processes of its own, to be killed."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from courses.places import ROOT
from tests.databases import free_port
from tests.portal.conftest import KEYS


class Server:
    """`portal serve`, which is started again wherever it was killed, as systemd does."""

    def __init__(self, address: str, folder: Path, workers: int = 1) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = ["-m", "portal", "serve", "--port", str(self.port), "--workers", str(workers)]
        self._environment = os.environ | {
            "DATABASE_URL": address,
            "PORTAL_MEDIA": f"file://{folder}/media",
            "PORTAL_SECRET_KEYS": KEYS,
            "PORTAL_PUBLIC_URL": self.url,
        }
        self.start()

    def start(self) -> None:
        command = [sys.executable, *self._command]
        self._process = subprocess.Popen(command, env=self._environment, cwd=ROOT, start_new_session=True)

    def kill(self) -> None:
        """All of its processes: those that serve would stay where only the first is killed."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    async def ready(self) -> None:
        """Until it says so."""
        async with httpx.AsyncClient(base_url=self.url) as client:
            for _ in range(1_200):
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get("/readyz")).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise AssertionError("not ready in 60 s")

    def kill_one(self) -> None:
        """One of its processes that serve; it starts another itself."""
        os.kill(random.choice(self.serving()), signal.SIGKILL)

    def serving(self) -> list[int]:
        """Its processes that serve, where there are several."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
