"""What no font has is told before a run is queued, all of it at once; variation selectors are no reason to refuse."""

import subprocess
import time
from pathlib import Path
from typing import Any

from litestar.testing import TestClient

from courses.students.reading import Entry
from courses.students.roster import add_students
from courses.tables.printing import PrintRun
from courses.tables.roster import Student

PERSONAL = {"chosen": "1", "kind": "personal", "layout": "a4-24", "part": ["title", "student"]}


def runs(classroom: Any) -> int:
    return classroom.run(lambda: PrintRun.count().run())


def ended(alice: TestClient, run: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (told := alice.get(run, headers={"accept": "application/json"}).json())["state"] in ("queued", "working"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return told


def test_all_names_that_no_font_has_are_told_before_anything_is_queued(alice: TestClient, classroom: Any) -> None:
    names = [Entry("7", "林ᠮᠣ"), Entry("8", "王小明"), Entry("9", "ⵣ李"), Entry("ᠮ10", "张三")]
    classroom.run(add_students, None, classroom.course, names)
    told = "“林ᠮᠣ” (ᠮ U+182E, ᠣ U+1823); “ⵣ李” (ⵣ U+2D63); “ᠮ10” (ᠮ U+182E)"
    page = alice.get(f"/courses/{classroom.course}/sheet", params=PERSONAL).text
    assert told in page
    answer = alice.post(f"/courses/{classroom.course}/prints", data=PERSONAL)
    assert answer.status_code == 422
    assert told in answer.text
    assert runs(classroom) == 0
    alice.headers["accept-language"] = "zh-CN"
    assert (
        f"这些内容里有我们的字体都打不出的字：{told}。"
        in alice.post(f"/courses/{classroom.course}/prints", data=PERSONAL).text
    )


def test_names_that_are_not_printed_are_no_reason(alice: TestClient, classroom: Any) -> None:
    classroom.run(add_students, None, classroom.course, [Entry("7", "林ᠮᠣ")])
    answer = alice.post(f"/courses/{classroom.course}/prints", data=PERSONAL | {"kind": "handout"})
    assert answer.status_code == 303
    assert ended(alice, answer.headers["location"])["state"] == "done"


def test_run_is_not_drawn_again_with_what_no_font_has(alice: TestClient, classroom: Any) -> None:
    """Names may have changed since, on a slip that is replaced as well."""
    run = alice.post(f"/courses/{classroom.course}/prints", data=PERSONAL).headers["location"]
    assert ended(alice, run)["state"] == "done"
    someone = classroom.students[0]
    classroom.run(lambda: Student.update({Student.name: "林ᠮᠣ"}).where(Student.id == someone.id).run())
    classroom.run(lambda: PrintRun.update({PrintRun.state: "failed"}, force=True).run())
    answer = alice.post(f"{run}/attempts", data={"x": "x"})
    assert answer.status_code == 409
    assert "ᠣ U+1823" in answer.text
    assert ended(alice, run)["state"] == "failed"
    classroom.run(lambda: PrintRun.update({PrintRun.state: "done"}, force=True).run())
    (slip, *_) = [part.split('"')[0] for part in alice.get(run).text.split('action="') if "/replacement" in part[:200]]
    answer = alice.post(slip, data={"x": "x"})
    assert answer.status_code == 409
    assert "ᠣ U+1823" in answer.text
    assert runs(classroom) == 1


def test_personal_slips_of_names_with_variation_selectors_are_printed(
    alice: TestClient, classroom: Any, tmp_path: Path
) -> None:
    classroom.run(add_students, None, classroom.course, [Entry("1", "葛\U000e0100西明")])
    run = alice.post(f"/courses/{classroom.course}/prints", data=PERSONAL).headers["location"]
    assert ended(alice, run)["state"] == "done"
    file = tmp_path / "sheet.pdf"
    file.write_bytes(alice.get(f"{run}/sheet.pdf").content)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True).stdout.decode()
    assert "葛西明" in text


def test_a_file_of_such_names_comes_onto_the_slips_as_it_was_uploaded(
    alice: TestClient, classroom: Any, tmp_path: Path
) -> None:
    written = "\ufeff学号,姓名\r\n101,葛\U000e0100西明\r\n102,林小满\r\n"
    file = ("ivs.csv", written.encode(), "text/csv")
    assert (
        alice.post(f"/courses/{classroom.course}/roster", data={"roster": ""}, files={"file": file}).status_code == 303
    )
    kept = classroom.run(lambda: Student.select(Student.name).where(Student.number == "101").first().run())
    assert kept["name"] == "葛\U000e0100西明"
    run = alice.post(f"/courses/{classroom.course}/prints", data=PERSONAL).headers["location"]
    assert ended(alice, run)["state"] == "done"
    printed = tmp_path / "slips.pdf"
    printed.write_bytes(alice.get(f"{run}/sheet.pdf").content)
    text = subprocess.run(["pdftotext", "-layout", printed, "-"], check=True, capture_output=True).stdout.decode()
    assert "葛西明" in text
    assert "林小满" in text
