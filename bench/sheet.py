"""Times and weighs sheets as the portal draws them, and the same sheets drawn with reportlab.

Run: .venv/bin/python bench/sheet.py [--slips 24 240 2400 10000] [--repeat 5]
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import anyio

sys.path.insert(0, str(Path(__file__).parent.parent))

from portal.printing.parts import parts_of
from portal.workers.joining import join_parts
from portal.workers.pool import in_worker
from portal.workers.run_parts import Look, draw_part
from print.layouts import LAYOUTS, Layout
from print.options import AS_IT_IS, EVERYTHING
from print.proof import SAMPLE
from print.sheets import Slip, render

COUNTS = (24, 240, 2400, 10000)
FEWER = 10000  # from so many slips on three runs, not more
TITLES = (
    "第{n}课：用显微镜观察洋葱表皮细胞",
    "第{n}课：我的家乡",
    "第{n}课：怎样写好一篇读书笔记（含三个例子与一次小组互评）",
    "第{n}课：用Python编程，for循环与while循环的区别",
)


def slips(count: int) -> list[Slip]:
    return [slip(n) for n in range(count)]


def slip(n: int) -> Slip:
    """A personal one, with a link, a title, a number and a spoken code of its own."""
    chance = random.Random(n)
    return Slip(
        url=f"https://CLASS.EXAMPLE.CN/S/{''.join(chance.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', k=39))}",
        title=TITLES[n % len(TITLES)].format(n=n + 1),
        course="七年级生物（2班）",
        student="欧阳伟明",
        number=f"2024{n:04d}",
        spoken=f"7K4-{''.join(chance.choices('0123456789ABCDEFGHJKMNPQRSTVWXYZ', k=4))}",
        address="class.example.cn/go",
    )


def layout_for(count: int) -> Layout:
    return LAYOUTS["a4-27" if count == 240 else "a4-24"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--slips", type=int, nargs="+", default=COUNTS)
    arguments.add_argument("--repeat", type=int, default=5)
    arguments.add_argument("--reportlab", type=int, metavar="SLIPS", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.reportlab:
        by_reportlab(chosen.reportlab)
    else:
        anyio.run(compare, chosen.slips, chosen.repeat)


async def compare(counts: list[int], repeat: int) -> None:
    out = sys.stdout.write
    out(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, medians of {repeat} (3 from {FEWER} on)\n\n")
    await warm_up()
    out(
        "| slips | seconds | peak MB | kB | with proof: seconds | read | peak MB | reportlab: seconds | MB | kB | ratio |\n"
    )
    out(f"|{'---:|' * 11}\n")
    for count in counts:
        rounds = min(repeat, 3) if count >= FEWER else repeat
        bare = [await measured(count, proof=False) for _ in range(rounds)]
        proved = [await measured(count, proof=True) for _ in range(rounds)]
        theirs = [beside(count) for _ in range(1 if count >= FEWER else min(rounds, 3))]
        seconds, other = median(run.seconds for run in bare), median(run.seconds for run in theirs)
        out(
            f"| {count} | {seconds:.2f} | {max(run.peak for run in bare):.0f} | {bare[0].size / 1000:.0f} "
            f"| {median(run.seconds for run in proved):.2f} | {proved[0].read} | {max(run.peak for run in proved):.0f} "
            f"| {other:.2f} | {max(run.peak for run in theirs):.0f} | {theirs[0].size / 1000:.0f} | {seconds / other:.2f} |\n"
        )
        sys.stdout.flush()
    out(f"\nload average {os.getloadavg()[0]:.2f} at the end\n")


@dataclass(frozen=True)
class Run:
    """`peak` megabytes of all processes at once, `size` in bytes, `read` codes that were read back."""

    seconds: float
    peak: float
    size: int
    read: int = 0


async def warm_up() -> None:
    """Both workers load WeasyPrint and the fonts."""
    made, look = slips(48), look_of(layout_for(48))
    with tempfile.TemporaryDirectory() as name:
        await at_once(
            [lambda n=n: in_worker(draw_part, made, look, frozenset(), Path(name, str(n)), 48) for n in (0, 1)]
        )


def look_of(layout: Layout) -> Look:
    return Look(layout, "七年级生物", "zh", EVERYTHING, AS_IT_IS)


async def measured(count: int, proof: bool) -> Run:
    """A run in parts of whole sheets in two worker processes, as portal/background/print_runs.py has it drawn."""
    layout = layout_for(count)
    look, parts = look_of(layout), parts_of(count, layout.per_page)
    wanted = None if count <= SAMPLE else -(-SAMPLE // len(parts))
    with tempfile.TemporaryDirectory() as name, Peak() as peak:
        files, whole = [Path(name, f"{number}.pdf") for number in range(len(parts))], Path(name, "whole.pdf")
        begin, read, waiting = time.perf_counter(), 0, iter(zip(parts, files, strict=True))

        async def draw_on() -> None:
            nonlocal read
            for part, file in waiting:
                here = [slip(n) for n in range(part.start, part.end)]  # as the portal has them: part by part
                if proof:
                    came = await in_worker(draw_part, here, look, part.skip, file, wanted)
                    if came.unread:
                        raise RuntimeError(f"not printed: {came}")
                    read += came.looked_at
                else:
                    await in_worker(draw_only, here, look, file)

        await at_once([draw_on, draw_on])
        if len(files) > 1:
            await in_worker(join_parts, files, whole)
        seconds = time.perf_counter() - begin
        size = (whole if len(files) > 1 else files[0]).stat().st_size
    return Run(seconds, peak.megabytes, size, read)


def draw_only(made: list[Slip], look: Look, file: Path) -> None:
    """In a worker: a part that nobody reads back."""
    file.write_bytes(render(made, look.layout, title=look.title, language=look.language))


async def at_once(works: list[Callable[[], Awaitable[object]]]) -> None:
    async with anyio.create_task_group() as group:
        for work in works:
            group.start_soon(work)


class Peak:
    """Looks every 50 ms at the memory of this process and its workers: the sum of their proportional shares (PSS)."""

    def __enter__(self) -> "Peak":
        self.megabytes, self.over = 0.0, threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.over.wait(0.05):
            children = [pid for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()]
            self.megabytes = max(self.megabytes, sum(map(share_of, ["self", *children])))


def share_of(process: str) -> float:
    """Megabytes; none of a process that has just ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def beside(count: int) -> Run:
    """reportlab, in a fresh process that has drawn a sheet before."""
    done = subprocess.run(
        [sys.executable, __file__, "--reportlab", str(count)], check=True, capture_output=True, text=True
    )
    seconds, peak, size = map(float, done.stdout.split())
    return Run(seconds, peak, int(size))


def by_reportlab(count: int) -> None:
    from sheet_reportlab import draw

    draw(slips(24), layout_for(24))
    made = slips(count)
    begin = time.perf_counter()
    data = draw(made, layout_for(count))
    seconds = time.perf_counter() - begin
    sys.stdout.write(f"{seconds} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024} {len(data)}\n")


if __name__ == "__main__":
    main()
