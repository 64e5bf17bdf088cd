"""Lessonlink as an installed package: its packages and files lie beside this one, as they do in a checkout."""

import sys
from pathlib import Path


def main() -> None:
    """The command, `lessonlink` or `portal`; server and worker processes find the same packages."""
    sys.path.insert(0, str(Path(__file__).parent))
    from portal.__main__ import run

    run()
