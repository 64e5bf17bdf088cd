"""A lesson's history: its revisions page by page, and bringing one of them back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from courses.errors import NotFound
from courses.lessons.authoring import edit_lesson
from courses.lessons.revisions import RUN, RevisionInfo, revision_of, revisions_before
from courses.lessons.values import LessonDraft, LessonInfo
from courses.media.library import media_of
from courses.media.values import MediaInfo
from courses.signed_in import SignedIn

PAGE = 50


@dataclass(frozen=True)
class HistoryPage:
    """Revisions, the newest first, and the one before the oldest of them, if there is any."""

    revisions: list[RevisionInfo]
    before: RevisionInfo | None


async def history_page(lesson: LessonInfo, before: int | None = None) -> HistoryPage:
    """PAGE revisions, those under the number `before`: one query, however many there are."""
    found = await revisions_before(lesson.id, before or lesson.version + 1, PAGE + 1)
    if not found and before is None:
        found = [_unwritten(lesson)]
    return HistoryPage(found[:PAGE], found[PAGE] if len(found) > PAGE else None)


async def past_revision(lesson: LessonInfo, number: int) -> RevisionInfo:
    """One revision of the lesson. Raises NotFound."""
    try:
        return await revision_of(lesson.id, number)
    except NotFound:
        if number == lesson.version:
            return _unwritten(lesson)
        raise


async def revision_before(lesson: LessonInfo, number: int) -> RevisionInfo | None:
    """The one before it; numbers may have gaps."""
    found = await revisions_before(lesson.id, number, 1)
    return found[0] if found else None


def runs(revisions: Iterable[RevisionInfo]) -> list[list[RevisionInfo]]:
    """Revisions, the newest first, with the autosaves of one piece of work together."""
    found: list[list[RevisionInfo]] = []
    for revision in revisions:
        if found and _continues(found[-1][-1], revision):
            found[-1].append(revision)
        else:
            found.append([revision])
    return found


def _continues(newer: RevisionInfo, older: RevisionInfo) -> bool:
    return newer.note == older.note == "autosave" and newer.person == older.person and newer.at - older.at < RUN


async def media_in(lesson: LessonInfo, *drafts: LessonDraft) -> dict[UUID, MediaInfo]:
    """What the drafts show, as far as it is still stored."""
    return await media_of(lesson.course, [identity for draft in drafts for identity in draft.media])


def as_it_was(lesson: LessonInfo, draft: LessonDraft, media: dict[UUID, MediaInfo]) -> LessonInfo:
    """The lesson with the content of that draft; what is not stored any more is left out."""
    kept = without_lost(draft, media)
    return replace(
        lesson, kind=kept.kind, title=kept.title, body=kept.body, topics=tuple(kept.topics),
        platforms=tuple(kept.platforms), video=media[kept.video] if kept.video else None,
        pictures=tuple(replace(media[each], alt=kept.alts.get(each, "")) for each in kept.pictures),
        cover=media[kept.cover] if kept.cover else None, done=kept.done,
    )  # fmt: skip


def without_lost(draft: LessonDraft, media: dict[UUID, MediaInfo]) -> LessonDraft:
    """The draft without the media that are not in `media`."""
    return replace(
        draft,
        pictures=tuple(identity for identity in draft.pictures if identity in media),
        video=draft.video if draft.video in media else None,
        cover=draft.cover if draft.cover in media else None,
        alts={identity: alt for identity, alt in draft.alts.items() if identity in media},
    )


async def restore_revision(by: SignedIn, lesson: LessonInfo, number: int, base: int) -> int:
    """Bring a revision back, as far as its media are still stored; what was there stays in the history.

    `base` is the version that the person saw. Returns the newest version, which is `base` where nothing differed.
    Raises NotFound, EditConflict, Invalid.
    """
    draft = (await past_revision(lesson, number)).draft
    kept = without_lost(draft, await media_in(lesson, draft))
    return await edit_lesson(by, lesson, kept, base=base, note="restored", restored_from=number)


def _unwritten(lesson: LessonInfo) -> RevisionInfo:
    """The present state of a lesson that an older release wrote, and nobody has changed since."""
    return RevisionInfo(
        lesson.id, lesson.version, lesson.author, lesson.author_name, lesson.updated_at, "created", None, lesson.draft
    )
