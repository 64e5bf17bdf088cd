"""The text of an uploaded file of unknown encoding: the most likely reading, and which one it was."""

import codecs
from contextlib import suppress
from typing import NamedTuple

from courses.encoding_guesses import codecs_of, guess, plainly
from courses.errors import Message

#: what people may choose, by Python's names
ENCODINGS = {
    "utf-8": "UTF-8", "gb18030": "GBK / GB18030", "big5": "Big5", "utf-16": "UTF-16", "shift_jis": "Shift JIS",
    "euc_jp": "EUC-JP", "euc_kr": "EUC-KR", "cp1252": "Windows 1252", "cp1250": "Windows 1250",
    "cp1251": "Windows 1251", "koi8_r": "KOI8-R",
}  # fmt: skip
#: what names of files without a mark are tried as, the most certain first: they are too short to guess
UNMARKED = ("utf-8", "gb18030")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: bytes that are looked at to tell UTF-16
_HEAD = 4096


class NotText(Exception):
    """Why these bytes are no text; `line` is where, from 1."""

    def __init__(self, line: int, message: Message) -> None:
        super().__init__(str(message))
        self.line = line
        self.message = message


class Decoded(NamedTuple):
    """A text and the name of its encoding; `sure` is False where another encoding could have been meant."""

    text: str
    encoding: str
    sure: bool = True


def decode(data: bytes, wanted: str = "") -> Decoded:
    """The text in the wanted encoding, the marked one, or the most likely. Raises NotText."""
    for mark, encoding in _MARKS:
        if data.startswith(mark) and wanted in ("", encoding):
            return _strictly(data, encoding)
    if wanted:
        return _strictly(data, wanted if wanted != "utf-16" else "utf-16-le", wanted)
    if b"\0" in data[:_HEAD]:
        return _unmarked_utf16(data)
    try:
        return _strictly(data, "utf-8")
    except NotText:
        found = guess(data)
        if found is None:
            raise
        return _strictly(data, found.encoding)._replace(sure=found.sure)


def _unmarked_utf16(data: bytes) -> Decoded:
    """Western text in UTF-16 has a zero in every other byte, Chinese text at least in its commas and line breaks."""
    head = data[:_HEAD]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if 3 * (even + odd) < len(head) and _fits(data, "utf-8"):
        return _strictly(data, "utf-8")  # which names the line of a zero gone astray
    decoded = _strictly(data, "utf-16-be" if even > odd else "utf-16-le", "utf-16")
    if any(character < " " and character not in "\t\n\r" for character in decoded.text[:_HEAD]):
        raise NotText(1, Message("This file is not text."))
    return decoded


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _strictly(data: bytes, encoding: str, name: str = "") -> Decoded:
    if encoding == "utf-8":
        data = data.removeprefix(codecs.BOM_UTF8)
    codec, *others = codecs_of(encoding)
    for other in others:
        with suppress(UnicodeDecodeError):
            data.decode(codec)
            break
        codec = other
    try:
        text = plainly(data.decode(codec), encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise NotText(line, Message("Here are bytes that are not {encoding}. Save the file as UTF-8.",
                                    encoding=ENCODINGS.get(name or encoding, encoding))) from error  # fmt: skip
    if "\0" in text:
        raise NotText(text[: text.index("\0")].count("\n") + 1, Message("This file is not text."))
    return Decoded(text.removeprefix("\ufeff"), name or encoding)
