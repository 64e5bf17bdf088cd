"""Picture files whose pixels are whole though something around them is not, written so that a decoder takes them."""

import re
import zlib
from collections.abc import Iterator

PROFILE_BYTES_MAX = 1_000_000
# Pixels, colours, direction, and what says that a picture moves (PNG, third edition, 11). The rest is text and small
# facts, which decoders read before they draw, and stumble over when it is long or wrong.
_KEPT = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"iCCP", b"eXIf", b"acTL", b"fcTL", b"fdAT")
_PNG = b"\x89PNG"
_HEAD = 8
# What a decoder that lacks a part of the picture would take for it, differently each time.
_JPEG_TAILS = (b"", b"\x55" * 64, bytes(range(1, 65)))
_JPEG_END = b"\xff\xd9"
# In coded data a 0xff is followed by a zero, or by one of eight marks that stand within it.
_MARKER = re.compile(rb"\xff+[^\xff\x00\xd0-\xd7]")
_FRAMES, _SCAN = (0xC0, 0xC1, 0xC2), 0xDA


def readable(data: bytes) -> bytes:
    """A PNG without its texts, however long, and without a colour profile that is too large or no profile."""
    return data[:_HEAD] + b"".join(_chunks(data)) if data.startswith(_PNG) else data


def _chunks(data: bytes) -> Iterator[bytes]:
    place = _HEAD
    while place < len(data):
        kind = data[place + 4 : place + 8]
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if kind in _KEPT and (kind != b"iCCP" or _profile_is_small(data[place + 8 : end - 4])):
            yield data[place:end]
        place = end


def _profile_is_small(chunk: bytes) -> bool:
    """Unpacked no further than it may be large: a name, two bytes, then the packed profile."""
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(chunk.partition(b"\0")[2][1:], PROFILE_BYTES_MAX)
    except zlib.error:
        return False
    return unpacker.eof


def ended_jpegs(data: bytes) -> list[bytes]:
    """A JPEG that lacks its end marker with other ends: they look alike only when none of the picture is missing.

    None of a JPEG that lacks whole parts.
    """
    whole = data[:-1] if data.endswith(b"\xff") else data  # half of the marker
    return [whole + tail + _JPEG_END for tail in _JPEG_TAILS] if _has_all_scans(whole) else []


def _has_all_scans(data: bytes) -> bool:
    """Whether every coefficient of every component is given to its last bit (ITU-T T.81, B.2.2, B.2.3, G.1.1.1)."""
    missing: set[tuple[int, int]] = set()
    place = 2
    while found := _MARKER.search(data, place):
        marker, start = data[found.end() - 1], found.end()
        place = start + int.from_bytes(data[start : start + 2], "big")
        header = data[start + 2 : place]
        if marker in _FRAMES and len(header) > 5:
            missing |= {(component, number) for component in header[6::3] for number in range(64)}
        elif marker == _SCAN and place < len(data) and len(header) == 2 * header[0] + 4:
            first, last, bits = header[-3:]
            if bits & 0x0F == 0:
                missing -= {(name, number) for name in header[1:-3:2] for number in range(first, last + 1)}
    return not missing
