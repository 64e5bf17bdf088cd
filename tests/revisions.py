"""A lesson's whole history at once; pages show it piece by piece."""

from uuid import UUID

from courses.lessons.revisions import RevisionInfo, revisions_before

ALL = 10_000


async def revisions_of(lesson: UUID) -> list[RevisionInfo]:
    """All, the newest first."""
    return await revisions_before(lesson, ALL, ALL)
