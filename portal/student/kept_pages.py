"""Pages rendered once for many phones: what differs between phones is left blank and filled in for each.

They are compressed once, too: each piece between two blanks is closed with a full flush, so that pieces can be put behind
one another with the phone's own values between them as stored blocks (RFC 1951, 3.2.4).
"""

import re
import secrets
import struct
import zlib
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from cachetools import LRUCache
from markupsafe import escape

V = TypeVar("V")

#: nobody can write it into a lesson: it is made anew in every process
_MARK = secrets.token_hex(8)
_BLANK = re.compile(f"{_MARK}_([a-z_]+)_")
#: RFC 1952: deflate, no flags, no time, any system
GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
LAST_BLOCK = b"\x03\0"
LARGEST_STORED = 0xFFFF


def blank(name: str) -> str:
    """What a template gets in place of a value that is filled in later."""
    return f"{_MARK}_{name}_"


@dataclass(frozen=True)
class KeptPage:
    """A rendered page: pieces of text and, between them, the names of the blanks."""

    parts: list[str]

    @classmethod
    def of(cls, rendered: str) -> "KeptPage":
        """What a template gave, cut at its blanks."""
        return cls(_BLANK.split(rendered))

    @cached_property
    def pieces(self) -> list[tuple[bytes, bytes]]:
        """The texts, in UTF-8 and deflated."""
        return [(piece, _deflated(piece)) for piece in (part.encode() for part in self.parts[::2])]

    def filled(self, values: Mapping[str, object]) -> str:
        """The page with its blanks filled."""
        parts = self.parts.copy()
        parts[1::2] = [str(escape(values[name])) for name in parts[1::2]]
        return "".join(parts)

    def gzipped(self, values: Mapping[str, object]) -> bytes:
        """The same as one gzip member."""
        body, check, size = [GZIP_HEAD], 0, 0
        for plain, deflated in self._all(values):
            body.append(deflated)
            check = zlib.crc32(plain, check)
            size += len(plain)
        return b"".join([*body, LAST_BLOCK, struct.pack("<II", check, size & 0xFFFFFFFF)])

    def _all(self, values: Mapping[str, object]) -> Iterator[tuple[bytes, bytes]]:
        for piece, name in zip(self.pieces, [*self.parts[1::2], ""], strict=True):
            yield piece
            if name and (value := str(escape(values[name])).encode()):
                yield value, _stored(value)


def _deflated(piece: bytes) -> bytes:
    """Whole blocks that refer to nothing before them and end at a byte."""
    maker = zlib.compressobj(9, zlib.DEFLATED, -15)
    return maker.compress(piece) + maker.flush(zlib.Z_FULL_FLUSH)


def _stored(value: bytes) -> bytes:
    """As it is: packing a few bytes would cost more than it saves."""
    if len(value) > LARGEST_STORED:
        return _deflated(value)
    return struct.pack("<BHH", 0, len(value), len(value) ^ 0xFFFF) + value


class DerivedCache(Generic[V]):
    """The `size` values last asked for, by key, each for as long as what it was made of is the same object."""

    def __init__(self, size: int) -> None:
        self._values: LRUCache[Hashable, tuple[object, V]] = LRUCache(size)

    def get(self, key: Hashable, made_of: object, make: Callable[[], V]) -> V:
        """The value; made when it is not there or was made of something else."""
        known = self._values.get(key)
        if known is None or known[0] is not made_of:
            known = self._values[key] = (made_of, make())
        return known[1]
