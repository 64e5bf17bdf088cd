"""The order of a course's lessons as it was made by hand, and the sections that they stand in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from piccolo.query import OrderByRaw

from courses.audit import record
from courses.catalogue.courses import CourseInfo
from courses.catalogue.shown import students_see
from courses.changes import Changes
from courses.database import unit_of_work, writing
from courses.errors import Conflict, Invalid, Message, NotFound
from courses.signed_in import SignedIn
from courses.tables.lessons import Lesson
from courses.texts import one_line, too_long

SECTION_LENGTH = 60
#: lessons without a place come last, as they were made
BY_PLACE = (OrderByRaw("CASE WHEN lesson.place IS NULL THEN 1 ELSE 0 END"), Lesson.place, Lesson.created_at, Lesson.id)


@dataclass(frozen=True)
class Placed:
    """A lesson in its course's order."""

    id: UUID
    section: str


async def move_lesson(by: SignedIn | None, course: CourseInfo, lesson: UUID, step: int) -> None:
    """One up (-1) or down (1). At the edge of its section it goes over into the next one and stays where it is. Raises NotFound."""

    def moved(order: list[Placed]) -> list[Placed]:
        at = _at(order, lesson)
        to = at + step
        if not 0 <= to < len(order):
            return [*order[:at], replace(order[at], section=""), *order[at + 1 :]] if order[at].section else order
        if order[to].section != order[at].section:
            return [*order[:at], replace(order[at], section=order[to].section), *order[at + 1 :]]
        order[at], order[to] = order[to], order[at]
        return order

    await _reorder(by, course, moved)


async def put_before(by: SignedIn | None, course: CourseInfo, lesson: UUID, other: UUID | None) -> None:
    """To the place of another lesson and into its section, or with None to the end. Raises NotFound."""

    def moved(order: list[Placed]) -> list[Placed]:
        if lesson == other:
            return order
        one = order.pop(_at(order, lesson))
        to = len(order) if other is None else _at(order, other)
        beside = order[to if other else to - 1] if order else one
        order.insert(to, replace(one, section=beside.section))
        return order

    await _reorder(by, course, moved)


async def put_into_section(by: SignedIn | None, course: CourseInfo, lessons: Sequence[UUID], name: str) -> int:
    """These together, in their order, at the end of the section of this name, or where the first one stands; "" is no section.

    How many they are. Raises Conflict, Invalid, NotFound.
    """
    name = one_line(name)
    if len(name) > SECTION_LENGTH:
        raise Invalid({"section": too_long(name, SECTION_LENGTH)})
    chosen = set(lessons)
    if not chosen:
        raise Conflict(Message("Choose at least one lesson."))

    def moved(order: list[Placed]) -> list[Placed]:
        if chosen - {each.id for each in order}:
            raise NotFound
        together = [replace(each, section=name) for each in order if each.id in chosen]
        first = min((at for at, each in enumerate(order) if each.id in chosen), default=0)
        rest = [each for each in order if each.id not in chosen]
        ends = [at for at, each in enumerate(rest) if name and each.section == name]
        to = ends[-1] + 1 if ends else sum(each.id not in chosen for each in order[:first])
        return [*rest[:to], *together, *rest[to:]]

    await _reorder(by, course, moved)
    return len(chosen)


def _at(order: list[Placed], lesson: UUID) -> int:
    at = next((at for at, each in enumerate(order) if each.id == lesson), None)
    if at is None:
        raise NotFound
    return at


@unit_of_work
async def _reorder(by: SignedIn | None, course: CourseInfo, change: Callable[[list[Placed]], list[Placed]]) -> None:
    async with writing():
        rows = await Lesson.select(Lesson.id, Lesson.section, Lesson.place).where(students_see(course.id)).order_by(
            *BY_PLACE
        )  # fmt: skip
        before = {row["id"]: (row["place"], row["section"]) for row in rows}
        order = change([Placed(row["id"], row["section"]) for row in rows])
        after = {each.id: (place, each.section) for place, each in enumerate(order, 1)}
        changed = [lesson for lesson, values in after.items() if values != before[lesson]]
        for lesson in changed:
            place, section = after[lesson]
            values: Changes = {Lesson.place: place, Lesson.section: section}
            await Lesson.update(values).where(Lesson.id == lesson)
        if changed:
            await record("course.order", by, course=course.id, object=course.id, label=course.title)
