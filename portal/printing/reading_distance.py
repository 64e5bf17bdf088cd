"""From how far a printed code can be read.

A phone's lens of 26 mm (equivalent) sees 69° across, and its reader wants three pixels for a module: at distance d a module
of m millimetres is W·m / (2·d·tan(69°/2)) pixels of a picture that is W wide. So a code must be as wide as the distance
times its modules / 308 where the camera analyses 720 lines, / 462 at 1080.
"""

import math

ACROSS = math.radians(69)
PIXELS = 3
#: the widths of the pictures that old and present phones analyse
OLD, NEW = 1280, 1920
BACK_ROW = 8.0  # metres


def readable_from(module: float, width: int = OLD) -> float:
    """Metres, for modules of so many millimetres."""
    return width * module / (2 * PIXELS * math.tan(ACROSS / 2)) / 1000


def width_for(distance: float, modules: int, width: int = OLD) -> float:
    """Centimetres that a code of `modules` must be wide to be read from so many metres."""
    return 100 * distance * modules / (width / (2 * PIXELS * math.tan(ACROSS / 2)))
