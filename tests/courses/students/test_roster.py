"""Enrolling, leaving, and whose phone it is."""

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from courses.clock import now
from courses.errors import Conflict, Invalid, NotFound
from courses.media.library import open_store
from courses.people.accounts import add_person
from courses.privacy.erasing import erase_student
from courses.students.claims import claim_student, claimed_student
from courses.students.merging import merge_students
from courses.students.reading import Entry
from courses.students.roster import (
    Imported,
    add_students,
    find_student,
    remove_student,
    rename_student,
    student_by_seat,
    students_of,
)
from courses.students.values import Known, Standing, StudentInfo
from courses.tables.courses import Course
from courses.tables.roster import Claim, Student
from tests.courses.classroom import parse_roster

pytestmark = pytest.mark.anyio
PHONE = "00112233aabbccdd"


@pytest.fixture
async def course(db: object) -> UUID:
    return await make_course()


async def make_course() -> UUID:
    course = Course(title="Physics", created_at=now(), updated_at=now())
    await Course.insert(course)
    return course.id


async def enrol(course: UUID, text: str) -> dict[str, StudentInfo]:
    await add_students(None, course, parse_roster(text))
    return {student.number: student for student in await students_of(course)}


async def test_add_students_counts_what_it_did(course: UUID) -> None:
    assert await add_students(None, course, parse_roster("10,Anna\n2,Bob\nx3,Charlie")) == Imported(3, 0, 0)
    assert await add_students(None, course, parse_roster("2,Bob\nX3,Chris\n4,Dora")) == Imported(1, 1, 1)
    roster = await students_of(course)
    assert [(student.number, student.name, student.seat) for student in roster] == [
        ("2", "Bob", 1),
        ("4", "Dora", 3),
        ("10", "Anna", 0),
        ("x3", "Chris", 2),
    ]


async def test_add_students_keeps_hostile_names_as_text(course: UUID) -> None:
    names = ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "{{7*7}}", "'; DROP TABLE student; --", "%s {} \\"]
    await add_students(None, course, [Entry(str(place), name) for place, name in enumerate(names)])
    assert [student.name for student in await students_of(course)] == names


async def test_a_seat_is_never_given_twice(course: UUID) -> None:
    first = await enrol(course, "1 Anna\n2 Bob")
    assert await remove_student(None, course, first["2"].id) is True
    assert (await enrol(course, "3 Charlie"))["3"].seat == 2
    assert await student_by_seat(course, 1) is None
    assert (await student_by_seat(course, 2)).name == "Charlie"


async def test_a_student_who_left_comes_back_to_the_same_seat(course: UUID) -> None:
    anna = (await enrol(course, "1 Anna"))["1"]
    assert await remove_student(None, course, anna.id) is True
    assert await remove_student(None, course, anna.id) is False
    assert await students_of(course) == []
    assert await students_of(course, also_left=True) == [StudentInfo(anna.id, "1", "Anna", 0, left=True)]
    assert await add_students(None, course, [Entry("1", "Anna Lee")]) == Imported(1, 0, 0)
    assert await students_of(course) == [StudentInfo(anna.id, "1", "Anna Lee", 0, left=False)]


async def test_seats_and_numbers_stay_ones_own_through_merging_and_erasing(course: UUID, tmp_path: Path) -> None:
    alice = await add_person("alice@example.org", "Alice")
    roster = await enrol(course, "1 Anna\n2 Ann\n3 Bob")
    await merge_students(alice, course, roster["3"].id, roster["1"].id)
    await erase_student(alice, open_store(f"file://{tmp_path}"), course, roster["2"].id)
    assert (await enrol(course, "4 Charlie"))["4"].seat == 3
    # the number of one who was erased is free, the seat is not
    again = await enrol(course, "2 Ann")
    assert (again["2"].seat, again["2"].id) != (roster["2"].seat, roster["2"].id)
    assert again["2"].seat == 4
    # who was merged comes back as the one who was there, if a list says so
    assert (await enrol(course, "3 Bob"))["3"] == roster["3"]
    rows = await Student.select(Student.seat, Student.number).where(Student.course == course)
    assert len({row["seat"] for row in rows}) == len({row["number"] for row in rows}) == len(rows) == 5


async def test_a_number_is_unique_in_its_course_whoever_writes_it(course: UUID) -> None:
    await enrol(course, "1 Anna")
    twice = Student(course=course, number="1", name="Other", seat=7, created_at=now())
    with pytest.raises(Exception, match=r"(?i)unique"):
        await Student.insert(twice)
    same_seat = Student(course=course, number="9", name="Other", seat=0, created_at=now())
    with pytest.raises(Exception, match=r"(?i)unique"):
        await Student.insert(same_seat)


async def test_add_students_is_all_or_nothing(course: UUID) -> None:
    await Student.insert(Student(course=course, number="1", name="Last", seat=65_534, created_at=now()))
    with pytest.raises(Conflict, match="65536"):
        await add_students(None, course, [Entry("1", "Renamed"), Entry("2", "Fits"), Entry("3", "Does not")])
    assert [student.name for student in await students_of(course)] == ["Last"]
    assert await add_students(None, course, [Entry("2", "Fits")]) == Imported(1, 0, 0)


async def test_imports_at_the_same_moment_give_different_seats(course: UUID) -> None:
    await asyncio.gather(*(add_students(None, course, [Entry(f"{i}-{j}", "x") for j in range(20)]) for i in range(10)))
    assert sorted(student.seat for student in await students_of(course)) == list(range(200))


async def test_add_students_takes_the_largest_list(course: UUID) -> None:
    entries = [Entry(str(number), "x") for number in range(5_000)]
    assert await add_students(None, course, entries) == Imported(5_000, 0, 0)
    assert await add_students(None, course, entries) == Imported(0, 0, 5_000)


async def test_an_unknown_course_or_student_is_not_found(course: UUID) -> None:
    other = await make_course()
    anna = (await enrol(other, "1 Anna"))["1"]
    with pytest.raises(NotFound):
        await add_students(None, uuid4(), [Entry("1", "x")])
    with pytest.raises(NotFound):
        await rename_student(None, course, anna.id, "x")
    with pytest.raises(NotFound):
        await remove_student(None, course, anna.id)
    assert await students_of(other) == [anna]
    assert await student_by_seat(course, anna.seat) is None


async def test_rename_student_tidies_and_checks_the_name(course: UUID) -> None:
    anna = (await enrol(course, "1 Anna"))["1"]
    assert (await rename_student(None, course, anna.id, " Anna\r\n Ｌｅｅ ")).name == "Anna Lee"
    for name in ["", " \n", "x" * 10_000, "a\0b"]:
        with pytest.raises(Invalid):
            await rename_student(None, course, anna.id, name)
    assert [student.name for student in await students_of(course)] == ["Anna Lee"]


@pytest.mark.parametrize("text", ["a7", "A7", " Ａ７ ", "李　雷", "李雷", " 李 雷\n"])
async def test_find_student_takes_number_or_name_as_phones_write_them(course: UUID, text: str) -> None:
    roster = await enrol(course, "A7 李　雷\nA8 Émile Ａ. Zola")
    assert await find_student(course, text) == roster["A7"]
    assert await find_student(course, "émile a. zola") == roster["A8"]


@pytest.mark.parametrize(
    ("listed", "typed"),
    [
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
        ("古丽•艾合麦提", "古丽·艾合麦提"),
        ("尼格买提・热合曼", "尼格买提·热合曼"),
        ("尼格买提・热合曼", "尼格买提‧热合曼"),
        ("阿卜杜拉·买买提", "阿卜杜拉.买买提"),
        ("Jean‑Luc O’Neil", "jean-luc o'neil"),
        ("Anne–Marie", "ａｎｎｅ－ｍａｒｉｅ"),
        ("葛\U000e0100西明", "葛西明"),
        ("王子涵", "\u200b王子\u2060涵\ufe0f"),
        ("王子涵", "王子涵。"),
        ("İsmail Işık", "İSMAİL IŞIK"),
        ("İsmail Işık", "ismail ışık"),
    ],
)
async def test_find_student_takes_any_dot_hyphen_and_apostrophe(course: UUID, listed: str, typed: str) -> None:
    await add_students(None, course, [Entry("S-01", listed), Entry("2", "Ann")])
    for text in (typed, "S-01。", "S‑01", "ｓ－０１", "s—01\u200b"):
        assert (await find_student(course, text)).number == "S-01"


async def test_numbers_that_are_compared_as_one_are_one_student(course: UUID) -> None:
    await add_students(None, course, [Entry("A-1", "Ann")])
    assert await add_students(None, course, [Entry("a‑1", "Anna")]) == Imported(0, 1, 0)
    assert [student.number for student in await students_of(course)] == ["A-1"]


async def test_find_student_prefers_the_number(course: UUID) -> None:
    roster = await enrol(course, "1,2\n2,Bob")
    assert await find_student(course, "2") == roster["2"]


async def test_find_student_asks_for_the_number_when_names_are_the_same(course: UUID) -> None:
    roster = await enrol(course, "1 Anna Lee\n2 ANNA LEE\n3 Bob")
    with pytest.raises(Conflict) as caught:
        await find_student(course, "anna lee")
    assert str(caught.value.message) == "More than one student has this name. Please type your number."
    await remove_student(None, course, roster["1"].id)
    assert await find_student(course, "anna lee") == roster["2"]


@pytest.mark.parametrize(
    "text", ["", " ", "9", "Ann", "%", "_", "' OR 1=1 --", "x" * 10_000, "\0", "\ud800", "Gone", "4"]
)
async def test_find_student_tells_nothing_about_others(course: UUID, text: str) -> None:
    roster = await enrol(course, "1 Anna\n4 Gone")
    await remove_student(None, course, roster["4"].id)
    with pytest.raises(Invalid) as caught:
        await find_student(course, text)
    sentence = "This number or name is not on the list of this course. Check it, or ask your teacher."
    assert {field: str(message) for field, message in caught.value.fields.items()} == {"student": sentence}


async def test_a_phone_is_remembered_for_its_course_alone(course: UUID) -> None:
    roster = await enrol(course, "1 Anna\n2 Bob")
    assert await claimed_student(course, PHONE) is None
    assert await claim_student(course, PHONE, "anna") == roster["1"]
    assert await claimed_student(course, PHONE) == Known(roster["1"], Standing())
    assert await claimed_student(await make_course(), PHONE) is None
    assert await claimed_student(course, "f" * 16) is None


async def test_the_newest_claim_that_is_not_undone_counts(course: UUID) -> None:
    roster = await enrol(course, "1 Anna\n2 Bob")
    for text in ["1", "1", "2", "2"]:
        await claim_student(course, PHONE, text)
    assert await Claim.count() == 2
    assert (await claimed_student(course, PHONE)).student == roster["2"]
    await Claim.update({Claim.undone_at: now()}).where(Claim.student == roster["2"].id)
    assert (await claimed_student(course, PHONE)).student == roster["1"]
    await remove_student(None, course, roster["1"].id)
    assert await claimed_student(course, PHONE) is None


async def test_a_refused_claim_stores_nothing(course: UUID) -> None:
    await enrol(course, "1 Anna")
    with pytest.raises(Invalid):
        await claim_student(course, PHONE, "nobody")
    with pytest.raises(ValueError, match="16 hexadecimal"):
        await claim_student(course, "<script>", "1")
    assert await Claim.count() == 0
