"""Worker processes: they step back for whoever scans."""

import os
from collections.abc import Callable
from typing import Any

from portal.workers import NICE, in_worker


def test_worker_is_nicer_than_the_server(run: Callable[..., Any]) -> None:
    assert run(in_worker, os.getpriority, os.PRIO_PROCESS, 0) == NICE
    assert os.getpriority(os.PRIO_PROCESS, 0) < NICE
