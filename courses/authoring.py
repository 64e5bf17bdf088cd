"""Lessons: write, list, change, delete and undo."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from courses.clock import now
from courses.database import writing
from courses.errors import Invalid, Message, NotFound
from courses.media import MediaInfo, media_of
from courses.people import SignedIn
from courses.tables.courses import Course, Membership
from courses.tables.lessons import Lesson, LessonPicture

KINDS = ("normal", "video")
TITLE_LENGTH, BODY_LENGTH, TOPIC_LENGTH = 200, 20_000, 50
TOPICS, PICTURES = 20, 18


@dataclass(frozen=True)
class LessonDraft:
    """What an author gives: `pictures`, `video` and `cover` are media ids of the same course."""

    kind: str
    title: str
    body: str = ""
    topics: Sequence[str] = ()
    platforms: Sequence[str] = ("xiaohongshu",)
    pictures: Sequence[UUID] = ()
    video: UUID | None = None
    cover: UUID | None = None


@dataclass(frozen=True)
class LessonInfo:
    """A lesson with its media."""

    id: UUID
    course: UUID
    course_title: str
    kind: str
    title: str
    body: str
    topics: tuple[str, ...]
    platforms: tuple[str, ...]
    pictures: tuple[MediaInfo, ...]
    video: MediaInfo | None
    cover: MediaInfo | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = field(default=None)


async def create_lesson(course_id: UUID, draft: LessonDraft) -> UUID:
    """Add a lesson to a course. Raises Invalid."""
    draft = await checked_draft(course_id, draft)
    moment = now()
    lesson = Lesson(course=course_id, **_values(draft), created_at=moment, updated_at=moment)
    async with writing():
        await Lesson.insert(lesson)
        await _place(lesson.id, draft.pictures)
        await Course.update({Course.updated_at: moment}).where(Course.id == course_id)
    return lesson.id


async def edit_lesson(lesson: LessonInfo, draft: LessonDraft) -> None:
    """Replace a lesson's content; its links stay. Raises Invalid."""
    draft = await checked_draft(lesson.course, draft)
    async with writing():
        await Lesson.update(_values(draft) | {"updated_at": now()}).where(Lesson.id == lesson.id)
        await LessonPicture.delete().where(LessonPicture.lesson == lesson.id)
        await _place(lesson.id, draft.pictures)


async def delete_lesson(lesson: LessonInfo, deleted: bool = True) -> None:
    """Put a lesson into the trash, or take it back; its links answer "not found" meanwhile."""
    await Lesson.update({Lesson.deleted_at: now() if deleted else None}).where(Lesson.id == lesson.id)


async def lessons_of(course_id: UUID) -> list[LessonInfo]:
    """The lessons of a course in the order they were made, without those in the trash."""
    return await _load(Lesson.course == course_id, Lesson.deleted_at.is_null())


async def lesson_ids(course_id: UUID) -> list[UUID]:
    """All lessons that the course ever had, those in the trash too."""
    return await Lesson.select(Lesson.id).where(Lesson.course == course_id).output(as_list=True)


async def lesson_of(person: SignedIn, lesson_id: UUID, deleted: bool = False) -> LessonInfo:
    """A lesson of a course in which the person works; one in the trash only if asked for. Raises NotFound."""
    courses = Membership.select(Membership.course).where(Membership.person == person.id)
    found = await _load(Lesson.id == lesson_id, Lesson.course.is_in(courses))
    if not found or (found[0].deleted_at is not None and not deleted):
        raise NotFound
    return found[0]


async def lesson_by_id(lesson_id: UUID) -> LessonInfo:
    """For those who came by a verified link. Raises NotFound."""
    found = await _load(Lesson.id == lesson_id)
    if not found:
        raise NotFound
    return found[0]


async def checked_draft(course_id: UUID, draft: LessonDraft) -> LessonDraft:
    """The draft in its tidy form. Raises Invalid."""
    # PostgreSQL keeps no NUL, and nobody types one.
    title = " ".join(draft.title.replace("\0", "").split())
    body = draft.body.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    topics = tuple(
        dict.fromkeys(filter(None, (topic.replace("\0", "").strip().strip("#").strip() for topic in draft.topics)))
    )
    kind = "normal" if draft.kind == "pictures" else draft.kind
    problems: dict[str, Message] = {}
    if kind not in KINDS:
        problems["kind"] = Message("Choose pictures or video.")
    if not title:
        problems["title"] = Message("Give the lesson a title.")
    elif len(title) > TITLE_LENGTH:
        problems["title"] = _too_long(title, TITLE_LENGTH)
    if len(body) > BODY_LENGTH:
        problems["body"] = _too_long(body, BODY_LENGTH)
    if len(topics) > TOPICS or any(len(topic) > TOPIC_LENGTH for topic in topics):
        problems["topics"] = Message(
            "At most {count} topics of up to {limit} characters.", count=TOPICS, limit=TOPIC_LENGTH
        )
    elif any("#" in topic or len(topic.split()) != 1 for topic in topics):
        problems["topics"] = Message("Topics have no spaces and no # inside; separate them with spaces or commas.")
    if not draft.platforms:
        problems["platforms"] = Message("Choose at least one platform.")
    pictures = tuple(dict.fromkeys(draft.pictures))
    if len(pictures) > PICTURES:
        problems["pictures"] = Message("At most {count} pictures.", count=PICTURES)
    known = await media_of(course_id, [*pictures, *filter(None, (draft.video, draft.cover))])
    if any(identity not in known or known[identity].kind != "image" for identity in pictures):
        problems["pictures"] = Message("A picture is not in this course. Upload it again.")
    if draft.video is not None and (draft.video not in known or known[draft.video].kind != "video"):
        problems["video"] = Message("The video is not in this course. Upload it again.")
    if draft.cover is not None and (draft.cover not in known or known[draft.cover].kind != "image"):
        problems["cover"] = Message("The cover is not in this course. Upload it again.")
    if problems:
        raise Invalid(problems)
    return LessonDraft(kind, title, body, topics, tuple(draft.platforms), pictures, draft.video, draft.cover)


def _too_long(text: str, limit: int) -> Message:
    return Message("{length} characters; at most {limit} fit.", length=len(text), limit=limit)


def _values(draft: LessonDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind, "title": draft.title, "body": draft.body, "video": draft.video, "cover": draft.cover,
        "topics": msgspec.json.encode(draft.topics).decode(), "platforms": msgspec.json.encode(draft.platforms).decode(),
    }  # fmt: skip


async def _place(lesson_id: UUID, pictures: Sequence[UUID]) -> None:
    if pictures:
        rows = [LessonPicture(lesson=lesson_id, media=media, position=n) for n, media in enumerate(pictures)]
        await LessonPicture.insert(*rows)


async def _load(*where: object) -> list[LessonInfo]:
    """Lessons with their media: three queries, however many lessons."""
    rows = await Lesson.select(
        Lesson.id, Lesson.course, Lesson.course.title.as_alias("course_title"), Lesson.kind, Lesson.title, Lesson.body,
        Lesson.topics, Lesson.platforms, Lesson.video, Lesson.cover, Lesson.created_at, Lesson.updated_at, Lesson.deleted_at,
    ).where(*where).order_by(Lesson.created_at, Lesson.id)  # fmt: skip
    if not rows:
        return []
    placed = await LessonPicture.select(LessonPicture.lesson, LessonPicture.media).where(
        LessonPicture.lesson.is_in([row["id"] for row in rows])
    ).order_by(LessonPicture.position)  # fmt: skip
    singles = [row[name] for row in rows for name in ("video", "cover") if row[name] is not None]
    media = await media_of(rows[0]["course"], [*[row["media"] for row in placed], *singles])
    return [
        LessonInfo(**row | {
            "topics": tuple(msgspec.json.decode(row["topics"])),
            "platforms": tuple(msgspec.json.decode(row["platforms"])),
            "pictures": tuple(media[place["media"]] for place in placed if place["lesson"] == row["id"]),
            "video": media.get(row["video"]),
            "cover": media.get(row["cover"]),
        })
        for row in rows
    ]  # fmt: skip
