"""The topics that a course has used."""

from collections import Counter
from uuid import UUID

import msgspec

from courses.tables.lessons import Lesson


async def topics_of(course: UUID) -> list[str]:
    """Those of the lessons that are not in the trash, the most used first, equally used ones by their text."""
    used = await Lesson.select(Lesson.topics).where(Lesson.course == course, Lesson.deleted_at.is_null()).output(
        as_list=True
    )  # fmt: skip
    counts = Counter(topic for topics in used for topic in msgspec.json.decode(topics))
    return sorted(counts, key=lambda topic: (-counts[topic], topic))
