"""The sheet: options, and the PDF read back at 150 dpi by an independent reader."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import pypdfium2
import pytest
import zxingcpp
from litestar.testing import TestClient
from PIL import Image

from courses.clock import now
from courses.lessons.authoring import create_lesson, lesson_by_id
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import withdraw_link
from courses.lessons.schedule import set_due
from courses.lessons.values import LessonDraft
from courses.printing.starting import Pair, RunRequest, start_run
from courses.printing.values import PrintOptions
from courses.signed_in import SignedIn
from courses.students.roster import rename_student
from courses.tables.audit import AuditEntry
from courses.tables.links import Link
from courses.tables.printing import PrintRun


def pages(pdf: bytes) -> list[list[str]]:
    """The texts of the codes on each page."""
    rendered = [page.render(scale=150 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    return [[code.text for code in zxingcpp.read_barcodes(page, zxingcpp.BarcodeFormat.QRCode)] for page in rendered]


def words(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


#: as long as the platform takes
LONG = "很长的标题" * 4


@pytest.fixture
def second(classroom: Any, alice_person: SignedIn) -> UUID:
    pictures = classroom.run(lesson_by_id, classroom.lesson).draft.pictures
    draft = LessonDraft("normal", LONG, pictures=pictures)
    return classroom.run(create_shared_lesson, alice_person, classroom.course, draft)


def told(page: str) -> str:
    """What the choice comes to, as the page says it."""
    return re.sub(r"<[^>]+>", "", page.split('<p class="counts" role="status">')[1].split("</p>")[0])


def test_options_say_what_will_be_printed(alice: TestClient, classroom: Any, second: UUID) -> None:
    address = f"/courses/{classroom.course}/sheet"
    for query, slips in (
        ("kind=handout", "2 slips · 1 sheet of paper"),
        ("kind=handout&layout=a4-poster", "2 slips · 2 sheets of paper"),
        ("kind=poster", "2 slips · 2 sheets of paper"),
        ("kind=personal", "4 slips · 1 sheet of paper"),
        ("personal=1&layout=a4-poster", "4 slips · 4 sheets of paper"),
        ("kind=copies&copies=30", "60 slips · 3 sheets of paper"),
        ("kind=catchup&order=lesson", "4 slips · 1 sheet of paper"),
        (f"kind=handout&lesson={second}", "1 slip · 1 sheet of paper"),
        # Without a kind it is what suits the class.
        (f"lesson={second}", "2 slips · 1 sheet of paper"),
        # 14 labels on a sheet; cells that were marked on another layout mean nothing.
        ("layout=avery-l7163&kind=copies&copies=7&skip_of=avery-l7163&skip=0&skip=5", "14 slips · 2 sheets of labels"),
        ("layout=avery-l7163&kind=copies&copies=7&skip_of=a4-24&skip=0&skip=5", "14 slips · 1 sheet of labels"),
        ("layout=a4-postcard", "2 slips · 1 sheet of paper · two pages each, printed on both sides"),
    ):
        assert told(alice.get(f"{address}?{query}").text) == slips, query


def test_options_say_from_where_a_code_can_be_read(alice: TestClient, classroom: Any) -> None:
    metres = []
    for layout in ("a4-24", "a4-poster"):
        page = alice.get(f"/courses/{classroom.course}/sheet?layout={layout}").text
        metres.append(float(re.search(r"Readable up to ([\d.]+) m away", page).group(1)))
        assert "From the back row, 8 m away, a code must be" in page
    assert 0 < metres[0] < metres[1] < 8


def test_options_say_what_finds_no_room_and_which_layout_is_too_fine(alice: TestClient, classroom: Any) -> None:
    address = f"/courses/{classroom.course}/sheet"
    small = re.sub(r"<[^>]+>", "", alice.get(f"{address}?kind=handout&layout=a4-65").text)
    assert "No room on these slips for: Title, Course, Address, Number of the slip" in small
    assert "No room" not in alice.get(f"{address}?layout=a4-24").text
    assert (
        "No room on these slips for: Three steps"
        in alice.get(f"{address}?kind=handout&chosen=1&part=title&part=steps").text
    )
    page = alice.get(f"{address}?layout=letter-65").text
    assert ">65 on a page (5 × 13): too small for our codes</option>" in page
    assert "a module would be 0.4" in page


def test_preview_is_the_first_page_and_its_codes_open_nothing(
    alice: TestClient, classroom: Any, phone: Callable[..., Any]
) -> None:
    address = f"/courses/{classroom.course}/sheet/preview.png?kind=personal&layout=avery-l7160&chosen=1&part=title"
    answer = alice.get(f"{address}&skip_of=avery-l7160&skip=0")
    assert answer.headers["content-type"] == "image/png"
    assert len(answer.content) < 60_000
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.width, round(picture.height / picture.width, 2)) == (640, 1.42)
    # The first label is used already, the second is not.
    across, down = picture.width / 210, picture.height / 297
    used, free = (
        picture.convert("L").crop((int(x * across), int(16 * down), int((x + 40) * across), int(50 * down)))
        for x in (8, 74)
    )
    assert used.getextrema()[0] > 250
    assert free.getextrema()[0] < 90
    codes = zxingcpp.read_barcodes(picture.convert("RGB").resize((picture.width * 3, picture.height * 3)))
    assert len(codes) > 0
    assert {phone().get(urlsplit(code.text).path).status_code for code in codes} == {404}
    again = alice.get(f"{address}&skip_of=avery-l7160&skip=0", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert alice.get(f"{address}&copies=30000&kind=copies").status_code == 409


def test_options_name_what_is_left_out(alice: TestClient, classroom: Any, second: UUID) -> None:
    classroom.run(withdraw_link, None, classroom.link)
    page = alice.get(f"/courses/{classroom.course}/sheet?kind=handout").text
    assert "Not on the sheet, because they have no live link:" in page
    assert f'<a href="/lessons/{classroom.lesson}">Tea 茶</a>' in page


def test_options_without_anything_to_print_say_what_to_do(
    alice: TestClient, run: Callable[..., Any], course: UUID
) -> None:
    assert "Write the first one." in alice.get(f"/courses/{course}/sheet").text
    run(create_lesson, None, course, LessonDraft("normal", "No link"))
    page = alice.get(f"/courses/{course}/sheet").text
    assert "No lesson of this course has a live link." in page
    assert "sheet.pdf" not in page


@pytest.mark.parametrize(("layout", "codes"), [("a4-24", [2]), ("a4-poster", [1, 1])])
def test_every_code_of_the_sheet_opens_its_lesson(
    alice: TestClient, classroom: Any, second: UUID, phone: Callable[..., Any], layout: str, codes: list[int]
) -> None:
    answer = alice.get(f"/courses/{classroom.course}/sheet.pdf", params={"layout": layout})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="sheet-{layout}.pdf"')
    assert unquote(answer.headers["content-disposition"]).endswith(f"Spring campaign 春季 {layout}.pdf")
    found = pages(answer.content)
    assert [len(page) for page in found] == codes
    titles = set()
    for url in chain.from_iterable(found):
        student = phone()
        page = student.get(student.get(urlsplit(url).path).headers["location"]).text
        titles |= {title for title in ("Tea 茶", LONG) if title in page}
    assert len(titles) == 2


def test_personal_slips_know_their_student(alice: TestClient, classroom: Any, phone: Callable[..., Any]) -> None:
    answer = alice.get(f"/courses/{classroom.course}/sheet.pdf?layout=a4-24&personal=1")
    (page,) = pages(answer.content)
    assert len(set(page)) == 2
    names = []
    for url in page:
        student = phone()
        seen = student.get(student.get(urlsplit(url).path).headers["location"]).text
        names += [name for name in ("林小满", "Ann O&#39;Neil") if name in seen]
    assert sorted(names) == ["Ann O&#39;Neil", "林小满"]


def test_withdrawn_link_leaves_the_sheet(alice: TestClient, classroom: Any, second: UUID) -> None:
    classroom.run(withdraw_link, None, classroom.link)
    ((url,),) = pages(alice.get(f"/courses/{classroom.course}/sheet.pdf").content)
    assert url != f"http://TESTSERVER.LOCAL/S/{classroom.token()}"


def test_poster_speaks_the_language_of_the_request(alice: TestClient, classroom: Any) -> None:
    address = f"/courses/{classroom.course}/sheet.pdf?layout=a4-poster"
    assert "Scan the code" in words(alice.get(address).content).replace("\r\n", " ")
    alice.headers["accept-language"] = "zh-CN"
    assert "扫描二维码" in words(alice.get(address).content).replace("\r\n", "")


def test_sheet_with_nothing_on_it_says_what_to_do(alice: TestClient, run: Callable[..., Any], course: UUID) -> None:
    address = f"/courses/{course}/sheet.pdf"
    empty = alice.get(address)
    assert (empty.status_code, "Write a lesson first." in empty.text) == (409, True)
    run(create_lesson, None, course, LessonDraft("normal", "No link"))
    unshared = alice.get(address)
    assert (unshared.status_code, "Issue one on a lesson’s page first." in unshared.text) == (409, True)


def test_personal_sheet_needs_students(
    alice: TestClient, alice_person: SignedIn, run: Callable[..., Any], course: UUID
) -> None:
    run(create_shared_lesson, alice_person, course, LessonDraft("normal", "T"))
    answer = alice.get(f"/courses/{course}/sheet.pdf?personal=1")
    assert (answer.status_code, "Personal slips need students." in answer.text) == (409, True)


@pytest.mark.parametrize("layout", ["a3", "../../etc/passwd", "<script>", ""])
def test_unknown_layout_is_refused(alice: TestClient, classroom: Any, layout: str) -> None:
    answer = alice.get(f"/courses/{classroom.course}/sheet.pdf", params={"layout": layout})
    assert answer.status_code == 422
    assert "There is no layout" in answer.text
    assert "<script>" not in answer.text.split("<main")[1]
    assert alice.get(f"/courses/{classroom.course}/sheet", params={"layout": layout}).status_code == 200


def test_a_get_of_the_sheet_writes_nothing(alice: TestClient, classroom: Any) -> None:
    before = classroom.run(lambda: Link.select().run())
    alice.get(f"/courses/{classroom.course}/sheet.pdf?personal=1")
    assert classroom.run(lambda: Link.select().run()) == before


def test_page_suggests_what_suits_the_class_on_the_paper_of_last_time(
    alice: TestClient, alice_person: SignedIn, classroom: Any, second: UUID
) -> None:
    address = f"/courses/{classroom.course}/sheet"
    lin, ann = (student.id for student in classroom.students)

    def begins(query: str = "") -> tuple[str, str]:
        page = alice.get(f"{address}?{query}").text
        return re.search(r"<section class=\"card suggestion.*?<h2>(.*?)</h2>", page, re.DOTALL)[1], page

    # The first lesson, for everybody; from a lesson's page that lesson, also where it has no link.
    title, page = begins()
    assert (title, "Print 2 slips" in page) == ("Personal slips · Tea 茶", True)
    assert begins(f"lesson={second}")[0] == f"Personal slips · {LONG}"
    # What is due is next, before anything else.
    lesson = classroom.run(lesson_by_id, second)
    classroom.run(set_due, alice_person, lesson, now() + timedelta(days=2))
    title, page = begins()
    assert (title, "This lesson is next" in page) == (f"Personal slips · {LONG}", True)
    form = {"chosen": "1", "kind": "personal", "layout": "a4-8", "part": "title", "marks": "cut", "lesson": str(second),
            "student": str(lin)}  # fmt: skip
    assert alice.post(f"/courses/{classroom.course}/prints", data=form).status_code == 303
    made = classroom.run(lambda: Link.select(Link.student, Link.lesson).where(Link.run.is_not_null()).run())
    assert made == [{"student": lin, "lesson": second}]
    # The same again, as nothing else is wanted, on the same paper.
    title, page = begins()
    assert (title, "The same as last time." in page) == (f"Personal slips · {LONG}", True)
    assert 'value="a4-8" selected' in page
    assert 'value="cut" selected' in page
    assert re.findall(r'name="part" value="(\w+)" checked', page) == ["title"]
    # Late for both of them, so it is for who has not done it; and one who came late is one of the two.
    classroom.run(set_due, alice_person, replace(lesson, due_at=now()), now() - timedelta(days=2))
    title, page = begins()
    assert (title, "Print 2 slips" in page) == (f"Catch-up · {LONG}", True)
    title, page = begins(f"student={ann}")
    assert (title, told(page)) == ("Catch-up", "2 slips · 1 sheet of paper")


def test_page_is_letter_where_the_browser_is_american(alice: TestClient, classroom: Any) -> None:
    for header, layout in (("en-US,en;q=0.9", "letter-24"), ("en-GB", "a4-24"), ("zh-CN", "a4-24"), ("", "a4-24")):
        page = alice.get(f"/courses/{classroom.course}/sheet", headers={"accept-language": header}).text
        assert f'value="{layout}" selected' in page, header


def test_slips_are_for_the_students_and_groups_that_are_chosen(
    alice: TestClient, alice_person: SignedIn, classroom: Any
) -> None:
    address = f"/courses/{classroom.course}/sheet?kind=personal"
    lin = classroom.students[0].id
    classroom.run(rename_student, alice_person, classroom.course, lin, "Lin", "B")
    for query, slips in (
        ("", 2),
        (f"&student={lin}", 1),
        ("&group=B", 1),
        ("&group=C", 0),
        (f"&group=B&student={lin}", 1),
    ):
        page = alice.get(address + query).text
        assert ("There is nothing to print for this choice." in page) == (slips == 0), query
        assert not slips or told(page).startswith(f"{slips} slip"), query
    assert f"student={lin}" in alice.get(f"{address}&student={lin}").text.split("preview.png?")[1].split('"')[0]


@pytest.fixture
def refused(classroom: Any, alice_person: SignedIn) -> UUID:
    """A shared lesson that XiaoHongShu would not take."""
    return classroom.run(create_shared_lesson, alice_person, classroom.course, LessonDraft("normal", "字" * 21))


def test_options_name_what_would_be_refused_and_count_the_others(
    alice: TestClient, classroom: Any, refused: UUID
) -> None:
    page = alice.get(f"/courses/{classroom.course}/sheet?kind=handout").text
    assert "1 lesson cannot be published yet" in page
    assert f'<a href="/lessons/{refused}/edit">{"字" * 21}</a>' in page
    assert (
        "<li>The title counts as 21 characters; XiaoHongShu takes 20.</li><li>The lesson has no pictures.</li>" in page
    )
    assert f'href="/lessons/{refused}/preview"' in page
    assert told(page) == "1 slip · 1 sheet of paper"
    assert (
        told(alice.get(f"/courses/{classroom.course}/sheet?kind=handout&anyway=1").text) == "2 slips · 1 sheet of paper"
    )


def test_nothing_is_left_off_a_sheet_in_silence(alice: TestClient, classroom: Any, refused: UUID) -> None:
    address = f"/courses/{classroom.course}/sheet.pdf"
    answer = alice.get(address)
    assert answer.status_code == 409
    assert "The lesson has no pictures." in answer.text
    ((url,),) = pages(alice.get(f"{address}?only_publishable=1").content)
    assert url == f"http://TESTSERVER.LOCAL/S/{classroom.token()}"


def test_printing_anyway_needs_a_reason_and_leaves_a_trace(alice: TestClient, classroom: Any, refused: UUID) -> None:
    def trace() -> list[dict[str, Any]]:
        columns = AuditEntry.object, AuditEntry.label, AuditEntry.detail, AuditEntry.via
        return classroom.run(lambda: AuditEntry.select(*columns).where(AuditEntry.action == "lesson.print").run())

    address = f"/courses/{classroom.course}/sheet.pdf"
    for reason in ("", "  ", "x" * 301):
        answer = alice.post(address, data={"layout": "a4-poster", "reason": reason})
        assert answer.status_code == 422
        assert 'name="reason"' in answer.text
    assert 'value="a4-poster" selected' in answer.text
    assert trace() == []
    answer = alice.post(address, data={"layout": "a4-24", "personal": "0", "reason": "The pictures come tomorrow"})
    assert (answer.status_code, [len(page) for page in pages(answer.content)]) == (200, [2])
    detail = '{"reason":"The pictures come tomorrow"}'
    assert trace() == [{"object": refused, "label": "字" * 21, "detail": detail, "via": "page"}]


def test_only_lessons_that_cannot_be_published_leave_nothing_to_print(
    alice: TestClient, classroom: Any, refused: UUID
) -> None:
    classroom.run(withdraw_link, None, classroom.link)
    page = alice.get(f"/courses/{classroom.course}/sheet").text
    assert "Print the others" not in page
    assert "Print them anyway" in page
    answer = alice.get(f"/courses/{classroom.course}/sheet.pdf?only_publishable=1")
    assert answer.status_code == 409
    assert "<p>There is nothing to print yet.</p>" in answer.text


def test_sheet_of_others_is_not_there(bob: TestClient, client: TestClient, classroom: Any) -> None:
    theirs, nobodys = (bob.get(f"/courses/{identity}/sheet.pdf") for identity in (classroom.course, uuid4()))
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    path = f"/courses/{classroom.course}/sheet.pdf"
    answer = client.get(path)
    assert (answer.status_code, unquote(answer.headers["location"])) == (303, f"/sign-in?next={path}")


def test_two_half_used_sheets_are_told_apart(alice: TestClient, classroom: Any, alice_person: SignedIn) -> None:
    for slips in (3, 5):
        options = PrintOptions(copies=slips, per_page=21)
        wanted = RunRequest("copies", "avery-l7160", options, [Pair(classroom.lesson)])
        run = classroom.run(start_run, alice_person, classroom.course, wanted)
        classroom.run(lambda run=run: PrintRun.update({PrintRun.state: "done"}).where(PrintRun.id == run).run())
    address = f"/courses/{classroom.course}/sheet?layout=avery-l7160"
    page = alice.get(address).text
    assert page.index("The sheet of P2 has 16 labels left.") < page.index("The sheet of P1 has 18 labels left.")
    page = alice.get(f"{address}&resume=P1").text
    assert re.findall(r'value="(\d+)" id="cell-\d+" checked', page) == ["0", "1", "2"]
    assert "The sheet of P1" not in page
    assert "The sheet of P2" in page
