"""What the portal keeps on its machine is its own account's: no other may read, write or list it."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

#: the bits of a mode that are for other accounts
OTHERS = 0o077


def keep_to_owner() -> None:
    """What this process makes from now on, and what those make that it starts: files 0600, folders 0700."""
    os.umask(OTHERS)


def open_to_others(places: Iterable[Path]) -> list[Path]:
    """Those of the files and folders, and of what is below, that another account may use. Symbolic links are left out."""
    return [path for path in _all(places) if stat.S_IMODE(path.lstat().st_mode) & OTHERS]


def tighten(places: Iterable[Path]) -> None:
    """Take from other accounts what they may do; what is not ours to change stays, for `portal doctor` to name."""
    for path in open_to_others(places):
        try:
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~OTHERS)
        except OSError:
            continue


def _all(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if not place.exists():
            continue
        yield place.resolve()
        for folder, folders, files in os.walk(place.resolve()):
            below = (Path(folder, name) for name in (*folders, *files))
            yield from (path for path in below if path.exists() and not path.is_symlink())
