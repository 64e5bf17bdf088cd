"""Paper lists, read back with pdftotext: every student and box, headings on every page."""

import subprocess
from pathlib import Path

import pytest

from print.layouts import SheetRefused
from print.lists import MOST, Line, ListTexts, paper_list


def read_back(data: bytes, folder: Path) -> list[str]:
    """The text of each page, as it stands on paper."""
    file = folder / "list.pdf"
    file.write_bytes(data)
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True).stdout
    return text.rstrip("\f").split("\f")


def texts(lessons: int) -> ListTexts:
    titles = [f"Lesson {number}" for number in range(1, lessons + 1)]
    return ListTexts("实训 Publishing", "40 students", "学号", "姓名", "□ 待完成 · ☑ 已完成 · – 免做", titles)


def lines(students: int, lessons: int) -> list[Line]:
    boxes = ["done", "open", "excused"]
    return [
        Line(str(1000 + who), f"学生{who}", "一班", [boxes[(who + what) % 3] for what in range(lessons)])
        for who in range(students)
    ]


def test_list_has_everybody_and_every_box_with_headings_on_each_page(tmp_path: Path) -> None:
    # 14 lessons in two parts of seven, 40 students on two pages each
    pages = read_back(paper_list(texts(14), lines(40, 14), language="zh"), tmp_path)
    assert len(pages) == 4
    for number, page in enumerate(pages, start=1):
        assert "实训 Publishing" in page
        assert "学号" in page
        assert f"{number} / 4" in page
        own = [f"Lesson {lesson}" for lesson in (range(1, 8) if number < 3 else range(8, 15))]
        flat = " ".join(page.split())
        assert all(title in flat for title in own) or all(word in flat for word in ("Lesson", own[-1].split()[1]))
    for part in (pages[:2], pages[2:]):
        rows = [line for page in part for line in page.splitlines() if line.strip()[:4].isdigit() and "学生" in line]
        assert [row.split()[0] for row in rows] == [str(1000 + who) for who in range(40)]
        for who, row in enumerate(rows):
            signs = [sign for sign in row if sign in "□☑–"]
            first = 0 if part is not pages[2:] and part[0] == pages[0] else 7
            assert signs == ["☑□–"[(who + first + what) % 3] for what in range(7)]


def test_list_of_few_lessons_stands_upright(tmp_path: Path) -> None:
    (page,) = read_back(paper_list(texts(2), lines(5, 2), language="en"), tmp_path)
    assert "1 / 1" in page


def test_list_that_is_empty_or_too_long_is_refused() -> None:
    for students, lessons, words in (
        (0, 2, "nobody"),
        (2, 0, "nobody"),
        (MOST // 10 + 1, 10, "boxes"),
        (1, 1, "fonts"),
    ):
        made = lines(students, lessons) if words != "fonts" else [Line("1", "\ue000", "", ["open"])]
        with pytest.raises(SheetRefused) as refused:
            paper_list(texts(lessons), made, language="en")
        assert words in refused.value.reason
