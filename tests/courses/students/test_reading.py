"""Rosters as people paste and upload them."""

import pytest

from courses.errors import Invalid, Message
from courses.students.reading import Entry, RosterInvalid, check_entries, decode_roster
from tests.courses.classroom import parse_roster

ANNA, LI = Entry("7", "Anna Lee"), Entry("2024001", "李雷")


@pytest.mark.parametrize(
    "text",
    [
        "7,Anna Lee\n2024001,李雷",
        "7\tAnna Lee\r\n2024001\t李雷\r\n",
        "7;Anna Lee\r2024001；李雷",
        "7 Anna Lee\n2024001　李雷",
        "７，Anna Lee\n２０２４００１，李雷",
        "\ufeff学号,姓名\n7,Anna Lee\n2024001,李雷",
        "Number Name\n7 Anna Lee\n2024001 李雷",
        "Name;Room;Student ID\nAnna Lee;3B;7\n李雷;3B;2024001",
        "\n\n  7 ,  Anna   Lee ,\n   \n,,\n2024001,李雷,,\n",
        '"7","Anna Lee"\n"2024001","李雷"',
        "序号,教室,学号,姓名\n1,3B,7,Anna Lee\n2,3B,2024001,李雷",
        "No.,Student ID,Student name\n1,7,Anna Lee\n2,2024001,李雷",
        "2026 春季 名单\n\n学号\t姓名\n7\tAnna Lee\n2024001\t李雷",
        "2026 春季,,\n学号,姓名,备注\n7,Anna Lee,\n2024001,李雷,转学",
    ],
)
def test_parse_roster_reads_each_way_of_writing(text: str) -> None:
    assert parse_roster(text) == [ANNA, LI]


def test_parse_roster_takes_no_student_above_the_titles_for_a_heading() -> None:
    with pytest.raises(RosterInvalid) as caught:
        parse_roster("7,Anna Lee\nnumber,name\nnumber,name")
    assert [line for line, _ in caught.value.lines] == [2, 3]


def test_parse_roster_without_titles_takes_a_third_column_for_the_group() -> None:
    groups = [entry.group for entry in parse_roster("7,Anna Lee,甲\n8,李雷,\n9,Eve,乙")]
    assert groups == ["甲", "", "乙"]
    with pytest.raises(RosterInvalid) as caught:
        parse_roster("7,Anna Lee\n8,李雷,Jr.\n9,Eve")
    assert [line for line, _ in caught.value.lines] == [2]
    # without names nobody can tell a name from a group
    assert [entry.group for entry in parse_roster("7,Anna Lee\n8,李雷", names=False)] == [None, None]


def test_parse_roster_prefers_the_group_to_the_class() -> None:
    (entry,) = parse_roster("班级,学号,姓名,小组\n三班,7,Anna Lee,甲")
    assert entry.group == "甲"


@pytest.mark.parametrize(
    "text",
    ["7\n2024001", "7,Anna Lee\n2024001,李雷", "7 Anna Lee\n2024001 李雷", "学号\n7\n2024001", "name;id\nAnna;7\n\x07;2024001",
     "7," + "x" * 1_900 + "\n2024001,"],
)  # fmt: skip
def test_parse_roster_without_names_forgets_them_as_it_reads(text: str) -> None:
    assert parse_roster(text, names=False) == [Entry("7", ""), Entry("2024001", "")]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ('1,"Lee, Anna"', Entry("1", "Lee, Anna")),
        ("1\tLee, Anna; called A", Entry("1", "Lee, Anna; called A")),
        ("A-12 Anna", Entry("A-12", "Anna")),
        ("red fox,Anna", Entry("red fox", "Anna")),
        ("1,=cmd()", Entry("1", "=cmd()")),
        ("1,<script>alert(1)</script>", Entry("1", "<script>alert(1)</script>")),
        ("1,{{7*7}}", Entry("1", "{{7*7}}")),
        ("1,O'Neil \" quoted", Entry("1", "O'Neil \" quoted")),
        ("1,Anna\u2028Lee\x0b", Entry("1", "Anna Lee")),
        (f"{'9' * 40},{'李' * 100}", Entry("9" * 40, "李" * 100)),
    ],
)
def test_parse_roster_keeps_names_as_they_are(text: str, entry: Entry) -> None:
    assert parse_roster(text) == [entry]


def test_parse_roster_names_every_bad_line() -> None:
    text = (
        "number,name\n\n1,Anna\n,Bob\n3,\nCharlie\n1,Dora\n4,"
        + "x" * 1_900
        + "\n"
        + "9" * 41
        + ",Eve\n5,F,G\n6,a\x07b\n7,\u202eG"
    )
    with pytest.raises(RosterInvalid) as caught:
        parse_roster(text)
    assert [(line, str(message)) for line, message in caught.value.lines] == [
        (4, "There is no number."),
        (5, "There is no name."),
        (6, "There is no name."),
        (7, "The number 1 is on line 3 too."),
        (8, "The name has 1900 characters; 100 fit."),
        (9, "The number has 41 characters; 40 fit."),
        (10, "There are more than 2 columns."),
        (11, "There is a character that cannot be shown."),
        (12, "There is a character that cannot be shown."),
    ]
    assert caught.value.fields == {
        "roster": Message(
            "Nothing was added. Please correct these lines: {lines}", lines="4, 5, 6, 7, 8, 9, 10, 11, 12"
        )
    }


def test_parse_roster_takes_numbers_that_differ_in_case_or_width_as_one() -> None:
    with pytest.raises(RosterInvalid) as caught:
        parse_roster("a1,Anna\nＡ１,Bob")
    assert caught.value.lines == [(2, Message("The number {number} is on line {line} too.", number="A1", line=1))]


@pytest.mark.parametrize("text", ["", " \r\n\t\n", "number,name\n"])
def test_parse_roster_refuses_an_empty_list(text: str) -> None:
    with pytest.raises(Invalid, match="correct"):
        parse_roster(text)


def test_parse_roster_names_the_first_of_thousands_of_bad_lines() -> None:
    with pytest.raises(RosterInvalid) as caught:
        parse_roster("x\n" * 10_000)
    assert len(caught.value.lines) == 10_000
    assert str(caught.value.fields["roster"]).endswith("18, 19, 20 …")


def test_parse_roster_survives_a_cell_that_the_csv_reader_refuses() -> None:
    with pytest.raises(RosterInvalid) as caught:
        parse_roster("1," + "x" * 200_000)
    assert str(caught.value.lines[0][1]) == (
        "This cell has more text than fits; perhaps a quotation mark is not closed."
    )


def test_check_entries_refuses_more_than_fit() -> None:
    with pytest.raises(Invalid) as caught:
        check_entries((line, str(line), "x") for line in range(5_001))
    assert str(caught.value.fields["roster"]) == "There are 5001 students; 5000 fit."


def test_check_entries_refuses_half_a_surrogate() -> None:
    with pytest.raises(RosterInvalid):
        check_entries([(1, "1", "a\ud800")])


@pytest.mark.parametrize(
    "data", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", b"\xef\xbb\xbf <HTML><table>", b"<?xml version='1.0'?><Workbook>"]
)
def test_what_only_has_the_name_of_a_spreadsheet_says_what_to_do(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        decode_roster(data)
    assert "save it as XLSX" in str(refused.value.fields["roster"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_decode_roster_reads_what_spreadsheets_save(encoding: str) -> None:
    assert parse_roster(decode_roster("学号,姓名\r\n2024001,李雷\r\n".encode(encoding))[0]) == [LI]


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04\x14\x00\x06\x00", b"\x89PNG\r\n\x1a\n\0\0", b"1,Jos\xff\xff\n", b"\xff\xfe\x00"]
)
def test_decode_roster_refuses_what_is_no_text(data: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        decode_roster(data)
    assert str(caught.value.fields["roster"]).startswith("This file is not text.")
