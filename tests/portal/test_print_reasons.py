"""Why a sheet cannot be printed is said in Chinese too; print/ itself knows no languages."""

from pathlib import Path

from babel.messages.extract import extract_from_file

from portal.i18n import catalogue
from print.layouts import WRONG
from print.proof import FAULTS

PRINT = Path(__file__).parents[2] / "print"
KEYWORDS = {"SheetRefused": None, "FontMissing": None, "Problem": (2,)}


def test_every_reason_has_its_chinese() -> None:
    reasons = {*WRONG.values(), *FAULTS.values()}
    for path in sorted(PRINT.glob("*.py")):
        reasons |= {text for _, text, _, _ in extract_from_file("python", path, keywords=KEYWORDS) if text}
    assert {"There is nothing to print yet.", "A picture is neither a PNG nor a JPEG."} <= reasons
    chinese = catalogue("zh")
    assert sorted(reason for reason in reasons if chinese.gettext(reason) == reason) == []
