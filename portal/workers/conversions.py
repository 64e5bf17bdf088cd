"""Videos, converted in worker processes. Imports little, as each worker waits for it at its start."""

import os
from pathlib import Path

from courses.media.conversion import convert_video
from courses.media.videos import PreparedVideo

#: beside the video: how much of it is done, in percent
PROGRESS = "percent"


class Orphaned(Exception):
    """Whoever asked for it is gone."""


def convert_file(path: Path, parent: int) -> PreparedVideo:
    """As `convert_video`, for the process with the id `parent`: what is done stands in a file, and it ends with its parent.

    Raises MediaRefused.
    """
    report, shown = path.with_name(PROGRESS), -1

    def told(done: float, whole: float) -> None:
        nonlocal shown
        percent = min(99, int(100 * done / whole)) if whole > 0 else 0
        if percent == shown:
            return
        if os.getppid() != parent:
            raise Orphaned
        shown = percent
        report.write_text(str(percent), encoding="ascii")

    return convert_video(path, told)


def progress_of(path: Path) -> int:
    """How much of the video at this path is done, in percent."""
    try:
        return int(path.with_name(PROGRESS).read_text(encoding="ascii") or 0)
    except FileNotFoundError:
        return 0
