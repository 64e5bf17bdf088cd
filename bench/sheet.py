"""Times and weighs sheets of 24, 240 and 2,400 slips, and the same sheets drawn with reportlab.

Run: .venv/bin/python bench/sheet.py
"""

import argparse
import importlib
import io
import os
import random
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

from print.codes import QUIET, encode
from print.filling import filled
from print.fitting import MM, line_height
from print.fonts import FONTS
from print.layouts import LAYOUTS
from print.sheets import Slip, given, render

LAYOUT = LAYOUTS["a4-24"]
GRID = LAYOUT.grid
TITLES = (
    "第{n}课：用显微镜观察洋葱表皮细胞",
    "第{n}课：我的家乡",
    "第{n}课：怎样写好一篇读书笔记（含三个例子与一次小组互评）",
    "第{n}课：用Python编程，for循环与while循环的区别",
)


def slips(count: int) -> list[Slip]:
    """Personal slips, each with a link, a title, a student and a spoken code of its own."""
    chance = random.Random(count)
    return [
        Slip(
            url=f"https://CLASS.EXAMPLE.CN/S/{''.join(chance.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', k=39))}",
            title=TITLES[n % len(TITLES)].format(n=n + 1),
            course="七年级生物（2班）",
            student="欧阳伟明",
            number=f"2024{n:04d}",
            spoken=f"7K4-{''.join(chance.choices('0123456789ABCDEFGHJKMNPQRSTVWXYZ', k=4))}",
            address="class.example.cn/go",
        )
        for n in range(count)
    ]


def ours(made: list[Slip]) -> bytes:
    return render(made, LAYOUT, title="七年级生物", language="zh")


def by_reportlab(made: list[Slip]) -> bytes:
    """The same lines at the same places and the same codes, a rectangle for each run of dark modules."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("Sheet", FONTS[0].path))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(LAYOUT.page_width * MM, LAYOUT.page_height * MM), pageCompression=1)
    canvas.setTitle("七年级生物")
    parts = given(made)
    design = LAYOUT.faces(parts)[0].design
    text = design.column

    def write(lines: tuple[str, ...], size: float, x: float, y: float, grey: float = 0) -> float:
        canvas.setFont("Sheet", size)
        canvas.setFillGray(grey)
        for line in lines:
            y += line_height(size)
            canvas.drawString(x * MM, (LAYOUT.page_height - y + line_height(size) * 0.25) * MM, line)
        return y

    for index, slip in enumerate(made):
        if index and index % LAYOUT.per_page == 0:
            canvas.showPage()
        left, top = LAYOUT.corners[index % LAYOUT.per_page]
        cell = filled(slip, design)
        canvas.setDash(2, 2)
        canvas.rect(
            left * MM,
            (LAYOUT.page_height - top - GRID.cell_height) * MM,
            GRID.cell_width * MM,
            GRID.cell_height * MM,
        )
        write(cell.title.lines, cell.title.size, left + text.x, top + text.y)
        y = top + text.y + text.height - sum(line_height(line.size) for line in cell.foot)
        for line in cell.foot:
            y = write((line.text,), line.size, left + text.x, y, 0 if line.part == "student" else 0.33)
        write(cell.spoken.lines, cell.spoken.size, left + design.spoken.box.x + 6, top + design.spoken.box.y)
        canvas.setFillGray(0)
        code = encode(slip.url, "Q")
        module = LAYOUT.module(code.size, parts)
        path = canvas.beginPath()
        for row, bits in enumerate(code.rows, QUIET + 1):
            y = LAYOUT.page_height - top - design.code.y - row * module
            for run in re.finditer("1+", f"{bits:0{code.size}b}"):
                x = left + design.code.x + (run.start() + QUIET) * module
                path.rect(x * MM, y * MM, (run.end() - run.start()) * module * MM, module * MM)
        canvas.drawPath(path, stroke=0, fill=1)
    canvas.save()
    return file.getvalue()


WAYS = {"lessonlink": ours, "reportlab": by_reportlab}


def measure(way: str, count: int) -> None:
    """Runs in a process of its own: prints seconds, CPU seconds, peak megabytes and bytes. Imports are not counted."""
    made = slips(count)
    for module in {"lessonlink": ("print.pdf",), "reportlab": ("reportlab.pdfbase.ttfonts", "reportlab.pdfgen.canvas")}[
        way
    ]:
        importlib.import_module(module)
    begin, begin_cpu = time.perf_counter(), time.process_time()
    data = WAYS[way](made)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
    sys.stdout.write(f"{seconds} {cpu} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024} {len(data)}\n")


def run(way: str, count: int, repeat: int) -> tuple[float, float, float, float]:
    results = [
        subprocess.run([sys.executable, __file__, "--one", way, str(count)], check=True, capture_output=True, text=True)
        for _ in range(repeat)
    ]
    seconds, cpu, memory, size = zip(*(map(float, result.stdout.split()) for result in results), strict=True)
    return median(seconds), median(cpu), max(memory), size[0]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--repeat", type=int, default=3)
    arguments.add_argument("--one", nargs=2, metavar=("WAY", "COUNT"), help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.one:
        measure(given.one[0], int(given.one[1]))
        return
    out = sys.stdout.write
    out(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, median of {given.repeat} fresh processes\n\n")
    out("| slips | seconds | CPU s | peak MB | kB | reportlab: seconds | CPU s | peak MB | kB | CPU ratio |\n")
    out("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
    for count in (24, 240, 2400):
        mine, theirs = (run(way, count, given.repeat) for way in WAYS)
        cells = " | ".join(
            f"{seconds:.2f} | {cpu:.2f} | {memory:.0f} | {size / 1000:.0f}"
            for seconds, cpu, memory, size in (mine, theirs)
        )
        out(f"| {count} | {cells} | {mine[1] / theirs[1]:.1f} |\n")
    out(f"\nload average {os.getloadavg()[0]:.2f} at the end\n")


if __name__ == "__main__":
    main()
