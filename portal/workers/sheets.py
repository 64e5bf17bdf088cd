"""Sheets as single files, drawn in worker processes and read back. Imports little, as each worker waits for it at its start."""

import tempfile
from pathlib import Path

from courses.errors import Conflict, Message
from portal.workers.refusals import message_of
from portal.workers.run_parts import Look, draw_part
from print.proof import SAMPLE
from print.sheets import Slip


def draw_sheet(slips: list[Slip], look: Look) -> bytes:
    """The PDF. Raises Conflict where it cannot be printed, or some code of it could not be read back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.pdf"
        drawn = draw_part(slips, look, frozenset(), path, None if len(slips) <= SAMPLE else SAMPLE)
        if not drawn.unread:
            return path.read_bytes()
    first = drawn.unread[0]
    raise Conflict(Message(
        "{count} of the codes that were read back failed, so there is no file. The first is that of “{title}”: {reason}",
        count=len(drawn.unread), title=slips[first.slip].title, reason=message_of(first),
    ))  # fmt: skip
