"""What a list would do to a roster, before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from courses.database import reads_apart
from courses.students.comparing import number_key
from courses.students.reading import Entry
from courses.students.roster import students_of


@dataclass(frozen=True)
class RosterPlan:
    """Who would be new, who would come back, and whose name or group would change, as (before, after)."""

    added: tuple[Entry, ...]
    returned: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Entry], ...]
    unchanged: int


@reads_apart
async def plan_roster(course_id: UUID, entries: Sequence[Entry], aliases: bool = False) -> RosterPlan:
    """The same comparison that the import makes; nothing is written. Under `aliases` everybody who is known keeps the name."""
    known = {number_key(student.number): student for student in await students_of(course_id, also_left=True)}
    added, returned, changed, unchanged = [], [], [], 0
    for entry in entries:
        student = known.get(number_key(entry.number))
        if student is None:
            added.append(entry)
            continue
        if aliases:
            entry = replace(entry, name=student.name)
        if student.left:
            returned.append(entry)
        elif student.name != entry.name or entry.group not in (None, student.group):
            group = student.group if entry.group is None else entry.group
            before = Entry(student.number, student.name, student.group)
            changed.append((before, Entry(student.number, entry.name, group)))
        else:
            unchanged += 1
    return RosterPlan(tuple(added), tuple(returned), tuple(changed), unchanged)
