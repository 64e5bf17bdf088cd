"""The first steps of somebody new, ticked by what is there; only that they are put away is kept."""

from collections.abc import Collection
from uuid import UUID

from courses.catalogue.shown import SHOWN
from courses.clock import now
from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry
from courses.tables.events import Event
from courses.tables.lessons import Lesson
from courses.tables.people import Person
from courses.tables.printing import PrintRun
from courses.tables.roster import Student

STEPS = ("lesson", "students", "phone", "paper", "post")
_DECIDED = ("publication.confirm", "publication.refuse")


async def first_steps(person: SignedIn, courses: Collection[UUID]) -> dict[str, bool] | None:
    """Which of STEPS are done in these courses; None where all are, or they were put away. In up to six queries."""
    if await Person.exists().where(Person.id == person.id, Person.steps_hidden_at.is_not_null()):
        return None
    ids = list(courses)
    if not ids:
        return dict.fromkeys(STEPS, False)
    lessons = Lesson.select(Lesson.id).where(SHOWN, Lesson.course.is_in(ids))
    # A step is there only behind the one before: who has no lesson has nothing of the rest.
    done = {"lesson": await Lesson.exists().where(SHOWN, Lesson.course.is_in(ids))}
    there = done["lesson"]
    done["students"] = await Student.exists().where(Student.course.is_in(ids))
    done["phone"] = there and await Event.exists().where(Event.lesson.is_in(lessons), Event.kind == "preview")
    done["paper"] = there and (
        await PrintRun.exists().where(PrintRun.course.is_in(ids))
        or await Event.exists().where(Event.lesson.is_in(lessons), Event.kind == "scan", Event.student.is_not_null())
    )
    done["post"] = there and await AuditEntry.exists().where(
        AuditEntry.course.is_in(ids), AuditEntry.action.is_in(list(_DECIDED))
    )
    return None if all(done.values()) else done


async def hide_first_steps(person: SignedIn) -> None:
    """For good."""
    await Person.update({Person.steps_hidden_at: now()}).where(Person.id == person.id)
