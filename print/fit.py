"""What a printer does to a page and what makes up for it, from distances measured on a printed ruler. Millimetres."""

from dataclasses import dataclass

from print.layouts import A4, LETTER, Problem
from print.options import Fit

SHRINKS, GROWS = 0.8, 1.25  # further off than this no printer is: something else was measured
FURTHEST = 30.0  # mm that a page may be moved


@dataclass(frozen=True)
class Ruler:
    """A frame on a page: `left` and `top` from the paper's edges, `across` and `down` long."""

    page: tuple[float, float]
    left: float = 20.0
    top: float = 20.0
    across: float = 170.0
    down: float = 250.0


RULERS = {"a4": Ruler(A4), "letter": Ruler(LETTER, down=230.0)}


@dataclass(frozen=True)
class Measured:
    """What a ruler shows: from the paper's edge to the frame's near line, and from there to its far line."""

    left: float
    across: float
    top: float
    down: float


def problems(measured: Measured, ruler: Ruler) -> list[Problem]:
    """Every number that no printer makes of the ruler."""
    wrong = [
        Problem(field, "The lines are {meant:g} mm apart on paper that is right; {value:g} mm cannot be. Measure again.",
                {"meant": meant, "value": value})
        for field, meant, value in (("across", ruler.across, measured.across), ("down", ruler.down, measured.down))
        if not meant * SHRINKS <= value <= meant * GROWS
    ]  # fmt: skip
    if wrong:
        return wrong
    made = _fit(measured, ruler)
    return [
        Problem(field, "The line should be {meant:g} mm from the edge; {value:g} mm cannot be. Measure again.",
                {"meant": meant, "value": value})
        for field, meant, value, offset in (
            ("left", ruler.left, measured.left, made[0]), ("top", ruler.top, measured.top, made[1])
        )
        if value < 0 or not -FURTHEST <= offset <= FURTHEST
    ]  # fmt: skip


def fit(measured: Measured, ruler: Ruler) -> Fit:
    """What makes up for the printer that printed this ruler. ValueError where `problems` names some."""
    if problems(measured, ruler):
        raise ValueError("this was not measured on the ruler")
    return Fit(*_fit(measured, ruler))


def _fit(measured: Measured, ruler: Ruler) -> tuple[float, float, float, float]:
    """A printer puts what should be at p to s·p + o: scaling by 1/s and moving by -o/s puts it where it should be."""
    shrinks = measured.across / ruler.across, measured.down / ruler.down
    moves = measured.left - shrinks[0] * ruler.left, measured.top - shrinks[1] * ruler.top
    return -moves[0] / shrinks[0], -moves[1] / shrinks[1], 1 / shrinks[0], 1 / shrinks[1]


@dataclass(frozen=True)
class Fault:
    """What a printer does by itself: `shift` mm (right and down positive), and `percent` by which it prints too large."""

    shift_x: float
    shift_y: float
    percent_x: float
    percent_y: float


def fault(made: Fit) -> Fault:
    """The printer that this fit makes up for."""
    return Fault(
        -made.offset_x / made.scale_x,
        -made.offset_y / made.scale_y,
        (1 / made.scale_x - 1) * 100,
        (1 / made.scale_y - 1) * 100,
    )
