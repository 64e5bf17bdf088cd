"""The list that a form gives: pasted, in a text file, or on one of the sheets of a spreadsheet."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar.datastructures import UploadFile

from courses.encodings import ENCODINGS
from courses.errors import Invalid, Message
from courses.students.reading import decode_roster, doubt_about
from courses.students.separated import Row, read_separated, written
from courses.students.spreadsheets import Sheet, is_spreadsheet, read_spreadsheet
from courses.students.titles import columns_of
from portal.web.typed import read_number
from portal.workers.pool import in_worker
from portal.workers.threads import in_thread

#: characters of sheets that were not chosen, which go along in the form to be chosen next
CARRIED_MAX = 1 << 20


@dataclass(frozen=True)
class Given:
    """A list as lines, and as the text that stands in the form; `sheets` are all of its spreadsheet as (name, text).

    A sheet whose text is None is too large to go along. `asked` is the encoding that was chosen for a file that was not read,
    `encoding` is what a text file was found to be in, "" where somebody said so, `doubts` what is to be asked about it; a
    `flat` list tells nothing of merged cells; `hidden` are sheets with the lines that their screen does not show.
    """

    text: str
    rows: Sequence[Row]
    sheets: Sequence[tuple[str, str | None]] = ()
    chosen: int | None = None
    encoding: str = ""
    hidden: Sequence[tuple[str, str]] = ()
    doubts: Sequence[Message] = ()
    asked: str = ""
    flat: bool = True

    @property
    def to_be_seen(self) -> bool:
        """Whether something of it was found out or left out, which somebody has to look at before it is taken."""
        return bool(self.encoding or self.doubts or self.sheets or self.hidden)


def as_sent(form: Mapping[str, Any]) -> Given:
    """What stands in the form, without its file."""
    return Given(_text(form, "roster"), (), _carried(form), read_number(_text(form, "sheet")), asked=_encoding(form))


async def read_given(form: Mapping[str, Any]) -> Given:
    """What the form has. Raises Invalid."""
    typed = _text(form, "roster")
    carried = _carried(form)
    chosen = read_number(_text(form, "take"))
    if chosen is not None and chosen < len(carried):
        text = carried[chosen][1] or ""
        return Given(text, await in_thread(read_separated, text), carried, chosen, flat=False)
    file = form.get("file")
    data = await file.read() if isinstance(file, UploadFile) else b""
    if not data:
        chosen = read_number(_text(form, "sheet"))
        return Given(typed, await in_thread(read_separated, typed), carried, chosen)
    if typed.strip():
        raise Invalid({"roster": Message("Paste a list or choose a file, not both.")})
    if is_spreadsheet(data):
        return _sheets(await in_worker(read_spreadsheet, data))
    said = _encoding(form)
    decoded = await in_worker(decode_roster, data, said)
    found = "" if said or decoded.encoding in ("utf-8", "utf-16") else decoded.encoding
    rows = await in_thread(read_separated, decoded.text)
    return Given(decoded.text, rows, encoding=found, doubts=doubt_about(decoded))


def fingerprint(text: str) -> str:
    """Of a list as it was shown; line breaks do not matter, which browsers change."""
    return hashlib.sha256("\n".join(re.split(r"\r\n?|\n", text.strip())).encode("utf-8", "replace")).hexdigest()


def _text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _encoding(form: Mapping[str, Any]) -> str:
    chosen = _text(form, "encoding")
    return chosen if chosen in ENCODINGS else ""


def _carried(form: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    sheets: list[tuple[str, str | None]] = []
    while name := _text(form, f"sheet-{len(sheets)}-name"):
        text = form.get(f"sheet-{len(sheets)}")
        sheets.append((name[:100], text if isinstance(text, str) else None))
    return sheets


def _sheets(sheets: Sequence[Sheet]) -> Given:
    """The first sheet that has titles, or else the first, beside the others."""
    chosen = next((place for place, sheet in enumerate(sheets) if _has_titles(sheet)), 0)
    sheet = sheets[chosen]
    hidden = [(each.name, _lines(each.hidden)) for each in sheets if each.hidden]
    if len(sheets) == 1:
        return Given(written(sheet.rows), sheet.rows, hidden=hidden, flat=False)
    texts = [written(each.rows) for each in sheets]
    small = sum(map(len, texts)) <= CARRIED_MAX
    carried = [(each.name, text if small else None) for each, text in zip(sheets, texts, strict=True)]
    return Given(texts[chosen], sheet.rows, carried, chosen, hidden=hidden, flat=False)


def _lines(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:20])) + (" …" if lines[20:] else "")


def _has_titles(sheet: Sheet) -> bool:
    try:
        return any(columns_of(cells, names=False) for _, cells in sheet.rows[:10])
    except Invalid:
        return True
