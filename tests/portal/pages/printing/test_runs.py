"""Print runs on their pages: from the choice to the file, the replaced slip and the withdrawn sheet."""

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import msgspec
import pypdfium2
import pytest
import zxingcpp
from httpx import Response
from litestar.testing import TestClient

from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.printing.starting import Pair, RunRequest, start_run
from courses.printing.values import PrintOptions, ProblemRecord, ProofRecord, UnreadRecord
from courses.signed_in import SignedIn
from courses.tables.printing import PrintRun

LABELS = {"chosen": "1", "kind": "personal", "layout": "avery-l7160", "part": ["title", "student", "serial"]}


@pytest.fixture
def begin(alice: TestClient, classroom: Any) -> Callable[..., str]:
    """Start a run, and wait until it has ended: begin(kind="handout"); its address."""

    def begin(**choice: Any) -> str:
        answer = alice.post(f"/courses/{classroom.course}/prints", data=LABELS | choice)
        assert answer.status_code == 303, answer.text
        return ended(alice, answer)

    return begin


def ended(alice: TestClient, answer: Response) -> str:
    run, deadline = answer.headers["location"], time.monotonic() + 60
    while alice.get(run, headers={"accept": "application/json"}).json()["state"] in ("queued", "working"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return run


def codes(pdf: bytes) -> list[str]:
    pages = [page.render(scale=200 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    found = [code for page in pages for code in zxingcpp.read_barcodes(page, zxingcpp.BarcodeFormat.QRCode)]
    return [code.text for code in found]


def test_run_is_drawn_downloaded_scanned_and_withdrawn(
    alice: TestClient, classroom: Any, begin: Callable[..., str], phone: Callable[..., Any]
) -> None:
    run = begin(skip_of="avery-l7160", skip=["0", "4"])
    page = alice.get(run).text
    assert "Print run P1" in page
    assert "2 of 2 codes read" in page
    assert "2 labels of the first sheet stay free" in page
    file = alice.get(f"{run}/sheet.pdf")
    assert file.headers["content-type"] == "application/pdf"
    assert unquote(file.headers["content-disposition"]).endswith("Spring campaign 春季 P1.pdf")
    assert len(file.content) == int(file.headers["content-length"])
    urls = codes(file.content)
    assert len(set(urls)) == 2
    names = set()
    for url in urls:
        student = phone()
        lesson = student.get(student.get(urlsplit(url).path).headers["location"]).text
        names |= {name for name in ("林小满", "Ann O&#39;Neil") if name in lesson}
        assert student.send("scan").json()["recorded"] == 1
    assert len(names) == 2
    alice.headers["accept-language"] = "zh-CN"
    assert "打印批次 P1" in alice.get(run).text
    assert "2 次扫码" in alice.get(f"/courses/{classroom.course}/prints").text
    alice.headers["accept-language"] = "en"
    page = alice.get(run).text
    runs = alice.get(f"/courses/{classroom.course}/prints").text
    for text, numbers in ((page, ["2", "1", "1"]), (runs, ["2"])):
        linked = re.findall(r'<a href="(/courses/[^"]+/scans\?run=[^"]+)">(\d+)', text)
        assert [number for _, number in linked] == numbers
        for address, number in linked:
            opened = alice.get(address.replace("&amp;", "&")).text
            assert opened.partition("<tbody>")[2].count("<tr>") == int(number), address
            assert "of the slips P1" in opened
    # The half-used sheet is offered for the next run, and for a slip that is printed anew.
    options = alice.get(f"/courses/{classroom.course}/sheet?layout=avery-l7160").text
    assert "The sheet of P1 has 17 labels left." in options
    assert "Withdraw all 2 codes" in page
    assert alice.post(f"{run}/withdrawal", data={"x": "x"}).status_code == 303
    assert [phone().get(urlsplit(url).path).status_code for url in urls] == [410, 410]
    assert phone().get(f"/s/{classroom.token()}").status_code == 303
    assert alice.get(f"{run}/sheet.pdf").status_code == 404
    log = alice.get(f"/courses/{classroom.course}/log?what=print").text
    assert f'withdrew the print run <a href="{run}">P1</a>, with 2 links' in log
    assert f'had 2 slips printed: <a href="{run}">P1</a>' in log


def test_one_slip_is_replaced_on_the_sheet_that_is_left(
    alice: TestClient, classroom: Any, begin: Callable[..., str], phone: Callable[..., Any]
) -> None:
    run = begin()
    old = codes(alice.get(f"{run}/sheet.pdf").content)
    (first, *_) = re.findall(r"/prints/[\w-]+/slips/[\w-]+/replacement", alice.get(run).text)
    other = ended(alice, alice.post(first, data={"x": "x"}))
    page = alice.get(other).text
    assert "in place of P1-001" in page
    assert "P2-001" in page
    assert "2 labels of the first sheet stay free" in page
    (new,) = codes(alice.get(f"{other}/sheet.pdf").content)
    assert sorted(phone().get(urlsplit(url).path).status_code for url in [*old, new]) == [303, 303, 410]
    assert alice.post(first, data={"x": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"kind": "copies", "copies": "20001"}, "These are more than 20000 slips"),
        ({"kind": "copies", "copies": "999999"}, "These are more than 20000 slips"),
    ],
)
def test_what_cannot_be_printed_says_why_and_makes_no_run(
    alice: TestClient, classroom: Any, choice: dict[str, str], told: str
) -> None:
    answer = alice.post(f"/courses/{classroom.course}/prints", data=LABELS | choice)
    assert answer.status_code == 422
    assert told in answer.text
    assert classroom.run(lambda: PrintRun.count().run()) == 0


def test_refused_lessons_are_left_out_unless_somebody_says_why(
    alice: TestClient, classroom: Any, alice_person: SignedIn, begin: Callable[..., str]
) -> None:
    refused = classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "字" * 21))
    anyway = {"kind": "handout", "lesson": [str(classroom.lesson), str(refused)], "anyway": "1"}
    answer = alice.post(f"/courses/{classroom.course}/prints", data=LABELS | anyway)
    assert answer.status_code == 422
    assert "Say in a few words why" in answer.text
    run = begin(kind="handout")
    assert "1 slip ·" in alice.get(run).text
    run = begin(**anyway, reason="It is a test")
    assert "2 slips ·" in alice.get(run).text


def test_failed_run_offers_no_file_and_says_which_slips(
    alice: TestClient, classroom: Any, begin: Callable[..., str]
) -> None:
    run = begin(kind="handout")
    proof = ProofRecord(
        1, 2, 2, (UnreadRecord("P1-002", "Tea <b>茶</b>", ProblemRecord("Its module is too small.", {})),)
    )

    async def spoil() -> None:
        await PrintRun.update(
            {PrintRun.state: "failed", PrintRun.file: "", PrintRun.proof: msgspec.json.encode(proof).decode()}
        ).where(PrintRun.id == UUID(run.split("/")[2]))

    classroom.run(spoil)
    page = alice.get(run).text
    assert "Not offered for printing: 1 of 2 codes read." in page
    assert "<b>P1-002</b> Tea &lt;b&gt;茶&lt;/b&gt;: Its module is too small." in page
    assert "sheet.pdf" not in page
    assert alice.get(f"{run}/sheet.pdf").status_code == 404
    answer = alice.post(f"{run}/attempts", data={"x": "x"})
    assert "Download the PDF" in alice.get(ended(alice, answer)).text


def test_pages_of_runs_ask_a_fixed_number_of_queries(
    alice: TestClient, classroom: Any, alice_person: SignedIn, counted: Callable[..., Any]
) -> None:
    found = []
    for slips in (1, 60):
        wanted = RunRequest("copies", "a4-24", PrintOptions(), [Pair(classroom.lesson)] * slips)
        run = classroom.run(start_run, alice_person, classroom.course, wanted)
        for path in (f"/prints/{run}", f"/courses/{classroom.course}/prints", f"/courses/{classroom.course}/sheet"):
            with counted() as queries:
                alice.get(path)
            found.append(len(queries))
    assert found[:3] == found[3:]
    assert max(found) <= 21
