"""When two spellings are one: what a spreadsheet or a phone adds to a number or a name, and the many forms of a dot or a hyphen."""

import re
import unicodedata

#: characters that nobody sees, and that two people cannot have typed alike; selectors of variants are seen
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
#: joiners shape letters of the scripts of Arabia and India, and nothing else but pictures
_JOINED = "\u0600-\u08ff\u0900-\u0fff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc\ufe0f\U0001f000-\U0001faff"
_JOINERS = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]")
_VARIANTS = re.compile("[\u034f\u200c\u200d\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
#: what spreadsheets write for a control character in a cell (ECMA-376, ST_Xstring)
_ESCAPED = re.compile("_x00(?:[01][0-9A-Fa-f]|7[Ff])_")
_AS_TEXT = re.compile('="([^"]*)"')
_MARKED_AS_TEXT = re.compile(r"'++(?=\d)")
_DOTS = re.compile("[\u00b7\u0387\u16eb\u2022\u2027\u2218\u2219\u22c5\u25cf\u2e31\u2e33\u30fb\u318d\ua78f]")
#: of "İ" and "I", which are two letters in Turkish and one on most keyboards
_TURKISH_I = re.compile("i\u0307|ı")
_HYPHENS = re.compile("[\u058a\u2010-\u2015\u2043\u2212\u2e3a\u2e3b\u30fc\ufe58]")
_APOSTROPHES = re.compile("[`\u00b4\u02b9\u02bb\u02bc\u02bd\u02bf\u02c8\u0374\u2018\u2019\u201b\u2032\u05f3\ua78c]")
#: a full stop between Chinese letters is the dot of a name, on a keyboard that has no other
_STOP = re.compile(r"(?<=[\u3400-\u9fff])[.。](?=[\u3400-\u9fff])")


def tidy(text: str) -> str:
    """One spelling for what looks the same: full-width forms made plain, spaces single, traces of spreadsheets taken off."""
    text = _ESCAPED.sub(" ", unicodedata.normalize("NFKC", text))
    text = " ".join(_JOINERS.sub("", _UNSEEN.sub("", text)).split())
    while as_text := _AS_TEXT.fullmatch(text):
        text = as_text[1].strip()
    marks = _MARKED_AS_TEXT.match(text)
    return text[marks.end() :] if marks else text


def number_key(number: str) -> str:
    """The same for numbers and codes that are one: case, spaces, and which dot, hyphen or apostrophe do not matter."""
    return _plain(number)


def name_key(name: str) -> str:
    """The same for names that are one. Rosters pad short Chinese names to line up ("张　三"); whoever types the name does not."""
    return _plain(name)


def _plain(text: str) -> str:
    text = _VARIANTS.sub("", "".join(tidy(text).casefold().split()))
    for pattern, plain in ((_DOTS, "·"), (_STOP, "·"), (_HYPHENS, "-"), (_APOSTROPHES, "'"), (_TURKISH_I, "i")):
        text = pattern.sub(plain, text)
    return unicodedata.normalize("NFC", text)
