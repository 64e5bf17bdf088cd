"""What a list would do is seen before it is done: how it was read, what is doubtful, and what is left out of it."""

import html
import io
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter
from litestar.testing import TestClient

from courses.students.reading import Entry
from courses.students.roster import add_students, students_of

Run = Callable[..., Any]


def send(client: TestClient, course: UUID, text: str = "", data: bytes = b"", **more: str) -> Any:
    """Send the form as a browser does, with the file field empty unless given."""
    files = {"file": ("list", data, "application/octet-stream")}
    return client.post(f"/courses/{course}/roster", data={"roster": text} | more, files=files)


def enrolled(run: Run, course: UUID) -> list[tuple[str, str, str]]:
    return [(student.number, student.name, student.group) for student in run(students_of, course)]


def hidden(page: str) -> dict[str, str]:
    """What the form carries on, as a browser sends it."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in fields}


def shown_text(page: str) -> str:
    (text,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)
    return html.unescape(text)


def spreadsheet(**sheets: list[tuple[str, ...]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    sheet.write_string(row, column, cell)
    return target.getvalue()


def test_page_offers_first_to_see_what_a_list_does(alice: TestClient, course: UUID) -> None:
    page = alice.get(f"/courses/{course}/roster/new").text
    assert 'name="do" value="check">See first what it does' in page
    assert "Add to the list" not in page


def test_every_column_that_will_be_kept_is_shown(alice: TestClient, course: UUID, run: Run) -> None:
    page = send(alice, course, "组,备注,学号,姓名\n甲,x,1,林小满\n乙,,2,王子涵\n合计：2人", do="check").text
    for words in (
        "Number: column 3, “学号”", "Name: column 4, “姓名”", "Group: column 1, “组”", "Columns that are not kept: 备注",
        "Line 4 is no student and was left out: 合计：2人", "2 students new: 1 林小满 (甲), 2 王子涵 (乙)",
    ):  # fmt: skip
        assert words in page
    assert re.search(r'<td class="mono">2</td><td>王子涵</td>\s*<td>乙</td>', page)
    assert enrolled(run, course) == []
    send(alice, course, shown_text(page), **hidden(page))
    assert enrolled(run, course) == [("1", "林小满", "甲"), ("2", "王子涵", "乙")]


def test_spreadsheet_is_the_same_after_it_was_seen(alice: TestClient, course: UUID, run: Run) -> None:
    rows = [('"A1', "林小满", "甲"), ("A2", '"小"王', "=乙"), ("A3", 'O"Neil, Ann; x', "'丙"), ("A4", '"半', ", 丁")]
    page = send(alice, course, data=spreadsheet(Sheet1=[("学号", "姓名", "小组"), *rows]), do="check").text
    assert enrolled(run, course) == []
    assert send(alice, course, shown_text(page), **hidden(page)).status_code == 303
    assert enrolled(run, course) == rows


def test_other_sheets_are_named_and_can_be_chosen(alice: TestClient, course: UUID, run: Run) -> None:
    titles = ("学号", "姓名")
    data = spreadsheet(**{"说明": [("请填写",)], "1班": [titles, ("1", "林小满")], "2班": [titles, ("2", "王子涵")]})
    page = send(alice, course, data=data).text
    assert "The sheet “说明” was left out." in page
    assert "The sheet “2班” was left out." in page
    assert "1 student new: 1 林小满" in page
    assert enrolled(run, course) == []
    page = send(alice, course, shown_text(page), **hidden(page), take="2").text
    assert "1 student new: 2 王子涵" in page
    assert "The sheet “1班” was left out." in page
    assert send(alice, course, shown_text(page), **hidden(page)).status_code == 303
    assert enrolled(run, course) == [("2", "王子涵", "")]


def test_doubtful_list_is_shown_before_it_is_taken(alice: TestClient, course: UUID, run: Run) -> None:
    page = send(alice, course, "red fox,Anna\n7,Bo").text
    assert "Line 1: “red fox” is taken for a number and “Anna” for a name." in page
    assert enrolled(run, course) == []
    other = send(alice, course, "red fox,Anna\n8,Bo", **hidden(page)).text
    assert "Nothing is changed yet." in other  # another list than the one that was looked at
    assert send(alice, course, "red fox,Anna\r\n7,Bo", **hidden(page)).status_code == 303
    assert [number for number, _, _ in enrolled(run, course)] == ["7", "red fox"]


def test_list_without_titles_says_which_column_it_took_for_what(alice: TestClient, course: UUID, run: Run) -> None:
    page = send(alice, course, "林小满,2024001\n王子涵,2024002", do="check").text
    assert "Number: column 2" in page
    assert "Name: column 1" in page
    send(alice, course, shown_text(page), **hidden(page))
    assert enrolled(run, course) == [("2024001", "林小满", ""), ("2024002", "王子涵", "")]


@pytest.mark.parametrize("encoding", ["big5", "utf-8"])
def test_encoding_can_be_chosen(alice: TestClient, course: UUID, run: Run, encoding: str) -> None:
    data = "學號,姓名\r\n2024001,陳怡君\r\n".encode(encoding)
    assert send(alice, course, data=data, encoding=encoding).status_code == 303
    assert enrolled(run, course) == [("2024001", "陳怡君", "")]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_own_export_comes_back(
    alice: TestClient, course: UUID, lesson: UUID, run: Run, form: str, language: str
) -> None:
    rows = [("0012", '=1+"x"', "甲, 乙"), ("2024001", "'+王", ""), ("-A", "Ann; O'Neil\" | x", "@组")]
    run(add_students, None, course, [Entry(*row) for row in rows])
    before = enrolled(run, course)
    address = f"/courses/{course}/exports/completion/file.{form}?columns=number&columns=name&columns=group&columns=rung"
    data = alice.get(address, headers={"Accept-Language": language}).content
    page = send(alice, course, data=data, do="check").text
    assert "3 stay as they are" in page
    assert "0 students new" in page
    assert "→" not in page.split('id="plan"')[1].split("</ul>")[0]
    assert enrolled(run, course) == before


@pytest.mark.parametrize(
    ("encoding", "text", "doubt"),
    [
        ("gbk", "学号,姓名\r\n1,欧阳娜娜\r\n", ""),
        ("euc_jp", "番号,氏名\r\n1,佐藤 花子\r\n", ""),
        ("koi8_r", "номер,имя\r\n1,Иван Петров\r\n", "KOI8-R, which may be wrong"),
    ],
)
def test_encoding_that_was_found_out_is_shown_before_anyone_is_enrolled(
    alice: TestClient, course: UUID, run: Run, encoding: str, text: str, doubt: str
) -> None:
    page = send(alice, course, data=text.encode(encoding)).text
    assert enrolled(run, course) == []
    assert ("Please look whether this is right:" in page) == bool(doubt)
    assert doubt in page
    assert send(alice, course, shown_text(page), **hidden(page)).status_code == 303
    assert enrolled(run, course) == [("1", text.splitlines()[1][2:], "")]


@pytest.mark.parametrize(("encoding", "told"), [("big5", "Encoding: Big5."), ("gbk", "Encoding: GBK / GB18030.")])
def test_encoding_that_was_found_out_is_told(alice: TestClient, course: UUID, encoding: str, told: str) -> None:
    data = "2024001,林志明\r\n2024002,王怡君\r\n".encode(encoding)
    page = send(alice, course, data=data, do="check").text
    assert told in page
    assert "2024002 王怡君" in page
    assert "Encoding:" not in send(alice, course, "1,林", do="check").text
