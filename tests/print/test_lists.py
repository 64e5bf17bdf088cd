"""Paper lists, read back with pdftotext: every student and box, headings on every page."""

import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from print.fitting import MM
from print.layouts import SheetRefused
from print.list_boxes import ROW
from print.lists import HEAD, MARGIN, MOST, NAME, NUMBER, Line, ListTexts, paper_list


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
        assert f"{number}/4" in page.replace(" ", "")
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
    assert "1/1" in page.replace(" ", "")


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


def test_boxes_are_drawn_in_their_columns(tmp_path: Path) -> None:
    """What is painted is what the text says: a tick is black strokes, an empty box its edge alone, a dash no box."""
    made = [
        Line(str(who), "学生", "", [["done", "open", "excused"][(who + what) % 3] for what in range(6)])
        for who in range(9)
    ]
    file = tmp_path / "list.pdf"
    file.write_bytes(paper_list(texts(6), made, language="zh"))
    subprocess.run(["pdftoppm", "-r", "100", "-gray", "-singlefile", str(file), str(tmp_path / "page")], check=True)
    with Image.open(tmp_path / "page.pgm") as page:
        ink = {}
        for who, line in enumerate(made):
            for what, box in enumerate(line.boxes):
                x, y = (
                    MARGIN + NUMBER + NAME + (what + 0.5) * (210 - 2 * MARGIN - NUMBER - NAME) / 6,
                    HEAD + (who + 0.5) * ROW,
                )
                at = [round((side) * 100 / 25.4) for side in (x - 3, y - 3, x + 3, y + 3)]
                ink.setdefault(box, []).append(sum(value < 160 for value in page.crop(at).tobytes()))
    assert len(ink["done"]) == len(ink["open"]) == len(ink["excused"]) == 18
    assert 0 < max(ink["excused"]) < min(ink["open"]) <= max(ink["open"]) < min(ink["done"])


def test_long_texts_stay_in_their_places(tmp_path: Path) -> None:
    long = ListTexts("长标题" * 60, "说明" * 80, "学号", "姓名", "图例" * 90, ["一节很长很长的课时标题" * 6, "x" * 200])
    made = [Line("9" * 60, "名字" * 40, "组" * 30, ["open", "done"])]
    file = tmp_path / "list.pdf"
    file.write_bytes(paper_list(long, made, language="zh"))
    words = subprocess.run(["pdftotext", "-bbox", str(file), "-"], check=True, capture_output=True, text=True).stdout
    edges = [float(edge) for edge in re.findall(r'xMax="([\d.]+)"', words)]
    assert max(edges) <= (210 - MARGIN + 0.5) * MM
    assert words.count("…") >= 6
