"""Texts of unknown encoding: the most certain reading first, and which one it was."""

import codecs
from collections.abc import Sequence

from courses.errors import Message

#: what people may choose, by Python's names
ENCODINGS = {
    "utf-8": "UTF-8", "gb18030": "GBK / GB18030", "big5": "Big5", "utf-16": "UTF-16", "shift_jis": "Shift JIS",
    "cp1252": "Windows 1252",
}  # fmt: skip
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class NotText(Exception):
    """Why these bytes are no text; `line` is where, from 1."""

    def __init__(self, line: int, message: Message) -> None:
        super().__init__(str(message))
        self.line = line
        self.message = message


def decode(data: bytes, wanted: str = "") -> tuple[str, str]:
    """The text and the name of its encoding: the wanted one, the marked one, or the first that fits. Raises NotText."""
    for mark, encoding in _MARKS:
        if data.startswith(mark) and wanted in ("", encoding):
            return _strictly(data, encoding)
    if wanted:
        return _strictly(data, wanted if wanted != "utf-16" else "utf-16-le", wanted)
    guesses: Sequence[str] = ("utf-8", "gb18030", "big5")
    if b"\0" in data[:4096]:
        # Western text in UTF-16 without its mark has a zero in every other byte.
        even = sum(byte == 0 for byte in data[:4096:2])
        guesses = ("utf-16-be",) if even > sum(byte == 0 for byte in data[1:4096:2]) else ("utf-16-le",)
    first: NotText | None = None
    for encoding in guesses:
        try:
            return _strictly(data, encoding, "utf-16" if encoding.startswith("utf-16") else encoding)
        except NotText as error:
            first = first or error
    raise first or NotText(1, Message("This is not text."))


def _strictly(data: bytes, encoding: str, name: str = "") -> tuple[str, str]:
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NotText(line, Message("Here are bytes that are not {encoding}. Save the file as UTF-8.",
                                    encoding=ENCODINGS.get(name or encoding, encoding))) from error  # fmt: skip
    if "\0" in text:
        raise NotText(text[: text.index("\0")].count("\n") + 1, Message("This file is not text."))
    return text.removeprefix("\ufeff"), name or encoding
