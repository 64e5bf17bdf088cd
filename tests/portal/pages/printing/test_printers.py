"""Measuring a printer: the ruler, the numbers, and what they come to."""

from typing import Any

import pypdfium2
import pytest
from litestar.testing import TestClient

from courses.printing.printers import add_printer, printers_of
from courses.signed_in import SignedIn
from portal.printing.printer_forms import fit_of
from tests.print.test_fit import applied

NUMBERS = {"name": "Office 二楼", "paper": "a4", "left": "21,2", "across": "163.2 mm", "top": "２１．２", "down": "240"}


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].get_textpage().get_text_range()


def test_printer_is_measured_and_makes_up_for_its_fault(alice: TestClient, alice_person: SignedIn, run: Any) -> None:
    """96 % and 2 mm to the right and down: 20 mm come out at 21.2, and 170 as 163.2."""
    answer = alice.post("/account/printers", data=NUMBERS)
    assert answer.headers["location"] == "/account/printers?done=saved"
    (printer,) = run(printers_of, alice_person)
    assert printer.preferred
    for x, y in ((0.0, 0.0), (105.0, 148.5), (210.0, 297.0)):
        at = applied(fit_of(printer), x, y)
        assert (at[0] * 0.96 + 2, at[1] * 0.96 + 2) == pytest.approx((x, y), abs=0.001)
    page = alice.get("/account/printers?done=saved").text
    assert page.count("4.0 % too small, 2.0 mm too far right") == 1
    assert page.count("4.0 % too small, 2.0 mm too low") == 1
    assert "Office 二楼" in page


def test_what_it_comes_to_is_shown_before_it_is_saved(alice: TestClient, alice_person: SignedIn, run: Any) -> None:
    answer = alice.post("/account/printers", data=NUMBERS | {"do": "show", "name": ""})
    assert answer.status_code == 200
    assert "4.0 % too small, 2.0 mm too far right" in answer.text
    assert "as with “fit to page”" in answer.text
    assert 'value="21,2"' in answer.text
    assert run(printers_of, alice_person) == []
    right = {"do": "show", "left": "20", "across": "170", "top": "20", "down": "230", "paper": "letter"}
    assert "This printer is right" in alice.post("/account/printers", data=NUMBERS | right).text
    in_chinese = alice.post("/account/printers", data=NUMBERS | {"do": "show"}, headers={"accept-language": "zh"}).text
    assert "小了 4.0%，偏右 2.0 毫米" in in_chinese


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"across": "17"}, ["The lines are 170 mm apart"]), ({"across": "17", "top": "x"}, ["The lines are", "Write the"]),
     ({"left": "x", "down": ""}, ["Write the distance"] * 2),
     ({"left": "90", "name": " "}, ["The line should be 20 mm from the edge", "Give the printer a name"]),
     ({"paper": "a5"}, ["Choose the paper"]), ({"name": "x" * 61}, ["Give the printer a name"])],
)  # fmt: skip
def test_numbers_that_cannot_be_come_back_as_typed(
    alice: TestClient, alice_person: SignedIn, run: Any, typed: dict[str, str], words: list[str]
) -> None:
    answer = alice.post("/account/printers", data=NUMBERS | typed)
    assert answer.status_code == 422
    for word in words:
        assert answer.text.count(word) == words.count(word)
    assert f'value="{(NUMBERS | typed)["across"]}"' in answer.text
    assert run(printers_of, alice_person) == []


def test_another_printer_becomes_the_default_and_one_is_deleted(
    alice: TestClient, alice_person: SignedIn, run: Any
) -> None:
    run(add_printer, alice_person, "Office", (0, 0), (1, 1))
    home = run(add_printer, alice_person, "Home", (0, 0), (1, 1))
    assert alice.post(f"/account/printers/{home.id}/default", data={"x": ""}).status_code == 303
    assert [printer.name for printer in run(printers_of, alice_person)] == ["Home", "Office"]
    assert alice.post(f"/account/printers/{home.id}/removal", data={"x": ""}).status_code == 303
    assert [(printer.name, printer.preferred) for printer in run(printers_of, alice_person)] == [("Office", True)]


def test_ruler_and_check_are_one_page_each(
    alice: TestClient, bob: TestClient, alice_person: SignedIn, run: Any
) -> None:
    ruler = alice.get("/account/printers/ruler.pdf?paper=letter")
    assert ruler.headers["content-type"] == "application/pdf"
    assert "2 from the left line to the right line" in text_of(ruler.content)
    printer = run(add_printer, alice_person, "Office 二楼", (-2.083, -2.083), (1 / 0.96, 1 / 0.96))
    check = alice.get(f"/account/printers/ruler.pdf?printer={printer.id}", headers={"accept-language": "zh"})
    assert "Office 二楼 检验页" in text_of(check.content)
    assert "量出 20、170、20 和 250 毫米" in text_of(check.content).replace("\r\n", "")
    assert bob.get(f"/account/printers/ruler.pdf?printer={printer.id}").status_code == 404
    assert alice.get("/account/printers/ruler.pdf?paper=a9").status_code == 422


def test_account_page_leads_to_the_printers(alice: TestClient) -> None:
    assert 'href="/account/printers"' in alice.get("/account").text
