"""The whole of deploy/ on this machine, without containers: two servers of the portal, one PostgreSQL, nginx with TLS in front.

.venv/bin/python deploy/two_servers.py [--port 8443] [--workers 1] [--folder FOLDER]

Media are in a folder that both servers share, or in the bucket of PORTAL_MEDIA (s3://…, AWS_*). A server that ends is
started again, as systemd does. Ctrl-C ends all of it. Without --folder nothing is kept.
"""

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from local_postgres import Postgres

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
#: seconds for a server to be ready, to end, and between two looks at whether they run
PATIENCE, END, LOOK = 60.0, 20.0, 0.2
#: around the site's own file
MAIN = """daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log crit;
worker_processes 2;
worker_rlimit_nofile 16384;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    server_tokens off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    include {folder}/site.conf;
}}
"""


def main() -> None:
    """Run until Ctrl-C."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--port", type=int, default=8443)
    options.add_argument("--workers", type=int, default=1, help="processes of each server")
    options.add_argument("--folder", type=Path, help="keeps database, media and keys for the next time")
    given = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as at_end:
        folder = given.folder or Path(at_end.enter_context(tempfile.TemporaryDirectory(prefix="lessonlink-")))
        folder = folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)  # PostgreSQL and nginx have accounts of their own where root starts them
        database = Postgres(folder / "postgres", free_port())
        if not database.folder.exists():
            database.make()
        at_end.callback(database.stop)
        database.start()
        site = at_end.enter_context(running(folder, given.port, database.url, given.workers))
        print(f"Portal:   {site.url}  (its certificate is its own: {folder}/certificate.pem)")
        print(f"Admin:    {site.command('invite', 'teacher@example.org', '--admin')}")
        print(f"Database: {database.url}")
        for server in site.servers:
            print(f"Server:   http://127.0.0.1:{server.port}  process {server.process.pid}, log {server.log}")
        print("Ctrl-C ends all of it.", flush=True)
        signal.pause()


class Server:
    """One `portal serve`, in a session of its own so that it and its workers end together."""

    def __init__(self, port: int, workers: int, environment: dict[str, str], log: Path) -> None:
        self.port, self.log = port, log
        self._command = [sys.executable, "-P", "-m", "portal", "serve", "--port", str(port), "--workers", str(workers)]
        self._environment = environment
        self.start()

    def start(self) -> None:
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self._command, env=self._environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """-9, with its workers."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """As systemd does: asked first."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(END)
        self.kill()

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class Site:
    """Both servers and what is needed to speak to them."""

    def __init__(self, url: str, environment: dict[str, str], folder: Path) -> None:
        self.url, self.environment, self.folder = url, environment, folder
        self.servers: list[Server] = []
        self.tls = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
        self._ending = threading.Event()

    def command(self, *arguments: str) -> str:
        """What `portal …` prints."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "portal", *arguments],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"portal {arguments[0]}: {done.stderr.strip()}")
        return done.stdout.strip()

    def restart_what_ends(self) -> None:
        """Restart=always, RestartSec=1."""
        while not self._ending.wait(LOOK):
            for server in self.servers:
                if server.process.poll() is not None and not self._ending.wait(1):
                    server.kill()  # workers that are left
                    server.start()

    def end(self) -> None:
        self._ending.set()


@contextlib.contextmanager
def running(folder: Path, port: int, database: str, workers: int = 1) -> Iterator[Site]:
    """Two servers on a database, and nginx with TLS at `port`; all end with it."""
    make_certificate(folder)
    environment = os.environ | {
        "PORTAL_PUBLIC_URL": f"https://localhost:{port}",
        "DATABASE_URL": database,
        "PORTAL_MEDIA": os.environ.get("PORTAL_MEDIA") or f"file://{folder}/media",
        "PORTAL_SECRET_KEYS": kept_keys(folder),
        "PORTAL_SECURITY_LOG": f"{folder}/security.log",
        "PORTAL_PROXY": "127.0.0.1",
        "PORTAL_REHEARSAL": "1",
    }
    site = Site(f"https://localhost:{port}", environment, folder)
    site.command("migrate")
    with contextlib.ExitStack() as at_end:
        for name in ("one", "two"):
            server = Server(free_port(), workers, environment, folder / f"server-{name}.log")
            site.servers.append(server)
            at_end.callback(server.end)
        wait(site.servers)
        keeper = threading.Thread(target=site.restart_what_ends, daemon=True)
        keeper.start()
        at_end.callback(keeper.join)
        at_end.callback(site.end)
        nginx = start_nginx(folder, port, [server.port for server in site.servers])
        at_end.callback(nginx.wait)
        at_end.callback(nginx.terminate)
        yield site


def start_nginx(folder: Path, port: int, servers: list[int]) -> subprocess.Popen[bytes]:
    """Returns once it listens; it ends by SIGTERM."""
    nginx = subprocess.Popen(nginx_command(folder, port, servers), start_new_session=True)
    end = time.monotonic() + PATIENCE
    while nginx.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return nginx
        time.sleep(0.05)
    raise SystemExit("nginx did not start")


def nginx_command(folder: Path, port: int, servers: list[int]) -> list[str]:
    """With the site's own file, of which nothing is other than places and ports, and what is around it."""
    (folder / "site.conf").write_text(site_here((HERE / "nginx.conf").read_text(), folder, port, servers))
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise SystemExit("nginx is missing: apt-get install nginx")
    return [program, "-e", str(folder / "nginx-error.log"), "-c", str(folder / "nginx.conf")]


def site_here(text: str, folder: Path, port: int, servers: list[int]) -> str:
    """deploy/nginx.conf with this machine's ports and files. Raises SystemExit where a line to be changed is not there."""
    changes = {
        "    listen 80;\n    listen [::]:80;\n": f"    listen 127.0.0.1:{free_port()};\n",
        "    listen 443 ssl http2;\n    listen [::]:443 ssl http2;\n": f"    listen 127.0.0.1:{port} ssl http2;\n",
        "server 10.0.0.11:8000": f"server 127.0.0.1:{servers[0]}",
        "server 10.0.0.12:8000": f"server 127.0.0.1:{servers[1]}",
        "/etc/letsencrypt/live/class.example.com/fullchain.pem": f"{folder}/certificate.pem",
        "/etc/letsencrypt/live/class.example.com/privkey.pem": f"{folder}/key.pem",
        "/var/log/nginx/lessonlink": f"{folder}/nginx",
        "/var/cache/nginx/lessonlink": f"{folder}/nginx-cache",
        "class.example.com": "localhost",
    }
    for given, here in changes.items():
        if given not in text:
            raise SystemExit(f"deploy/nginx.conf does not say {given.strip()} any more")
        text = text.replace(given, here)
    return text


def make_certificate(folder: Path) -> None:
    """One of this machine's own, for a week."""
    if not (folder / "certificate.pem").exists():
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-days", "7", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
        subprocess.run([*command, *files], check=True, capture_output=True)


def kept_keys(folder: Path) -> str:
    """The keys of both servers, made at the first start."""
    file = folder / "secret-keys"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(f"1:{secrets.token_hex(32)}")
    return file.read_text()


def wait(servers: list[Server]) -> None:
    """Until all are ready."""
    end = time.monotonic() + PATIENCE
    while not all(server.ready() for server in servers):
        for server in servers:
            if server.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"A server did not start: see {server.log}")
        time.sleep(0.1)


def free_port() -> int:
    """One that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
