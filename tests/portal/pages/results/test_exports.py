"""Exports are read back by other programs: everyone is in them, numbers are numbers, times have a zone, nothing is a formula."""

import csv
import io
import json
import subprocess
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from courses.clock import now
from courses.database import writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.results.export_tables import COLUMNS
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.students.values import StudentInfo
from courses.tables.events import Event, RefusedScan
from courses.tables.lessons import Lesson
from courses.tables.roster import Student

NASTY = ("=cmd|'/c calc'!A1", '=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "＝1+1", "=1+1", "00123",
         "1e5", "http://evil.example", "王小明", 'a "b", c', "{=1+1}", "x" * 90)  # fmt: skip
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def everyone(run: Callable[..., Any], course: UUID, lesson: UUID) -> list[StudentInfo]:
    """Students with names that programs could take for something else; half of them have done something."""

    async def furnish() -> list[StudentInfo]:
        await add_students(None, course, [Entry(f"00{place}", name) for place, name in enumerate(NASTY, 1)])
        await Lesson.update({Lesson.title: "=1+1 茶"}).where(Lesson.id == lesson)
        students, start = await students_of(course), now() - timedelta(hours=3)
        await Student.update({Student.group: "=2+2"}).where(Student.id == students[0].id)
        reports = []
        for place, student in enumerate(students[::2]):
            for step, kind in enumerate(("scan", "launch", "fail", "launch", "link")[: place % 5 + 1]):
                at = start + timedelta(minutes=place, seconds=90 * step)
                detail = {
                    "fail": {"message": "=1+1 refused"},
                    "link": {"url": f"https://x.example/=n{place}", "note_id": "n"},
                }
                reports.append(
                    Report(
                        lesson,
                        kind,
                        "xiaohongshu",
                        at,
                        at,
                        student=student.id,
                        detail=detail.get(kind, {}),
                        device="=1" * 8,
                    )
                )
        async with writing():
            await keep(reports)
            await apply(reports)
        for reason in ("expired", "expired", "no_cookie"):
            row = RefusedScan(id=uuid4(), reason=reason, course=course, lesson=lesson, at=start, received_at=start)
            await RefusedScan.insert(row)
        return students

    return run(furnish)


def asked(name: str, form: str, columns: list[str] | None = None) -> str:
    return f"exports/{name}/file.{form}?" + "&".join(f"columns={key}" for key in columns or COLUMNS[name])


def sheet_of(data: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell for row in sheet for cell in row if cell.data_type == "f" or cell.hyperlink] == []
    return [[cell.value for cell in row] for row in sheet]


def lines_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize("name", COLUMNS)
def test_three_forms_say_the_same_and_no_cell_is_a_formula(alice: Any, course: UUID, everyone: Any, name: str) -> None:
    answers = {form: alice.get(f"/courses/{course}/{asked(name, form)}") for form in ("csv", "xlsx", "json")}
    for form, answer in answers.items():
        assert answer.status_code == 200
        assert f'filename="{name}.{form}"' in answer.headers["content-disposition"]
    sheet, lines, objects = sheet_of(answers["xlsx"].content), lines_of(answers["csv"].content), answers["json"].json()
    assert len(sheet) == len(lines) == len(objects) + 1
    assert [cell for line in lines for cell in line if cell.lstrip(" ").startswith(tuple("=+-@＝"))] == []
    for cells, line in zip(sheet[1:], lines[1:], strict=True):
        for cell, text in zip(cells, line, strict=True):
            match cell:
                case None:
                    assert text == ""
                case datetime():
                    assert text == cell.replace(tzinfo=ZONE).isoformat(timespec="seconds")
                case int() | float():
                    assert float(text) == cell
                case _:
                    assert text in (cell, f"'{cell}")
    if name != "scans":
        assert [row["name"] for row in objects] == list(NASTY)
        assert [row["number"] for row in objects] == [f"00{place}" for place in range(1, len(NASTY) + 1)]
        names = [row[1] for row in sheet[1:]]
        assert names == list(NASTY)
    assert any("(Asia/Shanghai)" in title for title in sheet[0])


def test_exports_agree_with_a_recount_from_the_events(
    alice: Any, course: UUID, lesson: UUID, everyone: Any, run: Any
) -> None:
    events = run(lambda: Event.select().run())
    scans = alice.get(f"/courses/{course}/{asked('scans', 'json')}").json()
    found = Counter(row["outcome"] for row in scans)
    assert found == {"opened": sum(event["kind"] == "scan" for event in events), "expired": 2, "no_cookie": 1}
    publications = alice.get(f"/courses/{course}/{asked('publications', 'json')}").json()
    for student, row in zip(everyone, publications, strict=True):
        mine = Counter(event["kind"] for event in events if event["student"] == student.id)
        assert (row["scans"], row["launches"], row["failures"]) == (mine["scan"], mine["launch"], mine["fail"])
        assert (row["rung"] == "not_started") == (not mine)
        if mine["link"]:
            assert row["minutes"] == 6.0
            assert row["time"].endswith("+08:00")
            assert row["note"].startswith("https://x.example/")
    completion = alice.get(f"/courses/{course}/{asked('completion', 'json')}").json()
    assert [row["lessons"][0]["rung"] for row in completion] == [row["rung"] for row in publications]
    assert completion[0]["lessons"][0] | {"id": str(lesson), "title": "=1+1 茶"} == completion[0]["lessons"][0]
    assert completion[0]["group"] == "=2+2"
    assert [row["done"] for row in completion] == [int(row["rung"] == "linked") for row in publications]


def test_columns_are_chosen_and_a_filter_of_the_log_holds(alice: Any, bob: Any, course: UUID, everyone: Any) -> None:
    lines = lines_of(
        alice.get(f"/courses/{course}/{asked('scans', 'csv', ['outcome', 'number'])}&outcome=expired").content
    )
    assert lines == [["Number", "What became of it"], ["", "Link expired"], ["", "Link expired"]]
    chinese = alice.get(f"/courses/{course}/{asked('scans', 'csv', ['outcome'])}", headers={"accept-language": "zh"})
    assert "链接已过期" in chinese.content.decode()
    usual = alice.get(f"/courses/{course}/exports/completion/file.csv")
    assert lines_of(usual.content)[0][:4] == [
        "Number",
        "Name",
        "Group",
        "Lessons done (any platform, saying so counts)",
    ]
    page = alice.get(f"/courses/{course}/exports?export=scans&outcome=expired").text
    assert 'name="outcome" value="expired"' in page
    assert alice.get(f"/courses/{course}/{asked('scans', 'csv', ['password_hash'])}").status_code == 422
    assert alice.get(f"/courses/{course}/exports/people/file.csv").status_code == 404
    assert bob.get(f"/courses/{course}/{asked('scans', 'csv')}").status_code == 404


def test_presets_are_kept_replaced_and_deleted_and_are_ones_own(alice: Any, bob: Any, course: UUID) -> None:
    def save(name: str, *columns: str) -> Any:
        return alice.post(
            f"/courses/{course}/exports/presets", data={"export": "scans", "name": name, "columns": list(columns)}
        )

    saved = save("For <b>the office</b>", "phone", "time")
    page = alice.get(saved.headers["location"]).text
    assert "For &lt;b&gt;the office&lt;/b&gt;" in page
    ticked = [
        part.split('"')[0] for part in page.split('name="columns" value="')[1:] if "checked" in part.split(">")[0]
    ]
    assert ticked == ["time", "phone"]
    again = save("For <b>the office</b>", "name")
    assert alice.get(f"/courses/{course}/exports?export=scans").text.count("/removal") == 1
    for name, columns in (("", ["time"]), ("x" * 61, ["time"]), ("x", ["nothing"])):
        answer = save(name, *columns)
        assert answer.status_code == 422
        assert "error" in answer.text
    preset = again.headers["location"].rpartition("=")[2]
    assert bob.post(f"/courses/{course}/exports/presets/{preset}/removal", data={"x": "x"}).status_code == 404
    assert alice.post(f"/courses/{course}/exports/presets/{preset}/removal", data={"x": "x"}).status_code == 303
    assert "/removal" not in alice.get(f"/courses/{course}/exports?export=scans").text


def test_a_spreadsheet_leaves_nothing_on_the_disk(
    alice: Any, course: UUID, everyone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert alice.get(f"/courses/{course}/{asked('completion', 'xlsx')}").content.startswith(b"PK")
    assert list(tmp_path.iterdir()) == []


def test_empty_exports_are_whole_files(alice: Any, course: UUID) -> None:
    for name in COLUMNS:
        assert alice.get(f"/courses/{course}/{asked(name, 'json')}").json() == []
        assert len(lines_of(alice.get(f"/courses/{course}/{asked(name, 'csv')}").content)) == 1
        assert len(sheet_of(alice.get(f"/courses/{course}/{asked(name, 'xlsx')}").content)) == 1


TABLE, OFFICE = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "office"))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, bytes]], dict[str, list[list[Element]]]]:
    """What LibreOffice makes of files, by their names: rows of cells."""

    def open_(files: dict[str, bytes]) -> dict[str, list[list[Element]]]:
        folder = tmp_path_factory.mktemp("office")
        for name, data in files.items():
            (folder / name).write_bytes(data)
        # Without a window it asks nobody how a CSV is written: comma, quotation mark, UTF-8.
        for form, how in (("csv", ["--infilter=CSV:44,34,76"]), ("xlsx", [])):
            command = [
                "soffice",
                f"-env:UserInstallation=file://{folder}/home",
                "--headless",
                "--convert-to",
                "fods",
                *how,
            ]
            command += ["--outdir", str(folder / "out"), *(str(folder / name) for name in files if name.endswith(form))]
            subprocess.run(command, check=True, capture_output=True, timeout=180)
        return {name: _cells(folder / "out" / f"{name.rpartition('.')[0]}.fods") for name in files}

    return open_


def _cells(file: Path) -> list[list[Element]]:
    rows = []
    for row in ElementTree.parse(file).iter(f"{TABLE}table-row"):
        cells = []
        for cell in row.iter(f"{TABLE}table-cell"):
            cells += [cell] * min(int(cell.get(f"{TABLE}number-columns-repeated", "1")), 100)
        rows.append(cells)
    return rows


def test_libreoffice_finds_no_formula_and_the_same_numbers_times_and_texts(
    alice: Any, course: UUID, everyone: Any, opened: Any
) -> None:
    files = {f"{name}-{form}.{form}": alice.get(f"/courses/{course}/{asked(name, form)}").content
             for name in COLUMNS for form in ("csv", "xlsx")}  # fmt: skip
    found = opened(files)
    for name, rows in found.items():
        cells = [cell for row in rows for cell in row]
        assert [cell.get(f"{TABLE}formula") for cell in cells if cell.get(f"{TABLE}formula")] == [], name
        assert [each.tag for cell in cells for each in cell.iter() if each.tag.endswith("}a")] == [], name
    for name in COLUMNS:
        sheet = sheet_of(files[f"{name}-xlsx.xlsx"])
        for cells, row in zip(found[f"{name}-xlsx.xlsx"], sheet, strict=False):
            for cell, value in zip(cells, row, strict=False):
                kind, text = cell.get(f"{OFFICE}value-type"), "".join(cell.itertext()).strip()
                match value:
                    case datetime():
                        assert (kind, cell.get(f"{OFFICE}date-value")) == ("date", value.isoformat())
                    case int() | float():
                        assert (kind, float(cell.get(f"{OFFICE}value"))) == ("float", value)
                    case str():
                        assert (kind, text) == ("string", " ".join(value.split()))
        lines = [["".join(cell.itertext()).strip() for cell in row] for row in found[f"{name}-csv.csv"]]
        assert len([line for line in lines if any(line)]) == len(sheet), name
        if name != "scans":
            # A CSV does not say that digits are a name: that is what XLSX is for.
            texts = [
                (row[1], name) for row, name in zip(lines[1:], NASTY, strict=False) if name not in ("00123", "1e5")
            ]
            assert [read for read, _ in texts] == [f"'{name}" if name[0] in "=+-@＝" else name for _, name in texts]


def test_json_is_the_portals_own_words(alice: Any, course: UUID, everyone: Any) -> None:
    answer = alice.get(f"/courses/{course}/{asked('publications', 'json')}", headers={"accept-language": "zh"})
    assert {row["rung"] for row in json.loads(answer.content)} >= {"not_started", "scanned", "linked"}
