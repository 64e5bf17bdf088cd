"""A PostgreSQL of this machine's programs in a folder of its own, and a replica of it; no service, no container."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

#: Debian's, the newest last
PROGRAMS = Path("/usr/lib/postgresql")
#: seconds to start, to copy a server, to be promoted
PATIENCE = 60.0


class Postgres:
    """One server: `make` or `copy`, then `start`; `kill` is without a word to anybody."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.address = f"127.0.0.1:{port}"
        found = sorted(PROGRAMS.glob("*/bin"))
        if not found:
            raise SystemExit("PostgreSQL is missing: apt-get install postgresql")
        self._programs = found[-1]
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of its one database."""
        return f"postgres://portal@{self.address}/postgres"

    @property
    def process(self) -> int:
        """That all others of the server are below; 0 where none runs."""
        return self._server.pid if self._server else 0

    def make(self) -> None:
        """An empty one. Its account has no password: it listens on this machine's own address alone."""
        self._own_folder()
        self._run("initdb", "-D", self.folder, "-A", "trust", "-U", "portal", "-E", "UTF8", "--locale", "C.UTF-8")

    def copy(self, of: "Postgres", name: str) -> None:
        """A streaming replica, which that server knows by this name."""
        self._own_folder()
        way = f"host=127.0.0.1 port={of.port} user=portal application_name={name}"
        self._run("pg_basebackup", "-D", self.folder, "-R", "-X", "stream", "-c", "fast", "-d", way)

    def start(self, *options: str) -> None:
        """Until it takes connections; `options` as in postgresql.conf."""
        given = [
            part for option in ("listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}", *options)
            for part in ("-c", option)
        ]  # fmt: skip
        with open(self.folder.parent / f"{self.folder.name}.log", "ab") as log:
            # A session of its own: Ctrl-C in the terminal is ours to hear, and what hangs on it ends before it.
            self._server = subprocess.Popen(
                self._command("postgres", "-D", self.folder, "-p", str(self.port), *given),
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._until(lambda: self._works("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)))

    def promote(self) -> None:
        """A replica takes writes from now on; returns once it does."""
        self._run("pg_ctl", "promote", "-w", "-D", self.folder)

    def ask(self, statement: str) -> str:
        """The one value that it answers."""
        done = self._run("psql", "-XAtq", "-d", self.url, "-c", statement)
        return done.stdout.decode().strip()

    def kill(self) -> None:
        """-9 for all its processes, as a machine that is switched off."""
        if self._server is not None:
            first = self._server.pid
            others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
            for process in (first, *map(int, others)):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            self._server.wait()
            self._server = None

    def stop(self) -> None:
        """In good order, whoever is connected."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(PATIENCE)
            self._server = None

    def _own_folder(self) -> None:
        self.folder.mkdir(mode=0o700)
        if os.getuid() == 0:  # as which its programs never run
            shutil.chown(self.folder, "postgres", "postgres")

    def _command(self, program: str, *arguments: object) -> list[str]:
        command = [str(self._programs / program), *map(str, arguments)]
        return (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
            if os.getuid() == 0
            else command
        )

    def _run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            self._command(program, *arguments), capture_output=True, cwd="/", timeout=PATIENCE, check=False
        )
        if done.returncode:
            raise SystemExit(f"{program} failed: {done.stderr.decode().strip()}")
        return done

    def _works(self, program: str, *arguments: object) -> bool:
        return not subprocess.run(self._command(program, *arguments), capture_output=True, check=False).returncode

    def _until(self, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not ready():
            if self._server is None or self._server.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"PostgreSQL did not start: see {self.folder}.log")
            time.sleep(0.05)
