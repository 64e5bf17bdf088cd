"""Gzip by all processors: blocks are compressed beside one another and stand one behind the other, which every reader reads."""

import gzip
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO

#: bytes of a block; the fastest level, as most of a backup is pictures or a database, which gain little by the others
BLOCK, LEVEL = 4 << 20, 1


class BlockGzip:
    """A file that is written to; `close` writes what is left, and leaves the file under it open."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._rest = bytearray()
        self._threads = ThreadPoolExecutor(os.cpu_count())
        self._blocks: deque[Future[bytes]] = deque()

    def write(self, data: bytes) -> int:
        """All of it."""
        self._rest += data
        while len(self._rest) >= BLOCK:
            self._compress(bytes(self._rest[:BLOCK]))
            del self._rest[:BLOCK]
        return len(data)

    def _compress(self, block: bytes) -> None:
        self._blocks.append(self._threads.submit(gzip.compress, block, LEVEL, mtime=0))
        while len(self._blocks) > 2 * (os.cpu_count() or 1):
            self._file.write(self._blocks.popleft().result())

    def close(self) -> None:
        """Write what is left."""
        self._compress(bytes(self._rest))
        self._rest.clear()
        while self._blocks:
            self._file.write(self._blocks.popleft().result())
        self._threads.shutdown()
