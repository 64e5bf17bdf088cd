"""Two changes of one lesson become one: nothing of either is lost."""

from courses.database import writing
from courses.lessons.authoring import LessonInfo, edit_lesson
from courses.lessons.drafts import LessonDraft
from courses.signed_in import SignedIn


async def merge_lesson(by: SignedIn, lesson: LessonInfo, mine: LessonDraft, result: LessonDraft, base: int) -> int:
    """Put `result` on top of version `base`; the history keeps `mine` too. Returns the number of the newest revision.

    Raises Invalid, EditConflict.
    """
    async with writing():
        if mine.encoded() != result.encoded():
            base = await edit_lesson(by, lesson, mine, base=base, note="conflict")
        return await edit_lesson(by, lesson, result, base=base, note="merged")
