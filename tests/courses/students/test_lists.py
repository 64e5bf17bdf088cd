"""Lists of students as offices, spreadsheets and people write them: who is on them, and what is told of how they were read."""

import time
from collections.abc import Sequence

import pytest

from courses.errors import Invalid
from courses.students.lists import read_list
from courses.students.reading import Entry, RosterInvalid
from courses.students.separated import read_separated, written
from tests.courses.classroom import parse_roster

LIN, WANG = Entry("2024001", "林小满"), Entry("2024002", "王子涵")


@pytest.mark.parametrize(
    ("text", "students"),
    [
        (
            "学号,姓名,小组\r\n202401010101\t,林小满,甲\r\n202401010102\t,王子涵,乙\r\n",
            [Entry("202401010101", "林小满", "甲"), Entry("202401010102", "王子涵", "乙")],
        ),
        ('学号,姓名,备注\r\n2024001,林小满,"转学\n九月"\r\n2024002,王子涵,\r\n', [LIN, WANG]),
        ("2024001\t,林小满\n2024002\t,王子涵", [LIN, WANG]),
        ('学号,姓名,备注\n2024001,林小满,转学，九月\n2024002,王子涵,"a,b; c"', [LIN, WANG]),
        ("2024001,林小满\n2024002，王子涵", [LIN, WANG]),
        ("2024001、林小满\n2024002、王子涵", [LIN, WANG]),
        ("学号|姓名\n2024001|林小满\n2024002|王子涵", [LIN, WANG]),
        ("sep=;\r\n学号;姓名\r\n2024001;林小满\r\n2024002;王子涵", [LIN, WANG]),
        ("1;Müller, Anna\n2;Lee, Bo", [Entry("1", "Müller, Anna"), Entry("2", "Lee, Bo")]),
        ('"A1,林小满\nA2,"小"王\nA3,O"Neil\nA4,"半',
         [Entry('"A1', "林小满"), Entry("A2", '"小"王'), Entry("A3", 'O"Neil'), Entry("A4", '"半')]),
        ('1,"say ""hi"""\n2,b', [Entry("1", 'say "hi"'), Entry("2", "b")]),
        ("学号 姓名 小组\n2024001 林小满 甲\n2024002 王子涵 乙",
         [Entry("2024001", "林小满", "甲"), Entry("2024002", "王子涵", "乙")]),
    ],
)  # fmt: skip
def test_separator_and_quotation_marks_are_those_of_the_whole_list(text: str, students: list[Entry]) -> None:
    assert parse_roster(text) == students


@pytest.mark.parametrize(
    "titles",
    [
        "*学号,*姓名", "学 号,姓 名", "学号：,姓名：", "学号（必填）,姓名【中文】", "學號,姓名", "学籍号,学生姓名",
        "考号,姓名", "工号,姓名", "Student ID:,Full Name *",
        "username,display name",
        "学号/Student No.,姓名/Name", "学号 Student ID,姓名 Name", "STUDENT_ID,Student-Name",
        "学\u3000号,姓\u200b名", "No.,Name", "\ufeff\u200b学号,'姓名", "SIS User ID,Student",
    ],
)  # fmt: skip
def test_titles_are_known_however_they_are_dressed(titles: str) -> None:
    assert parse_roster(f"{titles}\n2024001,林小满\n2024002,王子涵") == [LIN, WANG]


def test_first_and_last_name_are_put_together_as_each_language_does() -> None:
    text = "Student ID,First name,Last name,Section\n1,Ann,Lee,A\n2,小满,林,B"
    assert parse_roster(text) == [Entry("1", "Ann Lee", "A"), Entry("2", "林小满", "B")]
    assert parse_roster("姓,名,学号\n林,小满,2024001") == [LIN]


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("2024001,林小满\n学号,姓名\n2024002,王子涵", [2]),
        ("学号,性别\n2024001,男", [1]),
        ("Kennung,Bezeichnung\n1,Ada\n2,Bo", [1]),
        ("Kennung,Name\n1,Ada", [1]),
    ],
)
def test_titles_never_become_a_student(text: str, bad: list[int]) -> None:
    with pytest.raises(RosterInvalid) as caught:
        parse_roster(text)
    assert [line for line, _ in caught.value.lines] == bad
    assert "looks like titles" in str(caught.value.lines[0][1])


def test_titles_that_are_printed_again_on_each_page_are_passed_over() -> None:
    assert parse_roster("学号,姓名\n2024001,林小满\n学号,姓名\n2024002,王子涵") == [LIN, WANG]


def test_heading_and_what_stands_below_the_list_are_no_students() -> None:
    reading = read_list(
        read_separated(
            "2026 学年第一学期 选课名单,,,\n课程：内容创作,教师：陈老师,,\n序号,学号,姓名,班级\n1,2024001,林小满,三班\n"
            "2,2024002,王子涵,三班\n合计：2人,,,\n制表人：王老师,日期：2026-09-01,,\n"
        )
    )
    assert reading.entries == [Entry("2024001", "林小满", "三班"), Entry("2024002", "王子涵", "三班")]
    assert [str(told) for told in reading.left_out] == [
        "Columns that are not kept: 序号",
        "Line 6 is no student and was left out: 合计：2人",
        "Line 7 is no student and was left out: 制表人：王老师 日期：2026-09-01",
    ]


def test_sums_are_no_students_wherever_they_stand() -> None:
    reading = read_list(read_separated("学号,姓名\n2024001,林小满\n小计,1\n2024002,王子涵\n合计,2 人"))
    assert reading.entries == [LIN, WANG]
    assert [str(told) for told in reading.left_out] == [
        "Line 3 is no student and was left out: 小计 1",
        "Line 5 is no student and was left out: 合计 2 人",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1. 2024001 林小满",
        "2024001 林小满 甲组\n2024002 王子涵 乙组",
        "2024001，林小满；2024002，王子涵",
        "2024001 林小满、2024002 王子涵",
        "2024001.0,林小满",
        "学号,姓名\n2024001.0,林小满",
        "学号,姓名\n2024001,林小满 13800000000",
        "学号,姓名\n2024001,林小满；2024002",
        "=A1&1,林小满",
        "1.\t林小满\n2.\t王子涵",
        "学号,姓名\n2024/1/2,林小满",
        "学号,姓名\n1月2日,林小满",
        "学号,姓名\n1,æž—å°æ»¡",
        "学号,姓名\n1,鏋楀皬",
        "学号,姓名\n1,锟斤拷",
        "学号,姓名\n1,~{AVP!Bz~}",
        "学号,姓名\n1,+Z5dcD27h",
        "组,学号,姓名\n甲,1,林小满\n,2,王子涵\n乙,3,李雷",
    ],
)
def test_more_than_one_student_in_a_line_and_numbers_that_are_none_are_doubted(text: str) -> None:
    assert read_list(read_separated(text)).doubts


@pytest.mark.parametrize(
    "text",
    [
        "学号,姓名\n1,André’s\n2,Åse «Zé»\n3,李雷",
        "学号,姓名\n1E5,林小满\nA-12,王子涵",
        "组,学号,姓名\n甲,1,林小满\n甲,2,王子涵\n,3,李雷",
    ],
)
def test_what_is_usual_is_not_doubted(text: str) -> None:
    assert read_list(read_separated(text)).doubts == ()


@pytest.mark.parametrize("between", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_every_line_break_ends_a_line(between: str) -> None:
    assert parse_roster(between.join(("2024001,林小满", "2024002,王子涵"))) == [LIN, WANG]


@pytest.mark.parametrize("more", ["13800000000", "+86 138 0000 0000", "a@x.cn", "11010120000101123X"])
def test_phone_beside_a_name_is_no_group(more: str) -> None:
    reading = read_list(read_separated(f"2024001,林小满,{more}\n2024002,王子涵,{more}"))
    assert reading.entries == [LIN, WANG]
    assert [str(told) for told in reading.left_out] == ["Columns that are not kept: 3"]


@pytest.mark.parametrize("text", ["学号,姓名\n---,---", "2024001,--", "学号,姓名\n-,林小满", "2024001,/"])
def test_a_dash_is_no_number_and_no_name(text: str) -> None:
    with pytest.raises(RosterInvalid):
        parse_roster(text)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("林小满,2024001\n王子涵,2024002", (2, 1)),
        ("1,2024001,林小满\n2,2024002,王子涵", (2, 3)),
        ("2024001 林小满\n2024002 王子涵", (1, 2)),
        ("甲组,2024001,林小满\n甲组,2024002,王子涵", (2, 3, 1)),
        ("林小满,2024001,甲\n王子涵,2024002,甲", (2, 1, 3)),
    ],
)
def test_list_without_titles_tells_which_column_it_took_for_what(text: str, places: Sequence[int]) -> None:
    reading = read_list(read_separated(text))
    assert [(entry.number, entry.name) for entry in reading.entries] == [("2024001", "林小满"), ("2024002", "王子涵")]
    assert tuple(column.place for column in reading.columns) == places
    assert reading.doubts == ()


def test_number_that_looks_like_a_name_is_doubted() -> None:
    reading = read_list(read_separated("red fox,Anna\n7,2024001"))
    assert [str(doubt) for doubt in reading.doubts] == [
        "Line 1: “red fox” is taken for a number and “Anna” for a name.",
        "Line 2: “7” is taken for a number and “2024001” for a name.",
    ]


@pytest.mark.parametrize(
    ("text", "number", "name"),
    [
        ('学号,姓名\n="00012",林小满', "00012", "林小满"),
        ('学号,姓名\n"=""00012""",林小满', "00012", "林小满"),
        ("学号,姓名\n'00012,林小满", "00012", "林小满"),
        ("学号,姓名\n007,林小满_x000D_", "007", "林小满"),
        ("学号,姓名\n008,王_x0009_子涵", "008", "王 子涵"),
        ("学号,姓名\n2024001\u200b,林小满", "2024001", "林小满"),
        ("学号,姓名\n\u20602024002,王\u200b子涵", "2024002", "王子涵"),
        ("学号,姓名\n\ufeff1\u200e,\u00adAnn", "1", "Ann"),
        ("学号,姓名\n1,葛\U000e0100西明", "1", "葛\U000e0100西明"),
        ("学号,姓名\n1,می\u200cخواهم", "1", "می\u200cخواهم"),
        ("学号,姓名\n1,'Umar", "1", "'Umar"),
        ("学号,姓名\n1,'=cmd()", "1", "=cmd()"),
    ],
)
def test_traces_of_spreadsheets_are_taken_off_and_nothing_else(text: str, number: str, name: str) -> None:
    assert parse_roster(text) == [Entry(number, name)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2.02E+11,林小满", "Digits of the number 2.02E+11 are lost."),
        ('"2,02E+11",林小满', "Digits of the number 2,02E+11 are lost."),
        ("2.02401E11,林小满", "Digits of the number 2.02401E11 are lost."),
        ("#N/A,林小满", "The spreadsheet shows #N/A here"),
        ("5,#DIV/0!", "The spreadsheet shows #DIV/0! here"),
        ("5,林\ue000", "There is a character that cannot be shown."),
        ("5,林\ufffd", "There is a character that cannot be shown."),
    ],
)
def test_what_is_lost_is_refused_by_line(line: str, words: str) -> None:
    with pytest.raises(RosterInvalid) as caught:
        parse_roster(f"学号,姓名\n4,王\n{line}")
    ((place, problem),) = caught.value.lines
    assert place == 3
    assert str(problem).startswith(words)


def test_number_whose_last_digits_are_zeros_is_doubted() -> None:
    reading = read_list(read_separated("学号,姓名\n330106200501011000,林小满\n330106200501011234,王子涵"))
    assert [str(doubt) for doubt in reading.doubts] == [
        "Line 2: the last digits of 330106200501011000 may be lost. A spreadsheet keeps 15."
    ]


def test_two_tables_side_by_side_are_refused() -> None:
    with pytest.raises(Invalid) as caught:
        parse_roster("学号,姓名,学号,姓名\n1,a,2,b")
    assert "two tables side by side" in str(caught.value.fields["roster"])


@pytest.mark.parametrize("rows", [
    [(1, ["学号", "姓名"]), (4, ['"A1', ", x"]), (5, ["'=1", '="2"']), (6, ["a", "b; c、"])],
    [(1, ["12,3"]), (2, ["A 1"]), (3, ['"q"'])],
    [(2, ["1", "", "甲"]), (3, ["2", "O\"Neil", ""])],
])  # fmt: skip
def test_what_is_written_comes_back(rows: list[tuple[int, list[str]]]) -> None:
    assert [(line, [cell for cell in cells if cell]) for line, cells in read_separated(written(rows))] == [
        (line, [cell for cell in cells if cell]) for line, cells in rows
    ]


@pytest.mark.parametrize(
    ("text", "words"), [("1," * 300, "more than 256 columns"), ('"x\n' * 20_001, "There are 20001 students; 5000 fit.")]
)
def test_what_cannot_be_a_list_is_refused_before_its_cells_are_looked_at(text: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_roster(text)
    problems = [problem for _, problem in getattr(caught.value, "lines", [])] or [caught.value.fields["roster"]]
    assert words in str(problems[0])


@pytest.mark.parametrize("unit", ['="', "'", '"', '" ', "a ", '=","', "_x000D_", "\t"])
def test_a_list_of_one_thing_again_and_again_is_refused_in_a_moment(unit: str) -> None:
    """A million `="` took 11.6 seconds, and twenty thousand apostrophes minutes."""
    began = time.process_time()
    with pytest.raises(Invalid):
        parse_roster(unit * 200_000)
    assert time.process_time() - began < 5


def test_apostrophes_are_taken_off_only_in_front_of_a_number() -> None:
    assert [(each.number, each.name) for each in parse_roster("''12\t'a'1'\n'7-a\to'5")] == [
        ("12", "'a'1'"),
        ("7-a", "o'5"),
    ]
