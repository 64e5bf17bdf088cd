"""Folders that a process left behind that was killed."""

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

#: after so many seconds nobody works there any more
OLD = 6 * 3600


def tidy(prefix: str) -> None:
    """Take away old folders for temporary files whose names begin so."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > OLD:
                shutil.rmtree(folder)
