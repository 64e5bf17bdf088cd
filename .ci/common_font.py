"""A Chinese font without its rare ideographs: common_font.py FROM TO. Runs in .venv, where fontTools is.

Sheets that need no others, which is nearly all, are drawn with a quarter of the bytes: each worker holds a font twice.
"""

import sys

from fontTools.subset import Options, Subsetter, load_font, save_font

#: blocks that hold no ideographs, all of which is kept
OTHERS = ((0x0000, 0x3400), (0xA000, 0xF900), (0xFB00, 0x20000))


def main(source: str, target: str) -> None:
    options = Options(layout_features=["*"], hinting=False, notdef_outline=True)
    font = load_font(source, options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes={code for block in OTHERS for code in range(*block)}, text=gb2312())
    subsetter.subset(font)
    name = f"{font['name'].getDebugName(1)} Common"
    for number in (1, 4):  # family and full name, ISO/IEC 14496-22 §5.2.6
        font["name"].setName(name, number, 3, 1, 0x409)
    save_font(font, target, options)


def gb2312() -> str:
    """Its 6,763 ideographs."""
    pairs = (bytes((lead, trail)) for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF))
    return b"".join(pairs).decode("gb2312", "ignore")


if __name__ == "__main__":
    main(*sys.argv[1:])
