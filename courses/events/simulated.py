"""Phones that nobody holds: by how their devices begin they are told from real ones."""

from uuid import UUID

from courses.tables.events import Event

#: eight hexadecimal digits behind it say which one
SIMULATED = "5eed5eed"


async def has_real_phones(course: UUID) -> bool:
    """Whether a phone that somebody holds has reported anything at a lesson of the course."""
    return await Event.exists().where(
        Event.lesson.course == course, Event.device.is_not_null(), Event.device.not_like(f"{SIMULATED}%")
    )
