"""Start the portal."""

import asyncio
import contextlib
import errno
import os
import socket
from argparse import Namespace

import uvicorn
from uvicorn.supervisors import Multiprocess

from courses.database import pending_migrations, use_database
from courses.errors import Conflict, Message
from courses.private_files import tighten
from portal.commands.kept_files import kept_places
from portal.metrics import shared_figures
from portal.settings import Settings
from portal.web.connections import Connection, raise_descriptor_limit
from portal.web.listening import listen
from portal.web.process_log import write_log


def serve(settings: Settings, options: Namespace) -> None:
    """Serve until told to stop; SIGTERM lets requests end first."""
    use_database(settings.database_url, settings.database_limits)
    if asyncio.run(pending_migrations()):
        raise Conflict(Message("The database is not up to date. Run `portal migrate` first."))
    check_free(options.host, options.port)
    tighten(kept_places(settings))
    write_log(settings.log)
    os.environ["DATABASE_URL"] = settings.database_url
    raise_descriptor_limit()
    config = uvicorn.Config(
        "portal.app:from_environment",
        factory=True,
        host=options.host,
        port=options.port,
        workers=options.workers,
        loop="uvloop",
        http=Connection,
        ws="none",
        access_log=False,
        server_header=False,
        log_config=None,
        log_level="warning",
        backlog=4096,
        timeout_graceful_shutdown=10,
        # On a machine with too much to do a process is slow to start, and to end it makes it slower.
        timeout_worker_healthcheck=60,
        # Only the TLS proxy may say who the visitor is and that he came over https.
        proxy_headers=bool(settings.proxy),
        forwarded_allow_ips=",".join(settings.proxy) or None,
    )
    with shared_figures(options.workers), contextlib.suppress(KeyboardInterrupt):
        if options.workers > 1:
            Multiprocess(config, sockets=listen(config)).run()
        else:
            uvicorn.Server(config).run(listen(config))


def check_free(host: str, port: int) -> None:
    """Raises Conflict when something else listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = "is in use; choose another with --port" if error.errno == errno.EADDRINUSE else error.strerror
            raise Conflict(Message("Port {port} of {host} {reason}.", port=port, host=host, reason=reason)) from error
