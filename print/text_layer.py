"""The text that stands behind the glyphs of a PDF, for whoever searches, copies or hears it."""

import re

import pydyf

from print.fonts import FONTS

#: a glyph and its text, as WeasyPrint writes them into ToUnicode
ENTRY = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]*)>")
NOTHING = "\u200b"  # for a glyph that has no text of its own: readers take a guess at an empty one


def correct_text(pdf: pydyf.PDF) -> None:
    """WeasyPrint gives a glyph the text that it was drawn for first, 👍🏽 though only 👍 is seen: it gets its own."""
    families = {font.family.replace(" ", "-").encode(): font for font in FONTS}
    for each in pdf.objects:
        if not isinstance(each, pydyf.Dictionary) or "ToUnicode" not in each:
            continue
        font = families[each["BaseFont"].partition(b"+")[2]]
        lines = pdf.objects[int(each["ToUnicode"].split()[0])].stream
        for number, line in enumerate(lines):
            if not (entry := ENTRY.fullmatch(line)):
                continue
            text = bytes.fromhex(entry[2].decode()).decode("utf-16-be")
            if len(text) == 1:
                continue
            own = font.characters.get(int(entry[1], 16), "")
            if not text or (own and own in text):
                lines[number] = b"<%s> <%s>" % (entry[1], (own or NOTHING).encode("utf-16-be").hex().encode())
