"""Small plots as plain geometry, which templates draw as SVG: no script, and the page's own colours."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, log10

#: units of the drawing; a plot is as wide as its place, so these say how it is proportioned
WIDTH, HEIGHT = 360.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 42.0, 8.0, 8.0, 22.0


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where, and what stands there."""

    at: float
    text: str


@dataclass(frozen=True)
class Line:
    """One series: its name, its points as SVG's `points`, and the last value with its height."""

    name: str
    points: str
    value: int
    y: float


@dataclass(frozen=True)
class LinePlot:
    """Series over time. `across` are marks of the x axis, `up` of the y axis; `floor` is the height of zero."""

    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    floor: float = HEIGHT - BOTTOM


@dataclass(frozen=True)
class Segment:
    """A part of a bar that is 100 wide."""

    name: str
    x: float
    width: float
    value: int


def line_plot(
    times: Sequence[datetime], series: Mapping[str, Sequence[int]], label: Callable[[datetime], str]
) -> LinePlot | None:
    """Each series (one value for each of the times, in order) as a line; None where there is nothing to see."""
    if not times or not series:
        return None
    top = _round_up(max(max(values, default=0) for values in series.values()))
    first, last = times[0].timestamp(), times[-1].timestamp()
    span = (last - first) or 1.0

    def x(at: datetime) -> float:
        share = (at.timestamp() - first) / span if len(times) > 1 else 1.0
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)

    lines = []
    for name, values in series.items():
        points = [(x(at), y(value)) for at, value in zip(times, values, strict=True)]
        if len(points) == 1:
            points.insert(0, (LEFT, points[0][1]))
        lines.append(Line(name, " ".join(f"{a:.1f},{b:.1f}" for a, b in points), values[-1], points[-1][1]))
    marks = sorted({0, len(times) // 2, len(times) - 1})
    across = tuple(Tick(x(times[mark]), label(times[mark])) for mark in marks)
    up = tuple(Tick(y(value), str(value)) for value in sorted({0, top // 2 if top % 2 == 0 else 0, top}))
    return LinePlot(tuple(lines), across, up)


def bar(counts: Mapping[str, int]) -> tuple[Segment, ...]:
    """The shares of a whole, side by side, without those that are nothing."""
    total, x, segments = sum(counts.values()), 0.0, []
    for name, count in counts.items():
        if count:
            width = count / total * 100
            segments.append(Segment(name, round(x, 3), round(width, 3), count))
            x += width
    return tuple(segments)


def _round_up(value: int) -> int:
    """The next 1, 2, 4, 5, 6, 8 or 10 times a power of ten: a scale that people read easily."""
    if value <= 2:
        return 2
    power: int = 10 ** int(log10(value))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10, 20) if step * power >= ceil(value))
