"""Work for a processor (PDF, pictures, videos) in worker processes: bounded, with a time and a memory cap."""

import errno
import os
import resource
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import anyio
from anyio import CapacityLimiter, to_process
from anyio.lowlevel import RunVar

from courses.errors import Busy, CourseError, Message
from portal.workers.asker import asker
from portal.workers.places import Places, places_of_loop

T = TypeVar("T")
Given = TypeVarTuple("Given")
#: processes; one person's work has all but one of them, and so has long work, which is what may take more than SECONDS
WORKERS = 3
SECONDS = 60
NICE = 10  # whoever scans comes first; alone on a core it takes nothing away
#: what the system says where descriptors, processes or memory are used up, so that none can be started
FULL = (errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
MEMORY = 4 << 30  # bytes of address space; the interpreter and its libraries take about 1 GiB of it
NEAR = 256 << 20  # bytes below that, at which a failure is one of memory


class WorkFailed(CourseError):
    """A worker ran out of time or memory, or died."""

    code = "work_failed"


#: what may be otherwise in a moment: a form that meets it comes back with what was typed
NOT_NOW = (Busy, WorkFailed)
#: of the event loop that runs, as the worker processes themselves are
_places: RunVar[Places] = RunVar("_places")


async def in_worker(
    work: Callable[[*Given], T], *arguments: *Given, seconds: float = SECONDS, apart: bool = False
) -> T:
    """Run `work` in a worker process; it, its arguments and its result must pickle. Waiting for a place takes no time off.

    Places are given fairly to those who ask and to kinds of work, which are the functions. What takes minutes runs `apart`: in
    no place, so that nothing short waits for it; its caller runs one at a time.
    Raises WorkFailed, Busy, and what `work` raises.
    """
    try:
        async with nullcontext() if apart else _all_places().one(asker(), work.__qualname__, seconds > SECONDS):
            with anyio.fail_after(seconds):
                # A limiter of its own: the usual one has as many places as processors, and its queue takes time off.
                return await to_process.run_sync(
                    _capped, work, *arguments, cancellable=True, limiter=CapacityLimiter(1)
                )
    except TimeoutError as error:
        raise WorkFailed(
            Message("This took longer than {seconds} seconds and was stopped.", seconds=seconds)
        ) from error
    except (MemoryError, anyio.BrokenWorkerProcess, ProcessLookupError) as error:  # the last: killed as it started
        raise WorkFailed(Message("This needed more memory than there is, and was stopped.")) from error
    except OSError as error:
        if error.errno in FULL:
            raise Busy from error
        raise


def work_now() -> tuple[int, int]:
    """How many pieces of work wait for a place, and how many have one; of this process."""
    return _all_places().now()


def _all_places() -> Places:
    return places_of_loop(_places, WORKERS)


def _capped(work: Callable[[*Given], T], *arguments: *Given) -> T:
    os.setpriority(os.PRIO_PROCESS, 0, NICE)
    most = resource.getrlimit(resource.RLIMIT_AS)[1]  # the system may allow less than we do
    memory = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (memory, most))
    try:
        return work(*arguments)
    except CourseError:
        raise
    except Exception as error:
        # Libraries have words of their own where they get no more, such as "broken data stream".
        if memory - _peak() < NEAR:
            raise MemoryError from error
        raise


def _peak() -> int:
    """Bytes of address space that this process has had at most; 0 where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return int(status.partition("VmPeak:")[2].split()[0]) * 1024
