"""Students of a course: enrolling, leaving, and which phone is whose."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from cachetools import TTLCache

from courses.audit import record
from courses.changes import Changes
from courses.clock import now
from courses.database import reads_apart, unit_of_work, writing
from courses.engine import ROWS
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.signed_in import SignedIn
from courses.students.aliases import new_aliases
from courses.students.comparing import name_key, number_key, tidy
from courses.students.reading import GROUP_MAX, Entry, name_problem
from courses.students.values import StudentInfo
from courses.tables.courses import Course
from courses.tables.roster import Student

SEATS = 65_536
# How long the scan path may go on with what it looked up, in seconds.
SEAT_LIFE = 1.0
_COLUMNS = (Student.id, Student.number, Student.name, Student.seat, Student.left_at, Student.group)
_UNKNOWN: Any = object()
#: what keyboards put behind what was typed, the full stop of two spaces first
_ENDS = "。.，,、；;：:！! "
_seats: TTLCache[tuple[UUID, int], StudentInfo | None] = TTLCache(10_000, ttl=SEAT_LIFE)


@dataclass(frozen=True)
class Imported:
    """What an import did; who came back counts as added."""

    added: int
    renamed: int
    unchanged: int


@unit_of_work
async def add_students(by: SignedIn | None, course_id: UUID, entries: list[Entry]) -> Imported:
    """Enrol all (checked) entries or none; a known number takes the new name. Raises NotFound, Conflict.

    In a course of aliases the names in the entries are left out: who is new gets an alias, who is known keeps it.
    """
    moment = now()
    async with writing():
        # The course's row is also the lock that keeps two imports from giving one seat twice.
        locked = await Course.update({Course.updated_at: moment}).where(Course.id == course_id).returning(
            Course.title, Course.aliases
        )  # fmt: skip
        if not locked:
            raise NotFound
        rows = await Student.select(*_COLUMNS).where(Student.course == course_id)
        known = {number_key(row["number"]): row for row in rows}
        if locked[0]["aliases"]:
            entries = _under_aliases(entries, known, locked[0]["title"])
        new, changed = [], []
        for entry in entries:
            row = known.get(number_key(entry.number))
            if row is None:
                new.append(entry)
            elif row["left_at"] is not None or row["name"] != entry.name or entry.group not in (None, row["group"]):
                changed.append((row, entry))
        seat = max((row["seat"] for row in rows), default=-1) + 1
        if seat + len(new) > SEATS:
            raise Conflict(Message("This course has had {limit} students; start a new one.", limit=SEATS))
        for start in range(0, len(new), ROWS):
            students = [
                Student(
                    course=course_id,
                    number=entry.number,
                    name=entry.name,
                    group=entry.group or "",
                    seat=place,
                    created_at=moment,
                )
                for place, entry in enumerate(new[start : start + ROWS], start=seat + start)
            ]
            await Student.insert(*students)
        # In the order in which others, too, lock several.
        for row, entry in sorted(changed, key=lambda pair: pair[0]["id"]):
            values: Changes = {Student.name: entry.name, Student.left_at: None, Student.merged_into: None}
            if entry.group is not None:
                values[Student.group] = entry.group
            await Student.update(values).where(Student.id == row["id"])
            action = "student.rename" if row["left_at"] is None else "student.return"
            await _record(action, by, course_id, row, entry.name)
        back = sum(row["left_at"] is not None for row, _ in changed)
        done = Imported(len(new) + back, len(changed) - back, len(entries) - len(new) - len(changed))
        if new or changed:
            # One entry for all who are new: their rows have its time.
            await record("roster.import", by, course=course_id, at=moment, detail=asdict(done))
    forget_seats()
    return done


def _under_aliases(entries: list[Entry], known: Mapping[str, dict[str, Any]], title: str) -> list[Entry]:
    """The entries with the aliases that their students have, or get now."""
    unknown = sum(number_key(entry.number) not in known for entry in entries)
    fresh = iter(new_aliases(unknown, [row["name"] for row in known.values()], title))
    return [
        replace(entry, name=row["name"] if (row := known.get(number_key(entry.number))) else next(fresh))
        for entry in entries
    ]


@reads_apart
async def students_of(course_id: UUID, also_left: bool = False) -> list[StudentInfo]:
    """The roster by number, 2 before 10; on request with those who left."""
    query = Student.select(*_COLUMNS).where(Student.course == course_id)
    if not also_left:
        query = query.where(Student.left_at.is_null())
    return sorted([student_info(row) for row in await query], key=lambda student: _by_number(student.number))


@reads_apart
async def left_students(course_id: UUID) -> list[StudentInfo]:
    """Who is no longer on the list, by number; without who was merged into another or erased."""
    rows = await Student.select(*_COLUMNS).where(
        Student.course == course_id, Student.left_at.is_not_null(), Student.merged_into.is_null(),
        Student.erased_at.is_null(),
    )  # fmt: skip
    return sorted([student_info(row) for row in rows], key=lambda student: _by_number(student.number))


async def count_students(course_id: UUID) -> int:
    """How many are enrolled."""
    return int(await Student.count().where(Student.course == course_id, Student.left_at.is_null()))


async def has_students(course_id: UUID) -> bool:
    """Whether anybody is enrolled."""
    return await Student.exists().where(Student.course == course_id, Student.left_at.is_null())


async def find_student_by_id(course_id: UUID, student_id: UUID) -> StudentInfo:
    """A student of this course, who may have left. Raises NotFound."""
    row = await Student.select(*_COLUMNS).where(Student.course == course_id, Student.id == student_id).first()
    if row is None:
        raise NotFound
    return student_info(row)


@unit_of_work
async def rename_student(
    by: SignedIn | None, course_id: UUID, student_id: UUID, name: str, group: str | None = None
) -> StudentInfo:
    """Give a student another name, and another group where one is said. Raises NotFound, Invalid."""
    name, group = tidy(name), None if group is None else tidy(group)[:GROUP_MAX]
    problem = name_problem(name)
    if problem:
        raise Invalid({"name": problem})
    async with writing():
        before = await find_student_by_id(course_id, student_id)
        if await Student.exists().where(Student.id == student_id, Student.erased_at.is_not_null()):
            raise Conflict(Message("This student was erased. Add a new one instead."))
        group = before.group if group is None else group
        if (name, group) != (before.name, before.group):
            await Student.update({Student.name: name, Student.group: group}).where(Student.id == student_id)
            await _record("student.rename", by, course_id, asdict(before), name)
    forget_seats()
    return replace(before, name=name, group=group)


async def remove_student(by: SignedIn | None, course_id: UUID, student_id: UUID) -> bool:
    """Take a student off the roster, keeping what was recorded; False when that was so already. Raises NotFound."""
    return await _enrol(by, course_id, student_id, enrolled=False)


async def return_student(by: SignedIn | None, course_id: UUID, student_id: UUID) -> bool:
    """Put a student who left on the roster again; False when nobody had left. Raises NotFound."""
    return await _enrol(by, course_id, student_id, enrolled=True)


@unit_of_work
async def _enrol(by: SignedIn | None, course_id: UUID, student_id: UUID, enrolled: bool) -> bool:
    async with writing():
        student = await find_student_by_id(course_id, student_id)
        changed = student.left == enrolled
        if changed:
            await Student.update({Student.left_at: None if enrolled else now()}).where(Student.id == student_id)
            action = "student.return" if enrolled else "student.remove"
            await _record(action, by, course_id, asdict(student), student.name)
    forget_seats()
    return changed


async def _record(action: str, by: SignedIn | None, course_id: UUID, before: Mapping[str, Any], name: str) -> None:
    """`before` has the student's id and name as they were."""
    detail = {"changes": {"name": [before["name"], name]}} if before["name"] != name else {}
    await record(action, by, course=course_id, object=before["id"], label=name, detail=detail)


async def student_by_seat(course_id: UUID, seat: int) -> StudentInfo | None:
    """Who has the personal slip of this seat, at most SEAT_LIFE seconds old; None for one who left or never was."""
    key = (course_id, seat)
    found: StudentInfo | None = _seats.get(key, _UNKNOWN)
    if found is _UNKNOWN:
        # Raw, as all that stands there: it is on the scan path, and building the query costs more than running it.
        rows: list[dict[str, Any]] = await Student.raw(
            'SELECT id, number, name, seat, left_at, "group" FROM student'
            " WHERE course = {} AND seat = {} AND left_at IS NULL AND erased_at IS NULL",
            course_id, seat,
        )  # fmt: skip
        rows = rows or await _merged(course_id, seat)
        found = _seats[key] = student_info(rows[0]) if rows else None
    return found


async def _merged(course_id: UUID, seat: int) -> list[dict[str, Any]]:
    """Who the student of this seat turned out to be."""
    rows: list[dict[str, Any]] = await Student.raw(
        'SELECT kept.id, kept.number, kept.name, kept.seat, kept.left_at, kept."group" FROM student AS gone'
        " JOIN student AS kept ON kept.id = gone.merged_into"
        " WHERE gone.course = {} AND gone.seat = {} AND kept.left_at IS NULL AND kept.erased_at IS NULL",
        course_id, seat,
    )  # fmt: skip
    return rows


def forget_seats() -> None:
    """What the scan path looked up before is no longer true."""
    _seats.clear()


async def find_student(course_id: UUID, text: str) -> StudentInfo:
    """Who is meant by a number, or by a name that only one has; case, width and spaces do not matter.

    Raises Invalid when there is nobody, Conflict when several have the name. Neither tells who is on the roster.
    """
    wanted = tidy(text[:1_000])
    readable = name_problem(wanted) is None
    row = await _enrolled(course_id, Student.number == wanted) if readable else None
    if row is None and readable:
        # Names and numbers alone are read quickly even for a full lecture hall.
        roster = await Student.raw(
            "SELECT number, name FROM student WHERE course = {} AND left_at IS NULL AND erased_at IS NULL", course_id
        )
        numbers = _meant(roster, wanted) or _meant(roster, wanted.rstrip(_ENDS))
        if len(numbers) > 1:
            raise Conflict(Message("More than one student has this name. Please type your number."))
        row = await _enrolled(course_id, Student.number == numbers[0]) if numbers else None
    if row is None:
        raise Invalid(
            {
                "student": Message(
                    "This number or name is not on the list of this course. Check it, or ask your teacher."
                )
            }
        )
    return student_info(row)


def _meant(roster: Sequence[Mapping[str, str]], text: str) -> list[str]:
    """The numbers of those who have it as their number, or else as their name."""
    number, name = number_key(text), name_key(text)
    numbers = [other["number"] for other in roster if number_key(other["number"]) == number]
    return numbers or [other["number"] for other in roster if name_key(other["name"]) == name]


async def _enrolled(course_id: UUID, where: Any) -> dict[str, Any] | None:
    enrolled = Student.course == course_id, Student.left_at.is_null(), Student.erased_at.is_null()
    return await Student.select(*_COLUMNS).where(*enrolled, where).first()


def student_info(row: dict[str, Any]) -> StudentInfo:
    """A student by the columns of a row."""
    return StudentInfo(row["id"], row["number"], row["name"], row["seat"], row["left_at"] is not None, row["group"])


def _by_number(number: str) -> list[tuple[int, int, str]]:
    """Sorts digits by value and before letters."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", number) if part]
