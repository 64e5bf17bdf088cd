"""Copies: of a lesson, within a course or into another one, and of a whole course; and templates, which are there for it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from courses.audit import record
from courses.catalogue.courses import CourseInfo, create_course
from courses.catalogue.logos import logo_of
from courses.clock import now
from courses.database import one_at_a_time, unit_of_work, writing
from courses.engine import ROWS
from courses.errors import Conflict, Message
from courses.lessons.authoring import create_lesson, lesson_by_id, lessons_of
from courses.lessons.drafts import TITLE_LENGTH
from courses.lessons.links import class_links, forget_card, issue_link, links_of_lesson
from courses.lessons.values import LessonDraft, LessonInfo
from courses.signed_in import SignedIn
from courses.tables.courses import Course
from courses.tables.events import Event, Publication
from courses.tables.lessons import Lesson
from courses.tables.media import Media


@unit_of_work
async def copy_lesson(
    by: SignedIn | None,
    lesson: LessonInfo,
    course_id: UUID,
    title: str,
    *,
    template: bool = False,
    media: Mapping[UUID, UUID] | None = None,
) -> UUID:
    """A new lesson, or template, with the content of this one and a link of its own; returns its id. Raises Invalid.

    Into another course its media are copied too, unless `media` says what they are there. A title that is too long is cut.
    """
    draft = replace(lesson.draft, title=title[:TITLE_LENGTH])
    async with writing():
        if course_id != lesson.course:
            draft = with_media(draft, media or await copy_media(lesson.course, course_id, set(draft.media)))
        copy = await create_lesson(by, course_id, draft, note="copied")
        if template:
            await Lesson.update({Lesson.template: True}).where(Lesson.id == copy)
        else:
            await issue_link(by, copy)
    return copy


@unit_of_work
async def copy_course(by: SignedIn, course: CourseInfo, title: str, term: str) -> UUID:
    """A new course of the person's own with all lessons and templates, and nothing of students. Raises Invalid."""
    lessons = [*await lessons_of(course.id), *await lessons_of(course.id, templates=True)]
    async with writing():
        copy = await create_course(by, title, term, course.description)
        await Course.update({Course.aliases: course.aliases, Course.room_code: course.room_code}).where(
            Course.id == copy
        )
        logo = await logo_of(course.id)
        wanted = {each for lesson in lessons for each in lesson.draft.media} | ({logo.id} if logo else set())
        media = await copy_media(course.id, copy, wanted)
        if logo:
            await Course.update({Course.logo: media[logo.id]}).where(Course.id == copy)
        for lesson in lessons:
            await copy_lesson(by, lesson, copy, lesson.title, template=lesson.template, media=media)
        await record("course.copy", by, course=copy, object=copy, label=title, detail={"from": course.title})
    return copy


@unit_of_work
async def set_template(by: SignedIn | None, lesson: LessonInfo, template: bool = True) -> None:
    """Make a lesson a template, whose links open nothing, or a lesson again, with a link. Raises Conflict.

    A lesson that students have opened stays one: what they reached would be hidden with it.
    """
    async with writing():
        await one_at_a_time(lesson.id.int % 2**31)
        if (await lesson_by_id(lesson.id)).template == template:
            return
        if template and await was_opened([lesson.id]):
            raise Conflict(Message("Students have opened this lesson. Make a template of a copy instead."))
        await Lesson.update({Lesson.template: template}).where(Lesson.id == lesson.id)
        action = "lesson.template" if template else "lesson.untemplate"
        await record(action, by, course=lesson.course, object=lesson.id, label=lesson.title)
        if not template and not await class_links([lesson.id]):
            await issue_link(by, lesson.id)
    for link in await links_of_lesson(lesson.id):
        forget_card(link.code)


async def was_opened(lessons: Sequence[UUID]) -> set[UUID]:
    """Those of the lessons of which some phone has reported anything, or a student reached anything."""
    events = await Event.select(Event.lesson).where(Event.lesson.is_in(list(lessons))).group_by(Event.lesson)
    reached = await Publication.select(Publication.lesson).where(
        Publication.lesson.is_in(list(lessons))
    ).group_by(Publication.lesson)  # fmt: skip
    return {row["lesson"] for row in [*events, *reached]}


async def copy_media(source: UUID, target: UUID, ids: set[UUID]) -> dict[UUID, UUID]:
    """Rows for another course of media of this one; their bytes are shared. What each has become."""
    rows = await Media.select().where(Media.course == source, Media.id.is_in(list(ids))) if ids else []
    moment = now()
    copies = [
        Media(**{name: value for name, value in row.items() if name != "id"} | {"course": target, "created_at": moment})
        for row in rows
    ]
    for start in range(0, len(copies), ROWS):
        await Media.insert(*copies[start : start + ROWS])
    return {row["id"]: copy.id for row, copy in zip(rows, copies, strict=True)}


def with_media(draft: LessonDraft, media: Mapping[UUID, UUID]) -> LessonDraft:
    """The draft with other media in the place of its own; what has no other one stays as it is."""
    return replace(
        draft,
        pictures=tuple(media.get(picture, picture) for picture in draft.pictures),
        video=media.get(draft.video, draft.video) if draft.video else None,
        cover=media.get(draft.cover, draft.cover) if draft.cover else None,
        alts={media.get(picture, picture): alt for picture, alt in draft.alts.items()},
    )
