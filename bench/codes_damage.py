"""What happens to a code between our PDF and a reader: small, blurred, tilted, glared at, scanned, copied.

Pictures are grey, one byte a pixel; `fine` is the module in pixels of a picture that comes in, PHONE of one that goes out.
"""

import math

import cv2
import numpy as np
from numpy.random import Generator

Picture = np.ndarray
PHONE = 4  # pixels a module, where nothing else is said
DPI = 600  # of the pictures that scans are made of
PAPER, TONER, DARK = 235, 40, 40  # grey levels


def sized(picture: Picture, fine: float, module: float = PHONE) -> Picture:
    """The same at so many pixels a module, each pixel the mean of what it covers."""
    by = module / fine
    return cv2.resize(picture, None, fx=by, fy=by, interpolation=cv2.INTER_AREA if by < 1 else cv2.INTER_LINEAR)


def small(picture: Picture, fine: float, chance: Generator) -> Picture:
    """3 pixels a module, on no particular grid."""
    x, y = chance.integers(0, max(1, int(fine)), 2)
    return sized(picture[y:, x:], fine, 3)


def blurred(picture: Picture, fine: float, chance: Generator) -> Picture:
    return cv2.GaussianBlur(sized(picture, fine), None, 0.35 * PHONE)


def tilted(picture: Picture, fine: float, chance: Generator, degrees: float) -> Picture:
    """Turned about an axis in its plane, seen from four times its width."""
    flat = sized(picture, fine, 2 * PHONE)
    side, angle, about = flat.shape[0], math.radians(degrees), chance.uniform(0, 2 * math.pi)
    corners, seen = np.float32([(0, 0), (side, 0), (side, side), (0, side)]), []
    for x, y in (corners - side / 2) / 2:
        along, across = x * math.cos(about) + y * math.sin(about), y * math.cos(about) - x * math.sin(about)
        nearer = 4 * side / 2 / (4 * side / 2 + across * math.sin(angle))
        along, across = along * nearer, across * math.cos(angle) * nearer
        seen.append(
            (along * math.cos(about) - across * math.sin(about), along * math.sin(about) + across * math.cos(about))
        )
    room = side // 2 + 40
    turned = cv2.getPerspectiveTransform(corners, np.float32(seen) + room / 2)
    return cv2.warpPerspective(flat, turned, (room, room), flags=cv2.INTER_AREA, borderValue=255)


def squeezed(picture: Picture, fine: float, chance: Generator) -> Picture:
    """JPEG of quality 10 at 3 pixels a module."""
    _, data = cv2.imencode(".jpg", small(picture, fine, chance), [cv2.IMWRITE_JPEG_QUALITY, 10])
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def glared(
    picture: Picture, fine: float, chance: Generator, part: float, modules: int, anywhere: bool = False
) -> Picture:
    """A round white spot over `part` of the code's area; clear of the three finder patterns unless `anywhere`."""
    picture = sized(picture, fine)
    radius, middle = math.sqrt(part / math.pi) * modules, picture.shape[0] / 2 / PHONE
    while True:
        x, y = chance.uniform(0, modules, 2)
        finders = ((3.5, 3.5), (modules - 3.5, 3.5), (3.5, modules - 3.5))
        inside = radius < x < modules - radius and radius < y < modules - radius
        if anywhere or (inside and all(math.dist((x, y), at) > radius + 4.5 for at in finders)):
            break
    at = [round((coordinate - modules / 2 + middle) * PHONE) for coordinate in (x, y)]
    return cv2.circle(picture, at, round(radius * PHONE), 255, -1, cv2.LINE_AA)


def scanned(picture: Picture, fine: float, chance: Generator, toner: float = 1.0) -> Picture:
    """Printed (the ink spreads by some 0.04 mm) and scanned at 150 dpi, up to 2° askew, with noise."""
    ink = cv2.GaussianBlur(picture, None, 0.04 / 25.4 * DPI)
    side = picture.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), chance.uniform(-2, 2), 1)
    turn[:, 2] += chance.uniform(0, 4, 2)
    ink = cv2.warpAffine(ink, turn, (side, side), flags=cv2.INTER_LINEAR, borderValue=255)
    dots = cv2.resize(ink, None, fx=150 / DPI, fy=150 / DPI, interpolation=cv2.INTER_AREA)
    return noisy(PAPER - (255 - dots.astype(np.float32)) / 255 * (PAPER - TONER) * toner, 4, chance)


def copied(picture: Picture, fine: float, chance: Generator) -> Picture:
    """A copy of a copy: scanned at 150 dpi, printed from that with 30 % less toner, and scanned again."""
    first = scanned(picture, fine, chance).astype(np.float32)
    clean = np.clip((first - TONER) / (PAPER - TONER), 0, 1) * 255
    again = cv2.resize(clean.astype(np.uint8), None, fx=DPI / 150, fy=DPI / 150, interpolation=cv2.INTER_CUBIC)
    return scanned(again, fine, chance, 0.7)


def cramped(picture: Picture, fine: float, chance: Generator, modules: int) -> Picture:
    """Two modules of white around the code, on a dark page."""
    picture = sized(picture, fine)
    side, keep = picture.shape[0], (modules / 2 + 2) * PHONE
    low, high = round(side / 2 - keep), round(side / 2 + keep)
    page = np.full((side + 40, side + 40), DARK, np.uint8)
    page[low + 20 : high + 20, low + 20 : high + 20] = picture[low:high, low:high]
    return page


def faint(picture: Picture, fine: float, chance: Generator) -> Picture:
    """90 of 256 grey levels (35 %) between light and dark, noise of 8."""
    return noisy(80 + sized(picture, fine).astype(np.float32) * 90 / 255, 8, chance)


def turned(picture: Picture, fine: float, chance: Generator) -> Picture:
    picture = sized(picture, fine)
    side = picture.shape[0]
    room = math.ceil(side * 1.45)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), chance.uniform(0, 360), 1)
    turn[:, 2] += (room - side) / 2
    return cv2.warpAffine(picture, turn, (room, room), flags=cv2.INTER_LINEAR, borderValue=255)


def gridded(picture: Picture, fine: float, chance: Generator) -> Picture:
    """A screen of 6 pixels a module with dark gaps of a third, seen with half to one camera pixel a screen pixel."""
    screen = cv2.resize(sized(picture, fine, 6), None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST).astype(np.float32)
    screen[::3] *= 0.3
    screen[:, ::3] *= 0.3
    by = chance.uniform(0.5, 1) / 3
    return noisy(cv2.resize(screen, None, fx=by, fy=by, interpolation=cv2.INTER_AREA), 3, chance)


def noisy(picture: Picture, sigma: float, chance: Generator) -> Picture:
    return np.clip(picture + chance.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)
