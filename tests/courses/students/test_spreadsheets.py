"""Spreadsheets as Excel, WPS and LibreOffice save them: every cell comes as the screen shows it, and nothing is lost in silence."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl import Workbook

from courses.errors import Invalid
from courses.students.lists import read_list
from courses.students.number_formats import shown
from courses.students.reading import Entry, RosterInvalid
from courses.students.spreadsheets import read_spreadsheet

TITLES = ("学号", "姓名", "小组")


def saved(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        fill(book)
    return target.getvalue()


def entries(data: bytes) -> list[Entry]:
    (sheet,) = read_spreadsheet(data)
    return read_list(sheet.rows).entries


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (7, "000000", "000007"),
        (15, '"S"0000', "S0015"),
        (2024001, "General", "2024001"),
        (3.0, "General", "3"),
        (202401010101, "0.00E+00", "202401010101"),
        (1234567, "000-0000", "123-4567"),
        (5, '[$-804]0"号"', "5号"),
        (5, 'General"班"', "5班"),
        (7, "[Red]00", "07"),
        (-5, "0;(0)", "(5)"),
        (0, '0;-0;"无"', "无"),
        (7, "[>5]000;0", "007"),
        (0.5, "0%", "50%"),
        (0.256, "0.0%", "25.6%"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1.5, "0.##", "1.5"),
        (0.1 + 0.2, "General", "0.3"),
        (330106200501011000, "0", "3.30106200501011E+17"),
        ("0015", '"S"@', "S0015"),
        ("x", "0", "x"),
        (True, "General", "TRUE"),
        (12, "G/通用格式", "12"),
        (12, 'G/通用格式"号"', "12号"),
        (45000, "[$-804]aaaa", "45000"),
        (7, '[>100]"大"0;"小"0', "小7"),
        (700, '[>100]"大"0;"小"0', "大700"),
        (datetime(2026, 9, 1), "yyyy-mm-dd", "2026-09-01"),
        (date(2026, 9, 1), "mm-dd-yy", "2026/9/1"),
        (datetime(2026, 3, 1), 'm"月"d"日"', "3月1日"),
        (datetime(2026, 9, 1), 'yyyy"年"m"月";@', "2026年9月"),
        (datetime(2026, 9, 1, 13, 5), "yyyy/m/d h:mm", "2026/9/1 13:05"),
        (datetime(2026, 9, 1, 13, 5), "h:mm AM/PM", "1:05 PM"),
        (datetime(2026, 9, 1), "[$-804]aaaa", "星期二"),
        (time(8, 5), "h:mm", "8:05"),
    ],
)
def test_value_is_shown_as_its_format_says(value: object, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_cells_are_not_cut_again() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for row, cells in enumerate(
            [TITLES, ('"A1', "林小满", "甲"), ("A2", '"小"王', "乙"), ("A3", 'O"Neil, Ann; x\ty', "丙")]
        ):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)

    assert entries(saved(fill)) == [
        Entry('"A1', "林小满", "甲"), Entry("A2", '"小"王', "乙"), Entry("A3", 'O"Neil, Ann; x y', "丙"),
    ]  # fmt: skip


def test_escaped_characters_of_cells_are_read() -> None:
    book = Workbook()
    for row in (TITLES[:2], ("007", "林小满_x000D_\n"), ("008", "王_x0009_子涵"), ("009", "a_x005F_x0041_")):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    assert [entry.name for entry in entries(target.getvalue())] == ["林小满", "王 子涵", "a_x0041_"]


def test_numbers_are_read_with_their_formats_and_errors_and_lost_digits_are_refused() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, (7, "林小满"), book.add_format({"num_format": "000000"}))
        sheet.write_row(2, 0, (330106200501011234, "王子涵"))
        sheet.write(3, 0, 5)
        sheet.write_formula(3, 1, "=VLOOKUP(A2,X!A:B,2,0)", None, "#N/A")
        sheet.write_row(4, 0, (6, "李思远"))
        sheet.write_formula(4, 2, "=1/0", None, "#DIV/0!")
        sheet.write_row(5, 0, (8, "张雨桐"))

    with pytest.raises(RosterInvalid) as caught:
        entries(saved(fill))
    assert [(line, str(problem)[:45]) for line, problem in caught.value.lines] == [
        (3, "Digits of the number 3.30106200501011E+17 are"),
        (4, "The spreadsheet shows #N/A here in place of a"),
        (5, "The spreadsheet shows #DIV/0! here in place o"),
    ]


def test_formula_that_was_never_worked_out_is_refused() -> None:
    book = Workbook()
    for row in (TITLES, (1, "林小满", "=A1")):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(RosterInvalid) as caught:
        entries(target.getvalue())
    assert str(caught.value.lines[0][1]).startswith("The spreadsheet shows #CALC!")


def test_group_of_merged_cells_is_that_of_each_row() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:C1", "2026 选课名单")
        sheet.write_row(1, 0, ("组", "学号", "姓名"))
        sheet.merge_range("A3:A4", "甲组")
        sheet.merge_range("A5:A6", "乙组")
        for row, name in enumerate(["林小满", "王子涵", "李思远", "张雨桐"], start=2):
            sheet.write_row(row, 1, (2024000 + row, name))

    assert [entry.group for entry in entries(saved(fill))] == ["甲组", "甲组", "乙组", "乙组"]


def test_group_of_cells_that_are_one_over_several_columns_is_that_of_each_row() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("学号", "姓名", "组"))
        sheet.merge_range("C2:D3", "甲组")
        sheet.write_row(1, 0, ("2024001", "林小满"))
        sheet.write_row(2, 0, ("2024002", "王子涵"))

    assert [entry.group for entry in entries(saved(fill))] == ["甲组", "甲组"]


def test_rows_that_are_hidden_are_read_and_named() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for row, cells in enumerate((TITLES, ("1", "林小满"), ("2", "王子涵"))):
            sheet.write_row(row, 0, cells)
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_row(9, None, None, {"hidden": True})

    (sheet,) = read_spreadsheet(saved(fill))
    assert ([line for line, _ in sheet.rows], sheet.hidden) == ([1, 2, 3], (2,))


def test_a_sheet_that_is_a_chart_is_passed_over() -> None:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active.append(("学号", "姓名"))
    book.active.append(("1", "林小满"))
    book.create_chartsheet("图")
    book.save(target)
    assert entries(target.getvalue()) == [Entry("1", "林小满")]


def test_sheets_that_can_be_seen_are_read_and_no_others() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name in ("1班", "空", "藏", "深藏", "2班"):
            sheet = book.add_worksheet(name)
            if name != "空":
                sheet.write_row(0, 0, TITLES)
            if name == "藏":
                sheet.hide()
            if name == "深藏":
                sheet.very_hidden()

    assert [sheet.name for sheet in read_spreadsheet(saved(fill))] == ["1班", "2班"]


def test_row_far_below_is_read_and_what_is_too_far_is_refused() -> None:
    def far(row: int, column: int = 0) -> bytes:
        def fill(book: xlsxwriter.Workbook) -> None:
            sheet = book.add_worksheet("名单")
            sheet.write_row(0, 0, TITLES[:2])
            sheet.write_row(1, 0, (1, "林小满"))
            sheet.write_row(row - 1, column, (2, "王子涵"))

        return saved(fill)

    assert [entry.name for entry in entries(far(5_201))] == ["林小满", "王子涵"]
    for data in (far(20_001), far(1_048_576), far(3, 300)):
        with pytest.raises(Invalid) as caught:
            read_spreadsheet(data)
        assert "The sheet “名单” has something in row" in str(caught.value.fields["roster"])


def test_size_that_the_file_names_wrongly_hides_no_row() -> None:
    book = Workbook()
    for row in (TITLES[:2], (1, "林小满"), (2, "王子涵")):
        book.active.append(row)
    made, target = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(target, "w") as other:
        for name in archive.namelist():
            data = archive.read(name)
            other.writestr(name, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', data))
    assert [entry.name for entry in entries(target.getvalue())] == ["林小满", "王子涵"]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_what_libreoffice_saves_comes_back(tmp_path: Path) -> None:
    rows = [("0012", '"小"王', "=x"), ("2024001", "阿卜杜拉·买买提", ""), ("A-7", "O'Neil, Ann", "甲;乙")]

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for place, row in enumerate([TITLES, *rows]):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)

    (tmp_path / "made.xlsx").write_bytes(saved(fill))
    for form in ("ods", "xlsx"):
        source = tmp_path / ("made.xlsx" if form == "ods" else "made.ods")
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", form,
             "--outdir", str(tmp_path), str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
    data = (tmp_path / "made.xlsx").read_bytes()
    assert entries(data) == [Entry(*row) for row in rows]
