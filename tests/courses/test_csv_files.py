"""Files that spreadsheets open without running anything."""

import csv
import io
from datetime import datetime, timedelta, timezone

import pytest

from courses.csv_files import csv_bytes


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|'/c calc'!A1",
        '=HYPERLINK("http://evil.example","x")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        "  =1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
    ],
)
def test_csv_bytes_lets_no_cell_be_a_formula(cell: str) -> None:
    assert read(csv_bytes([["1", cell]])) == [["1", "'" + cell]]


@pytest.mark.parametrize(
    "cell", ["", "李雷", 'a "quoted" name', "a, b; c", "two\r\nlines", "<script>", "a=b", "x" * 10_000, "{{7*7}}"]
)
def test_csv_bytes_keeps_everything_else(cell: str) -> None:
    assert read(csv_bytes([["1", cell], ["2", "b"]])) == [["1", cell], ["2", "b"]]


def test_csv_bytes_is_written_as_excel_and_the_rfc_want_it() -> None:
    assert csv_bytes([["学号", "a,b"], ["1", 'x"y']]) == '\ufeff学号,"a,b"\r\n1,"x""y"\r\n'.encode()
    assert csv_bytes([]) == b"\xef\xbb\xbf"
    assert csv_bytes([["\ud800"]]).endswith(b"?\r\n")


def test_csv_numbers_are_bare_and_times_have_their_zone() -> None:
    at = datetime(2026, 9, 1, 8, 0, 0, 123, timezone(timedelta(hours=8)))
    assert read(csv_bytes([[-3, 1.5, None, True, at, "-3"]])) == [
        ["-3", "1.5", "", "1", "2026-09-01T08:00:00+08:00", "'-3"]
    ]
