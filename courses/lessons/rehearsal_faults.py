"""What an instructor orders for a rehearsal at a link: what goes wrong for everybody, and a class that is played."""

from collections.abc import Mapping
from uuid import UUID

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from courses.tables.classes import RehearsalFault

NONE = "none"


async def faults_at(link: UUID) -> dict[str, str]:
    """The faults that are ordered, by platform."""
    # Raw: it is on the scan path, and building the query costs more than running it.
    rows = await RehearsalFault.raw("SELECT platform, fault FROM rehearsal_fault WHERE link = {}", link)
    return {row["platform"]: row["fault"] for row in rows}


@unit_of_work
async def order_faults(person: SignedIn, lesson: LessonInfo, link: UUID, faults: Mapping[str, str]) -> None:
    """Replace what is ordered at a link for the platforms named; "none" ends a fault."""
    async with writing():
        before = await faults_at(link)
        changed = {slug: fault for slug, fault in faults.items() if fault != before.get(slug, NONE)}
        if not changed:
            return
        await RehearsalFault.delete().where(
            RehearsalFault.link == link, RehearsalFault.platform.is_in(list(changed))
        )  # fmt: skip
        rows = [
            RehearsalFault(link=link, platform=slug, fault=fault, person=person.id, at=now())
            for slug, fault in changed.items()
            if fault != NONE
        ]
        if rows:
            await RehearsalFault.insert(*rows)
        detail = {"lesson": lesson.id, "title": lesson.title, "faults": changed}
        await record("link.rehearse", person, course=lesson.course, object=link, label=lesson.title, detail=detail)


@unit_of_work
async def note_play(person: SignedIn, lesson: LessonInfo, link: UUID | None, ended: bool = False) -> None:
    """Write down that a class of simulated phones was let walk the lesson, or was stopped."""
    async with writing():
        action = "link.play_end" if ended else "link.play"
        detail = {"lesson": lesson.id, "title": lesson.title}
        await record(action, person, course=lesson.course, object=link, label=lesson.title, detail=detail)
