"""The roster: paste or upload a list, rename, remove and undo."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient
from openpyxl import Workbook

from courses.results.completion import cell_events, completion
from courses.students.roster import remove_student, student_by_seat, students_of

Run = Callable[..., Any]


def paste(client: TestClient, course: UUID, text: str, **more: Any) -> Any:
    """Send the form as a browser does, with the file field empty unless given."""
    files = {"file": more.pop("file", ("", b"", "application/octet-stream"))}
    return client.post(f"/courses/{course}/roster", data={"roster": text}, files=files, **more)


def names(run: Run, course: UUID) -> list[tuple[str, str]]:
    return [(student.number, student.name) for student in run(students_of, course)]


def test_roster_without_students_says_what_to_do(alice: TestClient, course: UUID) -> None:
    page = alice.get(f"/courses/{course}/roster")
    assert page.status_code == 200
    assert "Nobody is on the list yet" in page.text
    assert f'href="/courses/{course}/roster/new"' in page.text
    assert 'enctype="multipart/form-data"' in alice.get(f"/courses/{course}/roster/new").text


def test_pasted_lines_are_added(alice: TestClient, course: UUID, run: Run) -> None:
    answer = paste(alice, course, "学号,姓名\r\n02,李雷\r\n01,王小明\r\n")
    assert answer.status_code == 303
    assert names(run, course) == [("01", "王小明"), ("02", "李雷")]
    page = alice.get(answer.headers["location"]).text
    assert "2 students added · 0 renamed · 0 unchanged" in page
    assert page.index("王小明") < page.index("李雷")

    answer = paste(alice, course, "01 王明\n02 李雷\n03 韩梅梅")
    assert "1 student added · 1 renamed · 1 unchanged" in alice.get(answer.headers["location"]).text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_uploaded_files_are_added(alice: TestClient, course: UUID, run: Run, encoding: str) -> None:
    data = "number,name\r\n7,欧阳娜娜\r\n".encode(encoding)
    answer = paste(alice, course, "", file=("list.csv", data, "text/csv"))
    assert answer.status_code == 303
    assert names(run, course) == [("7", "欧阳娜娜")]


def test_form_without_multipart_works_too(alice: TestClient, course: UUID, run: Run) -> None:
    assert alice.post(f"/courses/{course}/roster", data={"roster": "1,Ada"}).status_code == 303
    assert names(run, course) == [("1", "Ada")]


def test_bad_lines_are_named_and_nothing_is_added(alice: TestClient, course: UUID, run: Run) -> None:
    text = "1,Ada\n,Nobody\n3,\n4,Bo\n1,Twice"
    answer = paste(alice, course, text)
    assert answer.status_code == 422
    page = answer.text
    assert "Nothing was added. Please correct these lines: 2, 3, 5" in page
    for words in ("Line 2: There is no number.", "Line 3: There is no name.", "Line 5: The number 1 is on line 1 too."):
        assert words in page
    assert text in page.replace("\r\n", "\n")
    assert names(run, course) == []


def test_bad_lines_of_a_file_can_be_corrected_in_the_form(alice: TestClient, course: UUID) -> None:
    answer = paste(alice, course, "", file=("list.csv", "1,王小明\n2,\n".encode("gbk"), "text/csv"))
    assert answer.status_code == 422
    assert "Line 2: There is no name." in answer.text
    assert "1,王小明\n2,\n</textarea>" in answer.text


@pytest.mark.parametrize(
    ("text", "file", "words"),
    [
        ("", ("", b"", "text/csv"), "There is nobody in this list."),
        ("number,name", ("", b"", "text/csv"), "There is nobody in this list."),
        ("", ("a.csv", b"\x00\x01\xff\xfe\x00", "text/csv"), "This file is not text."),
        ("", ("a.png", b"\x89PNG\r\n\x1a\n\0\0", "image/png"), "This file is not text."),
        ("1,Ada", ("a.csv", b"2,Bo", "text/csv"), "Paste a list or choose a file, not both."),
        ("\n".join(f"{n},S" for n in range(5001)), ("", b"", "text/csv"), "There are 5001 students; 5000 fit."),
    ],
)
def test_lists_that_cannot_be_taken_add_nothing(
    alice: TestClient, course: UUID, run: Run, text: str, file: tuple[str, bytes, str], words: str
) -> None:
    answer = paste(alice, course, text, file=file)
    assert answer.status_code == 422
    assert words in answer.text
    assert names(run, course) == []


def test_list_over_the_limit_is_refused(alice: TestClient, course: UUID, run: Run) -> None:
    answer = paste(alice, course, "", file=("a.csv", b"1,x\n" * (2 << 20), "text/csv"))
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert names(run, course) == []


def test_names_are_shown_as_text(alice: TestClient, course: UUID) -> None:
    paste(alice, course, "1,<script>alert(1)</script>\n2,{{7*7}}\n3,=cmd()")
    page = alice.get(f"/courses/{course}/roster").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "{{7*7}}" in page
    assert "=cmd()" in page


def test_result_sentence_takes_only_numbers(alice: TestClient, course: UUID) -> None:
    page = alice.get(f"/courses/{course}/roster?done=imported&added=<b>you+won</b>").text
    assert "you won" not in page
    assert "added" not in page


def test_student_is_renamed(alice: TestClient, course: UUID, run: Run, enrol: Run) -> None:
    (student,) = enrol("Ada")
    answer = alice.post(f"/courses/{course}/students/{student.id}", data={"name": " Ada  Lovelace "})
    assert answer.status_code == 303
    assert names(run, course) == [("1", "Ada Lovelace")]
    assert "Number 1 is now called Ada Lovelace." in alice.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("name", "words"),
    [("", "There is no name."), ("x" * 101, "The name has 101 characters; 100 fit."),
     ("A\x00da", "There is a character that cannot be shown.")],
)  # fmt: skip
def test_bad_new_name_comes_back_as_typed(
    alice: TestClient, course: UUID, run: Run, enrol: Run, name: str, words: str
) -> None:
    student, _ = enrol("Ada", "Bo")
    answer = alice.post(f"/courses/{course}/students/{student.id}", data={"name": name})
    assert answer.status_code == 422
    assert words in answer.text
    assert '<details class="card change" open>' in answer.text
    assert f'value="{name}"' in answer.text
    assert names(run, course) == [("1", "Ada"), ("2", "Bo")]


def test_student_is_removed_and_taken_back(alice: TestClient, course: UUID, run: Run, enrol: Run) -> None:
    student, _ = enrol("Ada", "Bo")
    answer = alice.post(f"/courses/{course}/students/{student.id}/removal")
    page = alice.get(answer.headers["location"]).text
    assert "Ada (1) is no longer on the list." in page
    assert names(run, course) == [("2", "Bo")]
    undo = f"/courses/{course}/students/{student.id}/return"
    assert f'action="{undo}"' in page
    answer = alice.post(undo)
    assert "Ada (1) is back on the list." in alice.get(answer.headers["location"]).text
    assert names(run, course) == [("1", "Ada"), ("2", "Bo")]
    assert run(students_of, course)[0].seat == student.seat


def test_roster_shows_how_far_each_student_got(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, report: Run
) -> None:
    ada, _ = enrol("Ada", "Bo")
    report(ada.id, "scan", "claim")
    page = alice.get(f"/courses/{course}/roster").text
    assert len(re.findall('<i class="mark said"', page)) == len(re.findall('<i class="mark none"', page)) == 1
    assert (page.count("<b>1</b>/1"), page.count("<b>0</b>/1")) == (1, 1)


@pytest.mark.parametrize("number", [1, 3])
def test_roster_takes_as_many_queries_for_three_as_for_one(
    alice: TestClient, course: UUID, lesson: UUID, enrol: Run, counted: Run, number: int
) -> None:
    enrol(*["Ada", "Bo", "Cy"][:number])
    with counted() as queries:
        page = alice.get(f"/courses/{course}/roster").text
    assert page.count('id="student-') == number
    # Session, course, what is to be kept, students, PINs, phones; and completion's students, lessons, publications, excuses.
    assert len(queries) == 13


def test_roster_of_others_is_as_good_as_not_there(bob: TestClient, course: UUID, run: Run, enrol: Run) -> None:
    (student,) = enrol("Ada")

    def answers(identity: UUID, student_id: UUID) -> list[tuple[int, str]]:
        found = [
            bob.get(f"/courses/{identity}/roster"),
            paste(bob, identity, "9,Mallory"),
            bob.post(f"/courses/{identity}/students/{student_id}", data={"name": "Mallory"}),
            bob.post(f"/courses/{identity}/students/{student_id}/removal"),
            bob.post(f"/courses/{identity}/students/{student_id}/return"),
        ]
        return [(answer.status_code, answer.text) for answer in found]

    assert answers(course, student.id) == answers(uuid4(), uuid4())
    assert {status for status, _ in answers(course, student.id)} == {404}
    assert names(run, course) == [("1", "Ada")]


def test_students_of_another_course_are_not_reached_through_ones_own(
    bob: TestClient, course: UUID, run: Run, enrol: Run
) -> None:
    (student,) = enrol("Ada")
    own = bob.post("/courses", data={"title": "Bob's"}).headers["location"]
    for action, form in (("", {"name": "Mallory"}), ("/removal", {}), ("/return", {})):
        assert bob.post(f"{own}/students/{student.id}{action}", data=form).status_code == 404
    page = bob.get(f"{own}/roster?done=removed&student={student.id}").text
    assert "Ada" not in page
    assert names(run, course) == [("1", "Ada")]


def test_forms_of_other_sites_are_refused(
    alice: TestClient, course: UUID, run: Run, enrol: Run, cross_site: dict[str, str]
) -> None:
    (student,) = enrol("Ada")
    answers = [paste(alice, course, "2,Mallory", headers=cross_site)]
    for action in ("", "/removal", "/return"):
        address = f"/courses/{course}/students/{student.id}{action}"
        answers.append(alice.post(address, data={"name": "Mallory"}, headers=cross_site))
    for answer in answers:
        assert answer.status_code == 403
        assert "it came from another site" in answer.text
    assert names(run, course) == [("1", "Ada")]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_hidden_rows_of_a_spreadsheet_are_shown_before_anybody_is_added(
    alice: TestClient, course: UUID, run: Run
) -> None:
    book, target = Workbook(), io.BytesIO()
    for row in (("学号", "姓名"), ("1", "林小满"), ("2", "王子涵")):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(target)
    answer = paste(alice, course, "", file=("list.xlsx", target.getvalue(), XLSX))
    assert answer.status_code == 200
    assert "Rows that are hidden in the sheet “Sheet” are on this list too: 3" in answer.text
    assert run(students_of, course) == []


def test_spreadsheet_is_read_with_groups_and_whole_numbers(alice: TestClient, course: UUID, run: Run) -> None:
    data = workbook(
        ("学号", "姓名", "小组", "备注"),
        (2026001, "王小明", "甲", "x"),
        ("007", "Ann, O'Neil", None, ""),
        (3.0, "李雷", "乙"),
    )
    answer = paste(alice, course, "", file=("list.xlsx", data, XLSX))
    assert answer.status_code == 303
    assert [(it.number, it.name, it.group) for it in run(students_of, course)] == [
        ("3", "李雷", "乙"), ("007", "Ann, O'Neil", ""), ("2026001", "王小明", "甲"),
    ]  # fmt: skip
    # a list without that column leaves groups as they are
    paste(alice, course, "3,李蕾")
    assert run(students_of, course)[0].group == "乙"
    assert '<td class="group-col">乙</td>' in alice.get(f"/courses/{course}/roster").text


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [(bomb(), "too large"), (b"PK\x03\x04nonsense", "cannot be read"),
     (workbook(("=1+1", "=cmd()")), "The spreadsheet shows #CALC! here")],
    ids=["bomb", "broken", "formulas"],
)  # fmt: skip
def test_spreadsheet_that_cannot_be_taken_says_why(
    alice: TestClient, course: UUID, run: Run, data: bytes, words: str
) -> None:
    answer = paste(alice, course, "", file=("list.xlsx", data, XLSX))
    assert answer.status_code == 422
    assert words in answer.text
    assert names(run, course) == []


def test_list_says_first_what_it_would_do(alice: TestClient, course: UUID, run: Run, enrol: Run) -> None:
    enrol("Ada", "Bo", "Cy")
    gone = run(students_of, course)[2]
    run(remove_student, None, course, gone.id)
    answer = alice.post(f"/courses/{course}/roster", data={"roster": "1,Ada\n2,Bob\n3,Cy\n4,Dee", "do": "check"})
    assert answer.status_code == 200
    for words in ("1 student new: 4 Dee", "1 comes back: 3 Cy", "2: Bo → Bob", "1 stays as it is", "4,Dee</textarea>"):
        assert words in answer.text
    assert names(run, course) == [("1", "Ada"), ("2", "Bo")]


def test_group_is_changed_with_the_name(alice: TestClient, course: UUID, run: Run, enrol: Run) -> None:
    (ada,) = enrol("Ada")
    alice.post(f"/courses/{course}/students/{ada.id}", data={"name": "Ada", "group": " 甲  组 "})
    assert run(students_of, course)[0].group == "甲 组"
    alice.post(f"/courses/{course}/students/{ada.id}", data={"name": "Ada L"})
    assert run(students_of, course)[0].group == "甲 组"


def test_two_that_are_one_are_put_together(
    alice: TestClient, course: UUID, lesson: UUID, run: Run, enrol: Run, report: Run
) -> None:
    twice, ada, bo = enrol("Ada L.", "Ada Lovelace", "Bo")
    report(twice.id, "scan", "launch", link={"url": "https://www.xiaohongshu.com/explore/66", "note_id": "66"})
    report(ada.id, "scan", "preview")
    page = alice.get(f"/courses/{course}/students/{twice.id}/merge").text
    assert "This cannot be undone." in page
    address = f"/courses/{course}/students/{twice.id}/merge"
    assert alice.post(address, data={"kept": "x"}).headers["location"].endswith("problem=none")
    assert alice.post(address, data={"kept": str(twice.id)}).status_code == 409
    answer = alice.post(address, data={"kept": str(ada.id)})
    assert "All of it is now of Ada Lovelace (2)." in alice.get(answer.headers["location"]).text
    assert names(run, course) == [("2", "Ada Lovelace"), ("3", "Bo")]
    rows = {row.student.id: row.cells[lesson].rung for row in run(completion, course).rows}
    assert rows == {ada.id: "linked", bo.id: "not_started"}
    assert len(run(cell_events, course, lesson, ada.id)) == 5
    # a slip of the one who is gone is the other's now
    assert run(student_by_seat, course, twice.seat).id == ada.id
    assert "put Ada L. (1) together with" in alice.get(f"/courses/{course}/log").text


def test_the_plan_is_joined_as_each_language_writes(alice: TestClient, course: UUID) -> None:
    paste(alice, course, "学号,姓名,小组\n1,Ada,甲\n9,Zoe,")
    text = {"roster": "学号,姓名,小组\n1,Ada B,乙\n2,Bo,丙\n3,Cy,", "do": "check"}
    where = f"/courses/{course}/roster"
    files = {"file": ("", b"", "application/octet-stream")}
    page = alice.post(where, data=text, files=files, headers={"accept-language": "en"}).text
    assert "2 students new: 2 Bo (丙), 3 Cy</li>" in page
    assert "1: Ada (甲) → Ada B (乙)</li>" in page
    page = alice.post(where, data=text, files=files, headers={"accept-language": "zh-CN"}).text
    assert "：2 Bo（丙）、3 Cy</li>" in page
    assert "1：Ada（甲） → Ada B（乙）</li>" in page
