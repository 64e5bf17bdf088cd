"""Rows of a whole course as text: a part that many rows have is written once."""

from collections.abc import Callable, Iterable, Sequence

from courses.csv_files import EMPTY, csv_cells
from courses.results.export_tables import Part

#: parts whose text is kept; some hundred bytes each
KEPT = 20_000


class PartWriter:
    """`write` makes the text of a part, which is at that place of its row."""

    def __init__(self, write: Callable[[int, Part], str]) -> None:
        self._write = write
        self._written: dict[tuple[int, Part], str] = {}

    def texts(self, row: Sequence[Part]) -> list[str]:
        """Of each part of a row."""
        if len(row) == 1:  # a row that is one part is hardly there twice
            return [self._write(0, row[0])]
        written, texts = self._written, []
        for key in enumerate(row):
            text = written.get(key)
            if text is None:
                if len(written) >= KEPT:
                    written.clear()
                text = written[key] = self._write(*key)
            texts.append(text)
        return texts

    def csv(self, rows: Iterable[Sequence[Part]]) -> bytes:
        """Lines of a CSV file, where the texts of parts are cells of it."""
        lines = [",".join(self.texts(row)) or EMPTY for row in rows]
        return "\r\n".join([*lines, ""]).encode("utf-8", "replace")


def plain_cells(_: int, part: Part) -> str:
    """The cells of a part as they are."""
    return csv_cells(part)
