"""Who has a PIN: six digits that a student types beside the number; how often somebody may try is the caller's to limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from courses.audit import record
from courses.database import reads_apart, unit_of_work, writing
from courses.engine import ROWS
from courses.events.publications import lock_students
from courses.people.attempts import Tries, forget_tries
from courses.signed_in import SignedIn
from courses.students.roster import students_of
from courses.students.values import StudentInfo
from courses.tables.roster import Student


@dataclass(frozen=True)
class Given:
    """A student's new PIN, which is shown this once."""

    student: StudentInfo
    pin: str


@reads_apart
async def with_pin(course_id: UUID) -> set[UUID]:
    """Who is enrolled and has one."""
    return set(await Student.select(Student.id).where(
        Student.course == course_id, Student.pin_hash.is_not_null(), Student.left_at.is_null()
    ).output(as_list=True))  # fmt: skip


async def without_pin(course_id: UUID) -> list[StudentInfo]:
    """Who is enrolled and has none."""
    has = await with_pin(course_id)
    return [student for student in await students_of(course_id) if student.id not in has]


@unit_of_work
async def give_pins(
    by: SignedIn, course_id: UUID, students: Sequence[StudentInfo], made: tuple[list[str], list[str]]
) -> list[Given]:
    """Keep the hashes; the PINs themselves are kept nowhere."""
    pins, hashes = made
    rows = list(zip((student.id for student in students), hashes, strict=True))
    async with writing():
        await lock_students(*(student for student, _ in rows))
        for start in range(0, len(rows), ROWS):
            some = rows[start : start + ROWS]
            whens, ids = " ".join(["WHEN {} THEN {}"] * len(some)), ", ".join(["{}"] * len(some))
            await Student.raw(
                f"UPDATE student SET pin_hash = CASE id {whens} END WHERE course = {{}} AND id IN ({ids})",  # noqa: S608 -- of our own marks
                *(value for row in some for value in row),
                course_id,
                *(student for student, _ in some),
            )
        if students:
            await record("roster.pins", by, course=course_id, detail={"count": len(students)})
    return [Given(student, pin) for student, pin in zip(students, pins, strict=True)]


@unit_of_work
async def take_pins(by: SignedIn, course_id: UUID, student: UUID | None = None) -> int:
    """Nobody, or one student not, is asked for a PIN any more; how many had one."""
    whose = await _all_with_pin(course_id) if student is None else [student]
    had = 0
    async with writing():
        await lock_students(*whose)
        for start in range(0, len(whose), ROWS):
            some = Student.id.is_in(whose[start : start + ROWS])
            mine = Student.course == course_id, Student.pin_hash.is_not_null(), some
            had += len(await Student.update({Student.pin_hash: None}).where(*mine).returning(Student.id))
        if had:
            await record("roster.pins_taken", by, course=course_id, detail={"count": had})
    return had


@reads_apart
async def _all_with_pin(course_id: UUID) -> list[UUID]:
    """Also who has left."""
    mine = Student.course == course_id, Student.pin_hash.is_not_null()
    return list(await Student.select(Student.id).where(*mine).output(as_list=True))


@unit_of_work
async def unlock_pin(by: SignedIn, course_id: UUID, student: StudentInfo, tries: Tries) -> None:
    """Its PIN may be tried again, `tries` being what is counted for the student."""
    async with writing():
        await forget_tries([tries])
        await record("student.unlock", by, course=course_id, object=student.id, label=student.name)


async def keep_anew(student: UUID, old: str, new: str) -> None:
    """The same PIN in another way, unless it was changed meanwhile."""
    await Student.update({Student.pin_hash: new}).where(Student.id == student, Student.pin_hash == old)


async def pin_hash_of(student: UUID) -> str | None:
    """What a PIN is checked against; None for who has none."""
    row = await Student.select(Student.pin_hash).where(Student.id == student).first()
    return row["pin_hash"] if row else None
