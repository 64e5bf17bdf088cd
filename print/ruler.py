"""A page to measure a printer with: a frame with millimetres along its sides, and the four distances to measure."""

from collections.abc import Iterator, Sequence

from print.fit import RULERS, Ruler
from print.fitting import plain
from print.fonts import check_fonts
from print.layouts import LAYOUTS
from print.options import AS_IT_IS, Fit, Options
from print.templating import TEMPLATES

BARE = Options(parts=frozenset(), marks="none")
ARROW = 2.4  # mm


def ruler_page(paper: str, *, title: str, lines: Sequence[str], language: str, fit: Fit = AS_IT_IS) -> bytes:
    """The PDF for a paper of RULERS; `lines` say what to do, in `language`. With a fit its distances come out right.

    Takes 1.5 s to load WeasyPrint the first time: not for the event loop. FontMissing.
    """
    from print.pdf import Drawing, write  # see print/sheets.py

    check_fonts()
    ruler = RULERS[paper]
    html = TEMPLATES.get_template("print/ruler.html").render(
        page=ruler.page,
        ruler=ruler,
        frame=" ".join(_frame(ruler)),
        ticks=" ".join(_ticks(ruler)),
        arrows=" ".join(_arrows(ruler)),
        title=plain(title),
        lines=[plain(line) for line in lines],
        language=plain(language),
    )
    layout = LAYOUTS[f"{paper}-1"]
    return write(html, [Drawing(codes=(), cells=())], layout, {}, BARE, fit)


def _frame(ruler: Ruler) -> Iterator[str]:
    """The four lines, longer than the frame so that a ruler can be laid along them; the middle of a line counts."""
    left, top, right, bottom = ruler.left, ruler.top, ruler.left + ruler.across, ruler.top + ruler.down
    for x in (left, right):
        yield f"M{x} {top - 6}V{bottom + 6}"
    for y in (top, bottom):
        yield f"M{left - 6} {y}H{right + 6}"


def _ticks(ruler: Ruler) -> Iterator[str]:
    """A tick for each millimetre inside the frame, longer ones for 5 and 10."""
    for at in range(1, int(ruler.across)):
        yield f"M{ruler.left + at} {ruler.top}v{_tick(at)}M{ruler.left + at} {ruler.top + ruler.down}v-{_tick(at)}"
    for at in range(1, int(ruler.down)):
        yield f"M{ruler.left} {ruler.top + at}h{_tick(at)}M{ruler.left + ruler.across} {ruler.top + at}h-{_tick(at)}"


def _tick(at: int) -> float:
    return 4.5 if at % 10 == 0 else 3.0 if at % 5 == 0 else 1.8


def _arrows(ruler: Ruler) -> Iterator[str]:
    """Along the distances to measure; those from the edge begin where printers begin to print."""
    left, top, right, bottom = ruler.left, ruler.top, ruler.left + ruler.across, ruler.top + ruler.down
    half, third = top + ruler.down / 2, left + ruler.across / 3
    yield f"M{6} {half}H{left}" + _head(left, half, -1, 0)
    yield f"M{left} {half + 30}H{right}" + _head(left, half + 30, 1, 0) + _head(right, half + 30, -1, 0)
    yield f"M{third} {6}V{top}" + _head(third, top, 0, -1)
    yield f"M{third + 29} {top}V{bottom}" + _head(third + 29, top, 0, 1) + _head(third + 29, bottom, 0, -1)


def _head(x: float, y: float, across: int, down: int) -> str:
    """Two strokes that meet at the line; `across` and `down` point back along the arrow."""
    back_x, back_y = x + ARROW * across, y + ARROW * down
    side = ARROW / 2.5
    return f"M{back_x + side * down} {back_y + side * across}L{x} {y}L{back_x - side * down} {back_y - side * across}"
