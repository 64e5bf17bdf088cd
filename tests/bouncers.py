"""PgBouncer, between the portal and its PostgreSQL."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


@contextmanager
def bouncing(address: str, mode: str) -> Iterator[str]:
    """The address of a PgBouncer in front of a database of PostgreSQL, while this is open."""
    there, port = urlsplit(address), _free_port()
    name = there.path[1:]
    # In session mode a connection waits for another one's end: here it has as many as a process of the portal.
    size = 10 if mode == "session" else 3
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as settings:
        settings.write(
            f"[databases]\n{name} = host={there.hostname} port={there.port} dbname={name} user={there.username}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
            f"pool_mode = {mode}\ndefault_pool_size = {size}\n"
        )
        settings.flush()
        os.chmod(settings.name, 0o644)
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        # It never runs as root.
        bouncer = subprocess.Popen([program, "-q", settings.name], user="postgres" if os.getuid() == 0 else None)
        try:
            _until_open(port)
            yield there._replace(netloc=f"{there.username}@127.0.0.1:{port}").geturl()
        finally:
            bouncer.kill()  # it would wait for the engine's connections
            bouncer.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_open(port: int) -> None:
    end = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < end, "PgBouncer did not start"
            time.sleep(0.02)
        else:
            return
