"""Stops: knows that the server was told to before it waits for its connections to end, and when nobody looks after it."""

import asyncio
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def on_stop_signal(callback: Callable[[], None]) -> Iterator[None]:
    """Calls back in the running loop at SIGTERM or SIGINT, then does what was done before.

    The server ends the application only after its connections have ended, and an open stream would never end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop, before = asyncio.get_running_loop(), dict[int, Any]()

    def handle(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(callback)
        before[number](number, frame)

    for number in SIGNALS:
        handler = signal.getsignal(number)
        if callable(handler):
            before[number] = handler
            signal.signal(number, handle)
    try:
        yield
    finally:
        for known, earlier in before.items():
            signal.signal(known, earlier)


@contextmanager
def stops_with_supervisor() -> Iterator[None]:
    """A process of several ends as at SIGTERM when that which started it is gone; nobody else would ever end it."""
    supervisor = multiprocessing.parent_process()
    if supervisor is None:
        yield
        return
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_reader(supervisor.sentinel)
        signal.raise_signal(signal.SIGTERM)

    loop.add_reader(supervisor.sentinel, stop)
    try:
        yield
    finally:
        loop.remove_reader(supervisor.sentinel)
