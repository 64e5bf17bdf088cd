"""The portal's mark as PNG, for the screens of those who install it: drawn from the shapes of static/icon.svg."""

import struct
import zlib

#: of the file's `viewBox`
GRID = 32
FIELD, SHAPES = b"\xb3\x36\x2b", b"\xff\xff\xff"
#: left, top, right, bottom: the frame of the large square, its inside, and the dots
_FRAME, _INSIDE = (6, 6, 19, 19), (9, 9, 16, 16)
_DOTS = ((21, 6, 26, 11), (6, 21, 11, 26), (14, 21, 18, 26), (21, 14, 26, 18), (21, 21, 26, 26))


def png(size: int, scale: float = 1.0) -> bytes:
    """A square of `size` pixels; the shapes `scale` of their size, as systems cut off up to a fifth at the edges.

    https://www.w3.org/TR/appmanifest/#icon-masks
    """
    rows = bytearray()
    boxes = [_pixels(box, size, scale) for box in (_FRAME, _INSIDE, *_DOTS)]
    for y in range(size):
        row = bytearray(size)
        for place, (left, top, right, bottom) in enumerate(boxes):
            if top <= y < bottom:
                row[left:right] = (b"\0" if place == 1 else b"\1") * (right - left)
        rows += b"\0" + row
    head = struct.pack(">IIBBBBB", size, size, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", FIELD + SHAPES), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, data) for name, data in parts)


def _pixels(box: tuple[int, int, int, int], size: int, scale: float) -> tuple[int, int, int, int]:
    middle = GRID / 2
    left, top, right, bottom = (round((middle + (at - middle) * scale) * size / GRID) for at in box)
    return left, top, right, bottom


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
