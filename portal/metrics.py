"""What the portal measures of itself, for Prometheus; docs/metrics.md says what each figure means.

A label never holds what a person typed, an address, an id or a token.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

#: where prometheus_client keeps the figures of several processes; it is read when that is imported
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter(
    "lessonlink_requests", "Requests answered, by method, route and status.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "lessonlink_request_seconds",
    "Seconds until an answer began, by the first part of the route.",
    ["area"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
EVENTS = Counter("lessonlink_events", "Reports of phones in the journal: new ones, and ones that were known.", ["kind"])
GROUP = Histogram(
    "lessonlink_commit_events", "Events that shared one commit.", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500)
)
COMMIT = Histogram(
    "lessonlink_commit_seconds",
    "Seconds that a commit of events took.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
REFUSED_COMMITS = Counter("lessonlink_commit_failures", "Groups of events that the database refused.")
SECURITY = Counter("lessonlink_security_events", "Lines of the security log, by event.", ["event"])

STALL = Gauge(
    "lessonlink_loop_stall_seconds", "The longest stall of the event loop in the last minute.",
    multiprocess_mode="livemax",
)  # fmt: skip
WORKED = Gauge(
    "lessonlink_loop_stall_worked_seconds", "How much of that the loop's own work took.", multiprocess_mode="livemax"
)
JOURNAL = Gauge("lessonlink_journal_waiting", "Requests that wait for their commit.", multiprocess_mode="livesum")
WORK = Gauge(
    "lessonlink_work", "Pieces of work for worker processes, and hashes, that wait or go on.", ["kind", "state"],
    multiprocess_mode="livesum",
)  # fmt: skip
POOL = Gauge(
    "lessonlink_database_connections", "Connections of PostgreSQL's pool that are in use, are idle, and may be.", ["state"],
    multiprocess_mode="livesum",
)  # fmt: skip
QUEUE = Gauge(
    "lessonlink_queue", "Rows that wait in the database: print runs, conversions of videos, messages to webhooks.", ["queue"],
    multiprocess_mode="livemostrecent",
)  # fmt: skip
MEMORY = Gauge("lessonlink_memory_bytes", "Memory of the server's processes.", multiprocess_mode="livesum")
PROCESSES = Gauge("lessonlink_processes", "Server processes that run.", multiprocess_mode="livesum")


def exposition() -> bytes:
    """All figures of all processes of this server, as text. It reads files: beside the event loop."""
    folder = os.environ.get(FOLDER)
    if folder is None:
        return generate_latest(REGISTRY)
    for process in _ended(Path(folder)):
        mark_process_dead(process, folder)  # type: ignore[no-untyped-call]  # the library's
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]  # the same
    return generate_latest(registry)


@contextmanager
def shared_figures(processes: int) -> Iterator[None]:
    """While this is open, server processes that are started add to the same figures, where there are several."""
    if processes == 1:
        yield
        return
    folder = os.environ[FOLDER] = tempfile.mkdtemp(prefix="lessonlink-metrics-")
    try:
        yield
    finally:
        del os.environ[FOLDER]
        shutil.rmtree(folder, ignore_errors=True)


def _ended(folder: Path) -> set[int]:
    """Processes that have left figures and run no more."""
    known = {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*.db")}
    return {process for process in known if not Path(f"/proc/{process}").exists()}
