"""Lessons: write, change, merge two changes, delete and undo; and find them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable

from courses.audit import changed, record
from courses.catalogue.courses import role_in
from courses.catalogue.roles import Right, check_right
from courses.catalogue.shown import students_see, templates_in
from courses.clock import now
from courses.database import one_at_a_time, unit_of_work, writing
from courses.errors import EditConflict, Invalid, Message, NotFound
from courses.lessons import revisions
from courses.lessons.done_counts import RULE_COLUMNS, stored_rule
from courses.lessons.drafts import tidied
from courses.lessons.values import LessonDraft, LessonInfo
from courses.media.library import media_of
from courses.media.values import MediaInfo
from courses.signed_in import SignedIn
from courses.tables.courses import Course
from courses.tables.lessons import Lesson, LessonPicture


@unit_of_work
async def create_lesson(
    by: SignedIn | None, course_id: UUID, draft: LessonDraft, *, save: UUID | None = None, note: str = "created"
) -> UUID:
    """Add a lesson to a course; `save` becomes the id of its first revision. Raises Invalid."""
    draft = await checked_draft(course_id, draft)
    moment = now()
    lesson = Lesson(
        course=course_id, **_values(draft), created_at=moment, updated_at=moment, author=by.id if by else None
    )  # fmt: skip
    async with writing():
        await Lesson.insert(lesson)
        await _place(lesson.id, draft)
        await revisions.write(lesson.id, 1, by, draft, moment, note, save=save)
        await Course.update({Course.updated_at: moment}).where(Course.id == course_id)
        await record("lesson.create", by, course=course_id, object=lesson.id, label=draft.title)
    return lesson.id


async def checked_draft(course_id: UUID, draft: LessonDraft) -> LessonDraft:
    """The draft in its tidy form. Raises Invalid."""
    draft, problems = tidied(draft)
    known = await media_of(course_id, draft.media)
    if any(identity not in known or known[identity].kind != "image" for identity in draft.pictures):
        problems["pictures"] = Message("A picture is not in this course. Upload it again.")
    if draft.video is not None and (draft.video not in known or known[draft.video].kind != "video"):
        problems["video"] = Message("The video is not in this course. Upload it again.")
    if draft.cover is not None and (draft.cover not in known or known[draft.cover].kind != "image"):
        problems["cover"] = Message("The cover is not in this course. Upload it again.")
    if problems:
        raise Invalid(problems)
    return draft


@unit_of_work
async def edit_lesson(
    by: SignedIn | None,
    lesson: LessonInfo,
    draft: LessonDraft,
    *,
    base: int | None = None,
    save: UUID | None = None,
    note: str = "saved",
    restored_from: int | None = None,
) -> int:
    """Replace a lesson's content; its links stay. Returns the number of its newest revision.

    `base` is the version that the author began from: where it is not the newest any more, nothing is changed. `save` is
    an id made before the first try: sent again, it answers as the first time. What changes nothing makes no revision.
    Raises Invalid, EditConflict.
    """
    draft = await checked_draft(lesson.course, draft)
    async with writing():
        await one_at_a_time(lesson.id.int % 2**31)
        known = await revisions.number_of(lesson.id, save) if save else None
        if known is not None:
            return known
        present = await lesson_by_id(lesson.id)
        if present.course != lesson.course:
            raise NotFound  # moved meanwhile: the draft's media are those of the course it left
        if draft.encoded() == present.draft.encoded():
            return present.version
        if base is not None and base != present.version:
            raise EditConflict(present.version)
        moment, version = now(), present.version + 1
        if not await revisions.exists(lesson.id, present.version):
            # Written before there were revisions: keep what it was.
            await revisions.write(lesson.id, present.version, None, present.draft, present.updated_at, "created")
        if not await revisions.continues(lesson.id, present.version, by, moment, note):
            await record(f"lesson.{note}", by, course=lesson.course, object=lesson.id, label=draft.title,
                         detail={"version": version} | _differences(present.draft, draft, note))  # fmt: skip
        await Lesson.update(**_values(draft), updated_at=moment, version=version).where(Lesson.id == lesson.id)
        await LessonPicture.delete().where(LessonPicture.lesson == lesson.id)
        await _place(lesson.id, draft)
        await revisions.write(lesson.id, version, by, draft, moment, note, save=save, restored_from=restored_from)
    return version


def _differences(old: LessonDraft, new: LessonDraft, note: str) -> dict[str, Any]:
    """What the log says of a save, from what to what; of the text its length. The history has it word by word.

    Nothing of an autosave: what is typed next is another version under the same entry.
    """
    return {} if note == "autosave" else changed(_told(old), _told(new))


def _told(draft: LessonDraft) -> dict[str, Any]:
    return {
        "title": draft.title, "kind": draft.kind, "length": len(draft.body), "topics": list(draft.topics),
        "platforms": list(draft.platforms), "pictures": len(draft.pictures),
        "declarations": list(draft.declarations),
        "done": [draft.done.which, *draft.done.platforms, draft.done.rung],
    }  # fmt: skip


@unit_of_work
async def merge_lesson(by: SignedIn, lesson: LessonInfo, mine: LessonDraft, result: LessonDraft, base: int) -> int:
    """Put `result` on top of version `base`; the history keeps `mine` too. Returns the number of the newest revision.

    Raises Invalid, EditConflict.
    """
    async with writing():
        if mine.encoded() != result.encoded():
            base = await edit_lesson(by, lesson, mine, base=base, note="conflict")
        return await edit_lesson(by, lesson, result, base=base, note="merged")


@unit_of_work
async def delete_lesson(by: SignedIn | None, lesson: LessonInfo, deleted: bool = True) -> None:
    """Put a lesson into the trash, or take it back; where it is there already, nothing is changed or written down."""
    async with writing():
        elsewhere = Lesson.deleted_at.is_null() if deleted else Lesson.deleted_at.is_not_null()
        moved = Lesson.update({Lesson.deleted_at: now() if deleted else None}).where(
            Lesson.id == lesson.id, Lesson.purged_at.is_null(), elsewhere
        )
        if await moved.returning(Lesson.id):
            action = "lesson.delete" if deleted else "lesson.undelete"
            await record(action, by, course=lesson.course, object=lesson.id, label=lesson.title)


async def lessons_of(course_id: UUID, templates: bool = False) -> list[LessonInfo]:
    """The lessons of a course in the order they were made, without those in the trash; or its templates."""
    return await _load(templates_in(course_id) if templates else students_see(course_id))


async def lessons_by_id(course_id: UUID, ids: list[UUID]) -> list[LessonInfo]:
    """Those of the lessons and templates that are in the course and not in its trash, in the order they were made."""
    return await _load(Lesson.course == course_id, Lesson.id.is_in(ids), Lesson.deleted_at.is_null())


async def lessons_in_trash(course_id: UUID, ids: list[UUID]) -> list[LessonInfo]:
    """Those of the lessons that are in the course's trash."""
    return await _load(Lesson.course == course_id, Lesson.id.is_in(ids), Lesson.deleted_at.is_not_null())


async def lesson_of(person: SignedIn, lesson_id: UUID, may: Right = "read", deleted: bool = False) -> LessonInfo:
    """A lesson of a course in which the person has the right; one in the trash only if asked for.

    Raises NotFound, NotAllowed.
    """
    found = await _load(Lesson.id == lesson_id)
    if not found or (found[0].deleted_at is not None and not deleted):
        raise NotFound
    check_right(await role_in(person, found[0].course), may)
    return found[0]


async def lesson_by_id(lesson_id: UUID) -> LessonInfo:
    """For those who came by a verified link. Raises NotFound."""
    found = await _load(Lesson.id == lesson_id)
    if not found:
        raise NotFound
    return found[0]


def _values(draft: LessonDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind, "title": draft.title, "body": draft.body, "video": draft.video, "cover": draft.cover,
        "topics": msgspec.json.encode(draft.topics).decode(), "platforms": msgspec.json.encode(draft.platforms).decode(),
        "declarations": msgspec.json.encode(draft.declarations).decode(),
        "done_which": draft.done.which, "done_platforms": msgspec.json.encode(draft.done.platforms).decode(),
        "done_rung": draft.done.rung,
        "search": "\n".join((draft.title, draft.body, *draft.topics)).casefold(),
    }  # fmt: skip


async def _place(lesson_id: UUID, draft: LessonDraft) -> None:
    if draft.pictures:
        rows = [
            LessonPicture(lesson=lesson_id, media=media, position=position, alt=draft.alts.get(media, ""))
            for position, media in enumerate(draft.pictures)
        ]
        await LessonPicture.insert(*rows)


async def _load(*where: Combinable) -> list[LessonInfo]:
    """Lessons with their media: three queries, however many lessons."""
    rows = await Lesson.select(
        Lesson.id, Lesson.course, Lesson.course.title.as_alias("course_title"), Lesson.kind, Lesson.title, Lesson.body,
        Lesson.topics, Lesson.declarations, Lesson.video, Lesson.cover, Lesson.created_at, Lesson.updated_at, *RULE_COLUMNS,
        Lesson.deleted_at, Lesson.author, Lesson.author.name.as_alias("author_name"), Lesson.version, Lesson.template,
        Lesson.opens_at, Lesson.closes_at, Lesson.due_at, Lesson.section,
        Lesson.course.room_code.as_alias("room_code"),
    ).where(Lesson.purged_at.is_null(), *where).order_by(Lesson.created_at, Lesson.id)  # fmt: skip
    if not rows:
        return []
    placed = await LessonPicture.select(LessonPicture.lesson, LessonPicture.media, LessonPicture.alt).where(
        LessonPicture.lesson.is_in([row["id"] for row in rows])
    ).order_by(LessonPicture.position)  # fmt: skip
    singles = [row[name] for row in rows for name in ("video", "cover") if row[name] is not None]
    media = await media_of(rows[0]["course"], [*[row["media"] for row in placed], *singles])
    pictures: dict[UUID, list[MediaInfo]] = {}
    for place in placed:
        pictures.setdefault(place["lesson"], []).append(_placed(media, place))
    return [
        LessonInfo(**_without_rule(row) | {
            "done": stored_rule(row),
            "topics": tuple(msgspec.json.decode(row["topics"])),
            "platforms": tuple(msgspec.json.decode(row["platforms"])),
            "declarations": tuple(msgspec.json.decode(row["declarations"])),
            "pictures": tuple(pictures.get(row["id"], ())),
            "video": media.get(row["video"]),
            "cover": media.get(row["cover"]),
        })
        for row in rows
    ]  # fmt: skip


def _without_rule(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not name.startswith("done_")}


def _placed(media: Mapping[UUID, MediaInfo], place: Mapping[str, Any]) -> MediaInfo:
    info = media[place["media"]]
    return replace(info, alt=place["alt"]) if place["alt"] else info
