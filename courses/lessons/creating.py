"""How a lesson begins: with its content and the link for its class."""

from uuid import UUID

from courses.database import one_at_a_time, unit_of_work, writing
from courses.lessons.authoring import create_lesson
from courses.lessons.links import issue_link
from courses.lessons.revisions import saved_lesson
from courses.lessons.values import LessonDraft
from courses.signed_in import SignedIn


@unit_of_work
async def create_shared_lesson(
    by: SignedIn | None, course_id: UUID, draft: LessonDraft, *, save: UUID | None = None
) -> UUID:
    """Add a lesson and its class link; a `save` that has come before answers as the first time. Raises Invalid."""
    async with writing():
        lesson = None
        if save is not None:
            # Else the same save at this moment would be taken for another lesson's.
            await one_at_a_time(save.int % 2**31)
            lesson = await saved_lesson(course_id, save)
        if lesson is None:
            lesson = await create_lesson(by, course_id, draft, save=save)
            await issue_link(by, lesson)
    return lesson
