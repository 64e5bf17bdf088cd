"""Lessons: the drafts that students publish."""

from piccolo.columns import JSON, UUID, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.courses import Course
from courses.tables.media import Media


class Lesson(Table):
    """A draft."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    #: "normal" (pictures) or "video"
    kind = Varchar(length=8)
    title = Varchar(length=200)
    #: Markdown
    body = Text()
    #: array of names without "#"
    topics = JSON(default="[]")
    #: array of slugs, the preferred first
    platforms = JSON(default="[]")
    cover = ForeignKey(Media, null=True, default=None, on_delete=OnDelete.set_null)
    video = ForeignKey(Media, null=True, default=None, on_delete=OnDelete.set_null)
    created_at = Timestamptz()
    updated_at = Timestamptz()
    deleted_at = Timestamptz(null=True, default=None)


class LessonPicture(Table):
    """A picture's place in a lesson; unique by (lesson, position)."""

    id = UUID(primary_key=True)
    lesson = ForeignKey(Lesson)
    media = ForeignKey(Media)
    #: from 0
    position = Integer()
