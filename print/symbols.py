"""QR symbols by the thousand: what the qrcode library draws, bit for bit, at a tenth of the time.

A symbol is one int: its modules row by row, the top left one being the highest bit.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from qrcode import QRCode, util
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError

LEVELS = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}

Mode = Literal[1, 2, 4]  # numeric, alphanumeric, bytes
Shape = tuple[tuple[Mode, int], ...]  # mode and length of each segment


def symbol(text: str, level: str) -> tuple[int, str, int]:
    """Version, level and symbol of the text, at `level` or at a higher one that needs no larger version.

    OverflowError where no version holds it.
    """
    segments = list(util.optimal_data_chunks(text, minimum=20))
    shape = tuple((segment.mode, len(segment)) for segment in segments)
    version, level = _fit(shape, level)
    return version, level, _masks(version, level).best(_drawing(version, level, shape).draw(segments))


@lru_cache(maxsize=256)
def _fit(shape: Shape, level: str) -> tuple[int, str]:
    version = _version(shape, level)
    for higher in list(LEVELS)[list(LEVELS).index(level) + 1 :]:
        try:
            if _version(shape, higher) > version:
                break
        except OverflowError:
            break
        level = higher
    return version, level


def _version(shape: Shape, level: str) -> int:
    maker = _maker(None, level)
    maker.data_list = [util.QRData(b"0" * length, mode, check_data=False) for mode, length in shape]
    try:
        return maker.best_fit()
    except (DataOverflowError, ValueError) as error:  # the library says either, for one and the same reason
        raise OverflowError("Too long for a QR code.") from error


def _maker(version: int | None, level: str) -> QRCode[Any]:  # of any picture: none is made
    return QRCode(version=version, error_correction=LEVELS[level], border=0)


@lru_cache(maxsize=64)
def _drawing(version: int, level: str, shape: Shape) -> "_Drawing":
    return _Drawing(version, level)


class _Drawing:
    """Draws the texts of one shape, with mask 0 and without format bits.

    Between texts of one shape a module is a sum over GF(2) of data bits: padding is constant, Reed-Solomon is linear,
    placing is a permutation, masking is an addition. So the difference of two symbols depends on the difference of
    their data alone. The library draws every text that brings a new difference (some 200 of them for share tokens);
    a text whose difference is a sum of known ones is that sum of known symbols.
    """

    def __init__(self, version: int, level: str) -> None:
        self.version, self.level = version, level
        self.first: tuple[int, int] | None = None  # data, symbol
        self.differences: dict[int, tuple[int, int]] = {}  # highest data bit → difference of data, of symbols

    def draw(self, segments: list[util.QRData]) -> int:
        data = _data(segments)
        if self.first is None:
            self.first = data, self._by_library(segments)
        difference, symbol = data ^ self.first[0], self.first[1]
        while difference:
            known = self.differences.get(difference.bit_length())
            if known is None:
                drawn = self._by_library(segments)
                self.differences[difference.bit_length()] = difference, drawn ^ symbol
                return drawn
            difference ^= known[0]
            symbol ^= known[1]
        return symbol

    def _by_library(self, segments: list[util.QRData]) -> int:
        maker = _maker(self.version, self.level)
        maker.data_list = segments
        maker.makeImpl(True, 0)
        return _joined(maker.modules)


def _data(segments: list[util.QRData]) -> int:
    buffer = util.BitBuffer()
    for segment in segments:
        segment.write(buffer)
    return int.from_bytes(bytes(buffer.buffer), "big")


def _joined(rows: Sequence[Sequence[bool | None]]) -> int:
    return int("".join("1" if dark else "0" for row in rows for dark in row), 2)


@lru_cache(maxsize=64)
def _masks(version: int, level: str) -> "_Masks":
    return _Masks(version, level)


class _Masks:
    """Chooses the mask that the library would choose, on whole symbols at once."""

    def __init__(self, version: int, level: str) -> None:
        size = self.size = 17 + 4 * version
        maker = _maker(version, level)
        maker.add_data("0")
        drawn = [(self._drawn(maker, True, mask), self._drawn(maker, False, mask)) for mask in range(8)]
        # Symbols arrive with mask 0: adding the first of each pair makes mask k, the second also writes format bits.
        self.turns = [(blank ^ drawn[0][0], final ^ drawn[0][0]) for blank, final in drawn]
        self.all = (1 << size * size) - 1
        # Where a pattern of k modules that starts here stays inside its row, inside its column.
        self.across = [_where(size, last_column=size - k) for k in range(12)]
        self.down = [_where(size, last_row=size - k) for k in range(12)]

    def _drawn(self, maker: QRCode[Any], blank: bool, mask: int) -> int:
        maker.makeImpl(blank, mask)
        return _joined(maker.modules)

    def best(self, symbol: int) -> int:
        # The library judges with blank format bits, and takes the first of equals.
        turn = min(self.turns, key=lambda turn: self.penalty(symbol ^ turn[0]))
        return symbol ^ turn[1]

    def penalty(self, dark: int) -> int:
        """ISO/IEC 18004 §7.8.3 as `qrcode.util.lost_point` counts it. A shift by k looks k modules ahead."""
        size, light = self.size, dark ^ self.all
        points = 0
        pairs = []
        for step, inside in ((1, self.across), (size, self.down)):
            pair = ~(dark ^ dark << step) & inside[2]
            pairs.append(pair)
            five = pair & pair << step
            five &= five << 2 * step & inside[5]
            # A run of n ≥ 5 holds n - 4 fives and scores n - 2: one for each five and two more for its last.
            points += five.bit_count() + 2 * (five & ~(five << step & inside[6])).bit_count()
            finder = dark & light << step & dark << 2 * step & dark << 3 * step & dark << 4 * step
            finder &= light << 5 * step & dark << 6 * step
            quiet = light & light << step
            quiet &= quiet << 2 * step
            points += 40 * (finder & quiet << 7 * step & inside[11]).bit_count()
            points += 40 * (quiet & finder << 4 * step & inside[11]).bit_count()
        points += (
            3 * (pairs[0] & pairs[0] << size & pairs[1] & pairs[1] << 1 & self.across[2] & self.down[2]).bit_count()
        )
        return points + int(abs(dark.bit_count() / (size * size) * 100 - 50) / 5) * 10


def _where(size: int, last_row: int | None = None, last_column: int | None = None) -> int:
    rows, columns = (size if last is None else last + 1 for last in (last_row, last_column))
    return _joined([[row < rows and column < columns for column in range(size)] for row in range(size)])
