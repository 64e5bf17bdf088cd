"""What a zip is written to that is sent while it is made."""

from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

# The first moment that a zip can tell (APPNOTE.TXT 4.4.6): when a file was made does not change it.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


class ZipPipe:
    """Nobody can go back in it; `take` what has been written since the last time."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.waiting += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts, self.waiting = [], 0
        return data


def zip_entry(path: str, *, packed: bool) -> ZipInfo:
    """A plain file; `packed` is for what has not been compressed yet."""
    info = ZipInfo(path, _TIME)
    info.external_attr, info.create_system = _MODE, 3
    info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
    return info
