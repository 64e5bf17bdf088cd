"""Where a long picture can be cut into several: rows in which nothing is drawn, so that no line of text is cut through.

Pure: pixels in, rows out.
"""

from dataclasses import dataclass
from itertools import groupby, pairwise

from PIL import Image, ImageChops

from courses.media.values import PART_LEAST, PART_MOST

# Brightness of neighbours, of 255: noise of a JPEG differs by less, the thinnest grey letter by more.
_EDGE = 16
# A column with an edge in so many of the rows is a frame or a rule, of 255.
_FRAME = 230
# Parts of the width: the least gap between two lines, the thickest stroke, the highest line of text, and between places
# to choose from in a wide gap.
_GAP, _STROKE, _LINE, _STEP = 1 / 360, 1 / 60, 1 / 10, 1 / 12
# A level stroke has an edge at each end, some pixels wide; two of one letter are less than so many strokes apart.
_STROKE_EDGES, _WITHIN = 24, 8
# A gap of half the height is as bad as a part that is some 150 rows, of 1080 pixels across, too high or too low.
_WIDE = 1.5


@dataclass(frozen=True)
class Cuts:
    """The first row of each part but the first, from the top; `through` of these are not between two lines."""

    rows: tuple[int, ...]
    through: int = 0

    def parts(self, height: int) -> list[tuple[int, int]]:
        """From which row up to, not with, which row each part goes."""
        return list(pairwise((0, *self.rows, height)))


def find_cuts(picture: Image.Image) -> Cuts:
    """The fewest parts of fitting heights and much the same height, cut at quiet rows wherever there are some."""
    width, height = picture.size
    least, most = max(1, int(PART_LEAST * width)), max(1, int(PART_MOST * width))
    if height <= most:
        return Cuts(())
    quiet = _places(_edges(picture), width)
    if not quiet:
        count = -(-height // most)
        return Cuts(tuple(round(height * number / count) for number in range(1, count)), count - 1)
    return _best(quiet, height, least, most)


def _edges(picture: Image.Image) -> list[int]:
    """How often two neighbours differ in each row, but for what runs down the whole picture."""
    width, height = picture.size
    grey = _on_white(picture)
    left, right = grey.crop((0, 0, width - 1, height)), grey.crop((1, 0, width, height))
    edges = ImageChops.difference(left, right).point(lambda value: 255 if value >= _EDGE else 0)
    frames = edges.resize((width - 1, 1), Image.Resampling.BOX).point(lambda value: 255 if value >= _FRAME else 0)
    drawn = ImageChops.subtract(edges, frames.resize(edges.size)).tobytes()
    return [drawn.count(b"\xff", row * (width - 1), (row + 1) * (width - 1)) for row in range(height)]


def _on_white(picture: Image.Image) -> Image.Image:
    """In grey, as it is seen."""
    if picture.mode != "RGBA":
        return picture.convert("L")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground.convert("L")


def _places(edges: list[int], width: int) -> dict[int, int]:
    """Rows to cut before, with the height of their gap: the middle of one between two lines, several places in a wide one."""
    bands = [list(rows) for _, rows in groupby(edges, bool)]
    step, end = max(2, round(_STEP * width)), 0
    places: dict[int, int] = {}
    for number, band in enumerate(bands):
        start, end = end, end + len(band)
        if (
            band[0]
            or number in (0, len(bands) - 1)
            or not _is_between(bands[number - 1], len(band), bands[number + 1], width)
        ):
            continue
        count = max(1, len(band) // step)
        places |= {start + len(band) * place // (count + 1): len(band) for place in range(1, count + 1)}
    return places


def _is_between(above: list[int], gap: int, below: list[int], width: int) -> bool:
    """Whether so many empty rows are between two lines, and not within a letter, as in i, = and 三."""
    lower, higher = sorted((len(above), len(below)))
    if higher < _STROKE * width and max(*above, *below) <= _STROKE_EDGES:
        return gap >= _WITHIN * higher
    letter = higher if higher <= _LINE * width else min(lower, _LINE * width)  # else a picture
    return gap >= max(_GAP * width, letter / 4)


def _best(gaps: dict[int, int], height: int, least: int, most: int) -> Cuts:
    """Through as little as possible, then in as few parts as possible, then in wide gaps and of much the same heights."""
    wish, step = height / -(-height // most), max(1, round(least / 6))
    rows = [0, *sorted({*gaps, *range(step, height, step)}), height]
    # For each row the price of all above it, and the row of the cut before.
    known: dict[int, tuple[tuple[int, int, float], int]] = {0: ((0, 0, 0.0), -1)}
    first = 0
    for row in rows[1:]:
        while row - rows[first] > most:
            first += 1
        rough = int(row not in gaps and row != height)
        narrow = 0.0 if row == height or rough else (_WIDE * most / gaps[row]) ** 2
        ways = []
        for before in rows[first:]:
            if row - before < least:
                break
            if before in known:
                (through, parts, uneven), _ = known[before]
                ways.append(((through + rough, parts + 1, uneven + narrow + (row - before - wish) ** 2), before))
        if ways:
            known[row] = min(ways)
    found, row = [], known[height][1]
    while row > 0:
        found.append(row)
        row = known[row][1]
    cuts = tuple(reversed(found))
    return Cuts(cuts, sum(cut not in gaps for cut in cuts))
