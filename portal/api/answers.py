"""What the management API tells of each thing; times are UTC, addresses absolute."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from courses.catalogue.courses import CourseInfo
from courses.events.done import DoneRule
from courses.lessons.links import LinkInfo
from courses.lessons.values import LessonInfo
from courses.media.values import MediaInfo
from courses.spoken import show_spoken
from courses.students.values import StudentInfo
from portal.media.addresses import media_url
from portal.settings import Settings
from portal.sharing.addresses import share_url


class CourseAnswer(Struct):
    """A course; `role` is what you are in it."""

    id: UUID
    title: str
    term: str
    description: str
    role: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class StudentAnswer(Struct):
    """A student on the roster; `group` is "" for none."""

    id: UUID
    number: str
    name: str
    group: str


class MediaAnswer(Struct):
    """A picture or video; `kind` is "image" or "video", sizes are pixels; the address is good for a day or more."""

    id: UUID
    kind: str
    url: str
    width: int
    height: int
    seconds: float | None


class LinkAnswer(Struct):
    """A share link; `code` is what people type, `student` the id of a personal link's student."""

    id: UUID
    lesson: UUID
    url: str
    code: str
    student: UUID | None
    opens_at: datetime | None
    expires_at: datetime | None
    withdrawn_at: datetime | None


class DoneAnswer(Struct):
    """When a lesson is done: on "any" or "all" of its platforms or on "these", from which rung on."""

    which: str
    platforms: list[str]
    rung: str


class LessonAnswer(Struct):
    """A lesson; `images`, `video` and `cover` are ids in `media`; `links` has its class link; `done` says when it is done."""

    id: UUID
    course: UUID
    type: str
    title: str
    content: str
    topics: list[str]
    platforms: list[str]
    images: list[UUID]
    video: UUID | None
    cover: UUID | None
    media: list[MediaAnswer]
    links: list[LinkAnswer]
    created_at: datetime
    updated_at: datetime
    declarations: list[str]
    done: DoneAnswer


def course_answer(course: CourseInfo) -> CourseAnswer:
    """A course as the API tells it."""
    return CourseAnswer(
        course.id, course.title, course.term, course.description, course.role,
        course.created_at, course.updated_at, course.archived_at,
    )  # fmt: skip


def student_answer(student: StudentInfo) -> StudentAnswer:
    """A student as the API tells it."""
    return StudentAnswer(student.id, student.number, student.name, student.group)


def media_answer(settings: Settings, info: MediaInfo) -> MediaAnswer:
    """A picture or video as the API tells it."""
    return MediaAnswer(info.id, info.kind, media_url(settings, info), info.width, info.height, info.seconds)


def link_answer(settings: Settings, link: LinkInfo) -> LinkAnswer:
    """A link as the API tells it."""
    return LinkAnswer(
        link.id, link.lesson, share_url(settings, link), show_spoken(link.spoken), link.student,
        link.opens_at, link.expires_at, link.withdrawn_at,
    )  # fmt: skip


def done_answer(rule: DoneRule) -> DoneAnswer:
    """A rule as the API tells it."""
    return DoneAnswer(rule.which, list(rule.platforms), rule.rung)


def lesson_answer(settings: Settings, lesson: LessonInfo, links: list[LinkInfo]) -> LessonAnswer:
    """A lesson as the API tells it."""
    media = {info.id: info for info in (*lesson.pictures, lesson.video, lesson.cover) if info is not None}
    return LessonAnswer(
        lesson.id, lesson.course, lesson.kind, lesson.title, lesson.body, list(lesson.topics), list(lesson.platforms),
        [picture.id for picture in lesson.pictures], lesson.video.id if lesson.video else None,
        lesson.cover.id if lesson.cover else None, [media_answer(settings, info) for info in media.values()],
        [link_answer(settings, link) for link in links], lesson.created_at, lesson.updated_at, list(lesson.declarations),
        done_answer(lesson.done),
    )  # fmt: skip
