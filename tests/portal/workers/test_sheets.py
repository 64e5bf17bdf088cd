"""Sheets that are no runs: read back before anybody has them, like those that are."""

from dataclasses import replace

import pypdfium2
import pytest

from courses.errors import Conflict
from portal.i18n import say, use_language
from portal.printing.sheets import sheet_look
from portal.workers.sheets import draw_sheet
from print.options import Fit
from print.sheets import Slip

SLIPS = [Slip("https://CLASS.EXAMPLE.CN/S/AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULB", title) for title in ("Tea 茶", "Milk")]


def test_sheet_says_that_its_codes_were_read_back() -> None:
    with pypdfium2.PdfDocument(draw_sheet(SLIPS, sheet_look("a4-24", "Drinks", "en"))) as pdf:
        assert "2 of 2 codes on this page were read back" in pdf[0].get_textpage().get_text_range()


def test_sheet_with_a_code_that_cannot_be_read_is_no_file_and_says_which() -> None:
    look = replace(sheet_look("a4-65", "Drinks", "en"), fit=Fit(scale_x=0.8, scale_y=0.8))
    with pytest.raises(Conflict) as refused:
        draw_sheet(SLIPS, look)
    assert str(refused.value).startswith(
        "2 of the codes that were read back failed, so there is no file. The first is that of “Tea 茶”:"
    )
    assert "phones need 0.5 mm" in str(refused.value)
    use_language("zh")
    assert "手机至少需要 0.5 毫米" in say(refused.value.message)
    use_language("en")
