"""Gives inputs to the readers of parsers.py, in a process that may die, hang or swell without taking the rest along."""

import contextlib
import multiprocessing
import os
import random
import resource
import time
import traceback
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from tests.fuzz.findings import Findings
from tests.fuzz.parsers import PLACE, READERS

#: of processor time that one input may take, and of the clock until it hangs
SECONDS, HANGS = 3.0, 30.0
#: what one input may add to the process, and what that may come to
GROWTH_MB, ROOM_MB = 200, 3_000
PARTS = multiprocessing.get_context("spawn")


def read_for(seconds: float, seed: str, findings: Findings, counts: Counter[str], names: list[str]) -> None:
    """All readers by turns, each for its share of the time."""
    shares = sum(READERS[name].share for name in names)
    for name in names:
        _read(name, time.monotonic() + seconds * READERS[name].share / shares, seed, findings, counts)


def _read(name: str, until: float, seed: str, findings: Findings, counts: Counter[str]) -> None:
    number = 0
    while time.monotonic() < until:
        ours, theirs = PARTS.Pipe()
        process = PARTS.Process(target=_work, args=(theirs, name, seed, number, until - time.monotonic()))
        process.start()
        theirs.close()
        number = _listen(ours, process, name, seed, number, findings, counts)
        process.join()


def _listen(
    ours: Connection, process: BaseProcess, name: str, seed: str, number: int, findings: Findings, counts: Counter[str]
) -> int:
    """Until the process ends; the number of the next input."""
    while True:
        if not ours.poll(HANGS):
            process.kill()
            process.join()
            what = "hang"
        else:
            try:
                told = ours.recv()
            except EOFError:
                process.join()
                what = "crash"
            else:
                if told is None:
                    return number
                if isinstance(told, int):
                    counts[name] += told - number
                    number = told
                else:
                    _add(findings, name, seed, *told)
                continue
        counts[name] += 1
        reason = f"ended with {process.exitcode}" if what == "crash" else f"more than {HANGS:.0f} seconds"
        _add(findings, name, seed, what, number, reason, "")
        return number + 1


def _add(findings: Findings, name: str, seed: str, what: str, number: int, place: str, trace: str) -> None:
    findings.add(name, what, place, seed=seed, number=number, trace=trace, input=made(name, seed, number))


def made(name: str, seed: str, number: int) -> bytes:
    """An input by its number."""
    reader = READERS[name]
    return reader.make(random.Random(f"{seed} {name} {number}"), reader.corpus())


def _work(pipe: Connection, name: str, seed: str, number: int, seconds: float) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ROOM_MB * 2**20, ROOM_MB * 2**20))
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)  # what libraries in C say of broken files
    until = time.monotonic() + seconds
    corpus = READERS[name].corpus()
    READERS[name].read(corpus[0])  # what is loaded at the first time is no growth
    while time.monotonic() < until:
        pipe.send(number)
        if fault := tried(READERS[name].read, made(name, seed, number)):
            pipe.send((fault[0], number, *fault[1:]))
        number += 1
    pipe.send(number)
    pipe.send(None)
    with contextlib.suppress(OSError):
        PLACE.unlink()


def tried(read: Callable[[bytes], object], data: bytes) -> tuple[str, str, str] | None:
    """What went wrong with one input, where, and how it came to it."""
    peak, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        read(data)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/site-packages/" not in frame.filename]
        last = ours[-1]
        return (
            "error",
            f"{type(error).__name__} at {os.path.basename(last.filename)}:{last.lineno}",
            traceback.format_exc(),
        )
    took = time.process_time() - began
    if took > SECONDS:
        return "slow", f"{took:.0f} seconds", ""
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) // 1024
    return ("memory", f"{grown} MB", "") if grown > GROWTH_MB else None
