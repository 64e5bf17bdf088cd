"""All codes of a course: every file is read back by an independent reader."""

import io
import tracemalloc
import zipfile
from typing import Any

import pytest
import zxingcpp
from litestar.testing import TestClient
from PIL import Image

from courses.lessons.authoring import edit_lesson, lesson_by_id
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import withdraw_link
from courses.lessons.values import LessonDraft
from courses.printing.printable import printable
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from portal.printing.code_files import codes_zip, course_codes
from portal.settings import Settings
from portal.sharing.addresses import share_url
from portal.workers.codes import CodeSize


def unpacked(answer: Any) -> dict[str, bytes]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def read(png: bytes) -> str:
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("L"))
    return code.text


@pytest.fixture
def titles(classroom: Any) -> dict[str, str]:
    """Lessons whose titles are hard on file names, and what their files are called."""
    named = {'Tea 茶 / "one"': "Tea-茶-one", "tea 茶: ONE?": "tea-茶-ONE-2", "../..": "lesson", "CON": "CON-2"}
    classroom.run(
        edit_lesson, None, classroom.run(lesson_by_id, classroom.lesson), LessonDraft("normal", 'Tea 茶 / "one"')
    )
    for title in list(named)[1:]:
        classroom.run(create_shared_lesson, None, classroom.course, LessonDraft("normal", title))
    return named


def test_zip_has_a_code_for_each_lesson_at_its_size(
    alice: TestClient, classroom: Any, titles: dict[str, str], settings: Settings
) -> None:
    answer = alice.get(f"/courses/{classroom.course}/codes.zip", params={"size": "35", "dpi": "600"})
    files = unpacked(answer)
    assert list(files) == [f"{name}.png" for name in titles.values()]
    codes = course_codes(classroom.run(printable, classroom.course), False)
    assert {f"{code.stem}.png": share_url(settings, code.link) for code in codes} == {
        name: read(data) for name, data in files.items()
    }
    for data in files.values():
        image = Image.open(io.BytesIO(data))
        assert image.size == (827, 827)
        assert image.info["dpi"] == pytest.approx((600, 600), rel=1e-3)
    assert answer.headers["content-disposition"].startswith('attachment; filename="codes.zip"; ')


def test_zip_of_personal_codes_is_named_by_lesson_and_student(
    alice: TestClient, classroom: Any, titles: dict[str, str], settings: Settings
) -> None:
    entries = [Entry("7", "陈晓"), Entry("8", "a/b:c"), Entry("8 a", "B C")]
    classroom.run(add_students, None, classroom.course, entries)
    files = unpacked(alice.get(f"/courses/{classroom.course}/codes.zip?personal=1"))
    students = classroom.run(students_of, classroom.course)
    assert len(files) == len(titles) * len(students)
    assert {name.split("/")[0] for name in files} == set(titles.values())
    here = [name.split("/")[1] for name in files if name.startswith("lesson/")]
    assert {"7-陈晓.png", "8-a-b-c.png", "8-a-B-C-2.png"} <= set(here)
    codes = {code.stem: code for code in course_codes(classroom.run(printable, classroom.course), True)}
    for name, data in files.items():
        code = codes[name.removesuffix(".png")]
        assert read(data) == share_url(settings, code.link, code.seat)
    assert len({read(data) for data in files.values()}) == len(files)


def test_zip_of_drawings_says_its_size(alice: TestClient, classroom: Any, settings: Settings) -> None:
    (data,) = unpacked(alice.get(f"/courses/{classroom.course}/codes.zip?format=svg&size=2,5cm")).values()
    assert data.decode().startswith('<svg width="25mm" height="25mm"')
    assert f"<title>{share_url(settings, classroom.link)}</title>" in data.decode()


def test_only_the_chosen_lessons_are_in_it(alice: TestClient, classroom: Any, titles: dict[str, str]) -> None:
    address = f"/courses/{classroom.course}/codes.zip?lesson={classroom.lesson}"
    assert list(unpacked(alice.get(address))) == ["Tea-茶-one.png"]


@pytest.mark.parametrize(
    ("query", "words"),
    [("size=12", "phones need 0.5 mm. Choose"), ("size=20&dpi=203", "phones need 0.5 mm. Choose"),
     ("size=wide", "Write the size in millimetres"), ("size=2000", "A code can be 5 to 1000 mm wide."),
     ("size=900&dpi=1200", "pixels wide; at most 6000 are made"), ("dpi=9", "Choose 72 to 2400 dots per inch."),
     ("dpi=²", "Choose 72 to 2400 dots per inch."), ("size=-4", "A code can be 5 to 1000 mm wide.")],
)  # fmt: skip
def test_size_that_cannot_be_comes_back_as_typed_with_the_reason(
    alice: TestClient, classroom: Any, query: str, words: str
) -> None:
    answer = alice.get(f"/courses/{classroom.course}/codes.zip?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert words in answer.text
    if query.startswith("size="):
        assert f'value="{query.split("&")[0][5:]}"' in answer.text
    if "dpi" not in query:
        one = alice.get(f"/links/{classroom.link.id}/qr.svg?{query}")
        assert (one.status_code, words in one.text) == (422, True)


def test_course_with_no_live_link_says_what_to_do(alice: TestClient, classroom: Any) -> None:
    classroom.run(withdraw_link, None, classroom.link)
    answer = alice.get(f"/courses/{classroom.course}/codes.zip")
    assert answer.status_code == 409
    assert "No lesson of this course has a live link." in answer.text
    assert "Nothing to print yet" in alice.get(f"/courses/{classroom.course}/codes").text


def test_single_code_of_a_size_is_read_back(alice: TestClient, classroom: Any, settings: Settings) -> None:
    answer = alice.get(f"/links/{classroom.link.id}/qr.png?size=30&dpi=300")
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (354, 354)
    assert image.info["dpi"] == pytest.approx((300, 300), rel=1e-3)
    assert read(answer.content) == share_url(settings, classroom.link)
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert f"/links/{classroom.link.id}/qr.png" in alice.get(f"/lessons/{classroom.lesson}").text


def test_zip_is_sent_piece_by_piece(classroom: Any, settings: Settings) -> None:
    """1,000 codes: no piece and no moment holds more than a batch."""
    classroom.run(add_students, None, classroom.course, [Entry(str(n), f"Student {n}") for n in range(1000)])

    async def read_all() -> tuple[int, int, int]:
        codes = course_codes(await printable(classroom.course), True)
        sizes = []
        tracemalloc.start()
        async for piece in codes_zip(settings, codes, CodeSize("png", 40, 300)):
            sizes.append(len(piece))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return len(codes), max(sizes), peak

    count, largest, peak = classroom.run(read_all)
    assert count >= 1000
    assert largest < 400_000
    assert peak < 4_000_000
