"""What print refuses comes out of a worker as a sentence that can be said in both languages."""

from collections.abc import Callable
from typing import Any

import pytest

from courses.errors import Conflict
from portal.i18n import catalogue, say, use_language
from portal.printing.sheets import sheet_look
from portal.workers.pool import in_worker
from portal.workers.refusals import message_of
from portal.workers.sheets import draw_sheet
from print.layouts import LAYOUTS, TOO_FINE, SheetRefused
from print.sheets import Slip


def test_a_refusal_comes_out_of_a_worker_with_what_fills_it(run: Callable[..., Any]) -> None:
    slip = Slip("https://CLASS.EXAMPLE.COM/S/AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULB", "Tea 茶" + chr(0xF8FE))
    with pytest.raises(Conflict) as refused:
        run(in_worker, draw_sheet, [slip], sheet_look("a4-24", "Spring", "en"))
    message = refused.value.message
    assert "Tea" in str(message)
    assert catalogue("zh").gettext(message.text) != message.text
    use_language("zh")
    assert say(message) != str(message)
    use_language("en")


def test_a_message_says_the_same_as_the_refusal() -> None:
    with pytest.raises(SheetRefused) as refused:
        TOO_FINE.module(37)
    assert str(message_of(refused.value)) == str(refused.value)
    assert LAYOUTS["a4-24"].module(37) >= 0.5
