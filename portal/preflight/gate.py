"""Before a sheet is printed: lessons that their platform would refuse do not get onto paper unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from courses.errors import Conflict, Message
from courses.lessons.values import LessonInfo
from portal.i18n import say
from portal.lessons.platform_drafts import chosen_platforms, draft_of
from portal.platforms import Platform
from portal.preflight.checks import refusals
from portal.preflight.findings import Finding
from portal.settings import Settings
from portal.workers.threads import in_thread

REASONS_TOLD = 5


@dataclass(frozen=True)
class Unpublishable:
    """A lesson that at least one of its platforms would refuse; `errors` say by whom, and why."""

    lesson: LessonInfo
    errors: list[tuple[Platform, Finding]]

    @property
    def reason(self) -> str:
        """In one line, in the language of the request."""
        return f"“{self.lesson.title}”: {' '.join(say(finding.message) for _, finding in self.errors)}"


class NotPublishable(Conflict):
    """Lessons that would be refused, and nobody has said what to do about them."""

    code = "not_publishable"

    def __init__(self, lessons: list[Unpublishable]) -> None:
        reasons = "; ".join(each.reason for each in lessons[:REASONS_TOLD])
        super().__init__(
            Message("Not printed, as these lessons cannot be published: {reasons}", reasons=reasons)
        )  # fmt: skip
        self.lessons = lessons


async def left_out(
    settings: Settings, platforms: Mapping[str, Platform], lessons: Iterable[LessonInfo], *, only_publishable: bool
) -> frozenset[UUID]:
    """Those of the lessons that are not to be printed. Raises NotPublishable for some where nobody has chosen."""
    refused = await unpublishable(settings, platforms, lessons)
    if refused and not only_publishable:
        raise NotPublishable(refused)
    return frozenset(each.lesson.id for each in refused)


async def unpublishable(
    settings: Settings, platforms: Mapping[str, Platform], lessons: Iterable[LessonInfo]
) -> list[Unpublishable]:
    """Those that would be refused. In a thread: a thousand texts take a second, and students scan meanwhile."""

    def found() -> list[Unpublishable]:
        checked = [Unpublishable(lesson, errors_in(settings, platforms, lesson)) for lesson in lessons]
        return [each for each in checked if each.errors]

    return await in_thread(found)


def errors_in(
    settings: Settings, platforms: Mapping[str, Platform], lesson: LessonInfo
) -> list[tuple[Platform, Finding]]:
    """What each platform that the lesson is for would refuse, in the order in which they were chosen."""
    draft = draft_of(lesson, settings)
    chosen = chosen_platforms(lesson.platforms, platforms)
    return [(platform, finding) for platform in chosen for finding in refusals(draft, platform)]
