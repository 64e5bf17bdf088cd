"""Colours of HDR videos as screens without HDR show them: a table that FFmpeg looks every pixel up in.

The curves are those of ITU-R BT.2100 (HLG and PQ) and BT.2087 (primaries). How the highlights are drawn together is our own
approximation in the manner of BT.2390: as they are up to three fifths of paper white, then bent so that 1,000 cd/m² is the
brightest. The FFmpeg of PyAV's wheels has no filter for it (`zscale` is not built in; `scale` took twice as long and was darker).
"""

import math
from pathlib import Path

#: numbers of ITU-T H.273 for the transfer, as FFmpeg has them
PQ, HLG = 16, 18
#: points of the table along each axis
_POINTS = 33
# Paper white (BT.2408) and the brightest, in cd/m²
_WHITE, _PEAK = 203.0, 1000.0
_KNEE = 0.6
_LUMA = (0.2627, 0.6780, 0.0593)  # BT.2020
_TO_709 = ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187))
_GAMMA = 2.4  # of a television (BT.1886)

Colour = tuple[float, float, float]


def write_table(path: Path, transfer: int) -> None:
    """A table from BT.2020 in HLG or PQ to BT.709, as a .cube file."""
    steps = [number / (_POINTS - 1) for number in range(_POINTS)]
    rows = [_shown((red, green, blue), transfer) for blue in steps for green in steps for red in steps]
    lines = [f"LUT_3D_SIZE {_POINTS}", *(f"{red:.5f} {green:.5f} {blue:.5f}" for red, green, blue in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def _shown(signal: Colour, transfer: int) -> Colour:
    light = [value / _WHITE for value in (_hlg(signal) if transfer == HLG else tuple(map(_pq, signal)))]
    # By the strongest of the three, so that a colour stays what it is.
    strongest = max(light)
    factor = _drawn_together(strongest) / strongest if strongest > 0 else 1.0
    mixed = [sum(part * value * factor for part, value in zip(row, light, strict=True)) for row in _TO_709]
    red, green, blue = (min(1.0, max(0.0, value)) ** (1 / _GAMMA) for value in mixed)
    return red, green, blue


def _hlg(signal: Colour) -> Colour:
    """cd/m² on a screen of 1,000 (BT.2100, table 5)."""
    red, green, blue = map(_scene, signal)
    luma = sum(part * value for part, value in zip(_LUMA, (red, green, blue), strict=True))
    factor = _PEAK * luma**0.2 if luma > 0 else 0.0
    return red * factor, green * factor, blue * factor


def _scene(value: float) -> float:
    a = 0.17883277
    b, c = 1 - 4 * a, 0.5 - a * math.log(4 * a)
    return value * value / 3 if value <= 0.5 else (math.exp((value - c) / a) + b) / 12


def _pq(value: float) -> float:
    """cd/m² (BT.2100, table 4)."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 4096 * 128, 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    power = value ** (1 / m2)
    return 10_000.0 * float((max(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1))


def _drawn_together(light: float) -> float:
    """Paper white is 1; with the same slope at the knee, and 1 at the peak."""
    if light <= _KNEE:
        return light
    slope = (1 - _KNEE) / (_PEAK / _WHITE - _KNEE)
    bend = slope / (1 - slope)
    part = min(1.0, (light - _KNEE) / (_PEAK / _WHITE - _KNEE))
    return _KNEE + (1 - _KNEE) * part * (1 + bend) / (part + bend)
