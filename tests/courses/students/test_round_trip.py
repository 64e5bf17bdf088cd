"""Any list of students, written as a file by us and by others' programs, comes back as it was."""

import csv
import io
from collections.abc import Callable, Sequence

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from courses.csv_files import csv_bytes
from courses.errors import Invalid
from courses.students.lists import read_list
from courses.students.reading import Entry, check_entries, decode_roster
from courses.students.separated import Row, read_separated, written
from courses.students.spreadsheets import read_spreadsheet
from courses.students.titles import are_titles

Rows = Sequence[tuple[str, str, str]]
TITLES = ("学号", "姓名", "小组")
_letters = st.sampled_from(
    [*"0123456789abzABZ,;|、，；\t\"'=+-@#._ ·•・’‑/()（）", *"林小满王子涵阿卜杜拉買é학", "𠮷", "葛\U000e0100"]
)
_texts = st.lists(_letters, min_size=1, max_size=12).map("".join)


def _students(rows: list[tuple[str, str, str]]) -> list[Entry] | None:
    """What these are once they are on a list, None where they cannot be."""
    try:
        entries = check_entries((line, *row) for line, row in enumerate(rows, start=1))
    except Invalid:
        return None
    return None if any(are_titles((entry.number, entry.name, entry.group or "")) for entry in entries) else entries


rosters = (
    st.lists(st.tuples(_texts, _texts, st.one_of(st.just(""), _texts)), min_size=1, max_size=6)
    .map(_students)
    .filter(lambda entries: entries is not None)
    .map(lambda entries: [(entry.number, entry.name, entry.group) for entry in entries])
)


def from_text(data: bytes) -> list[Row]:
    return read_separated(decode_roster(data)[0])


def from_spreadsheet(data: bytes) -> list[Row]:
    (sheet,) = read_spreadsheet(data)
    return sheet.rows


def ours(rows: Rows) -> list[Row]:
    return from_text(csv_bytes([TITLES, *rows]))


def pasted(rows: Rows) -> list[Row]:
    return read_separated(written(list(enumerate([list(TITLES), *map(list, rows)], start=1))))


def with_csv(encoding: str, **how: object) -> Callable[[Rows], list[Row]]:
    def write(rows: Rows) -> list[Row]:
        target = io.StringIO(newline="")
        # These programs put no apostrophe in front, so cells that have one lose none here that would be ours.
        csv.writer(target, **how).writerows([TITLES, *rows])  # type: ignore[arg-type]  # the dialect's own words
        return from_text(target.getvalue().encode(encoding))

    return write


def tabs_after_numbers(rows: Rows) -> list[Row]:
    """As offices keep Excel and WPS from reading a number."""
    target = io.StringIO(newline="")
    csv.writer(target).writerows([TITLES, *[(f"{number}\t", name, group) for number, name, group in rows]])
    return from_text(target.getvalue().encode("utf-8-sig"))


def with_openpyxl(rows: Rows) -> list[Row]:
    book, target = Workbook(), io.BytesIO()
    for line, row in enumerate([TITLES, *rows], start=1):
        for column, text in enumerate(row, start=1):
            cell = book.active.cell(line, column, text)
            cell.data_type = "s"
    book.save(target)
    return from_spreadsheet(target.getvalue())


def with_xlsxwriter(**options: bool) -> Callable[[Rows], list[Row]]:
    """Excel keeps texts in one table, WPS and others in the cells themselves, as `constant_memory` does."""

    def write(rows: Rows) -> list[Row]:
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"in_memory": True} | options) as book:
            sheet = book.add_worksheet()
            for line, row in enumerate([TITLES, *rows]):
                for column, text in enumerate(row):
                    if text:
                        sheet.write_string(line, column, text)
        return from_spreadsheet(target.getvalue())

    return write


@pytest.mark.parametrize(
    "write", [ours, pasted, with_openpyxl, with_xlsxwriter(), with_xlsxwriter(constant_memory=True)]
)
@settings(max_examples=60, deadline=None)
@given(rows=rosters)
def test_list_comes_back(write: Callable[[Rows], list[Row]], rows: Rows) -> None:
    assert [(entry.number, entry.name, entry.group) for entry in read_list(write(rows)).entries] == list(rows)


@pytest.mark.parametrize(
    "write",
    [
        with_csv("utf-8-sig"),
        with_csv("utf-8", delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n"),
        with_csv("utf-16", delimiter="\t"),
        with_csv("gb18030"),
        tabs_after_numbers,
    ],
)
@settings(max_examples=60, deadline=None)
@given(rows=rosters.filter(lambda rows: not any(cell.startswith("'") for row in rows for cell in row)))
def test_list_of_another_program_comes_back(write: Callable[[Rows], list[Row]], rows: Rows) -> None:
    assert [(entry.number, entry.name, entry.group) for entry in read_list(write(rows)).entries] == list(rows)
