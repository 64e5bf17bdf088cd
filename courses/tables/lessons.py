"""Lessons: the drafts that students publish."""

from piccolo.columns import JSON, UUID, Boolean, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.courses import Course
from courses.tables.media import Media
from courses.tables.people import Person


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
    #: array of what is declared of it, as in courses/lessons/drafts.py
    declarations = JSON(default="[]")
    cover = ForeignKey(Media, null=True, default=None, on_delete=OnDelete.set_null)
    video = ForeignKey(Media, null=True, default=None, on_delete=OnDelete.set_null)
    created_at = Timestamptz()
    updated_at = Timestamptz()
    deleted_at = Timestamptz(null=True, default=None)
    #: when it was taken out of the trash for good; what hangs on it goes first, and then the row
    purged_at = Timestamptz(null=True, default=None)
    author = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    #: the number of the newest revision
    version = Integer(default=1)
    #: whether it is there to be copied
    template = Boolean(default=False)
    #: when its links open and close, whatever the links themselves say
    opens_at = Timestamptz(null=True, default=None)
    closes_at = Timestamptz(null=True, default=None)
    #: done later than this is late
    due_at = Timestamptz(null=True, default=None)
    #: what done means, as `courses.events.done.DoneRule` has it
    done_which = Varchar(length=8, default="any")
    #: array of slugs
    done_platforms = JSON(default="[]")
    done_rung = Varchar(length=16, default="claimed")
    #: from 1 in its course, once somebody has put the lessons in order; those without one come after, as they were made
    place = Integer(null=True, default=None)
    #: the week or part of the course that it stands in
    section = Varchar(length=60, default="")
    #: title, body and topics, case-folded, to be searched
    search = Text(default="")


class LessonPicture(Table):
    """A picture's place in a lesson; unique by (lesson, position)."""

    id = UUID(primary_key=True)
    lesson = ForeignKey(Lesson)
    media = ForeignKey(Media)
    #: from 0
    position = Integer()
    #: what those are told who do not see it
    alt = Varchar(length=300, default="")


class Revision(Table):
    """A lesson as it was saved once; never changed. Unique by (lesson, number)."""

    #: made by the browser before its first try, so that a save that is sent twice is one
    id = UUID(primary_key=True)
    lesson = ForeignKey(Lesson)
    #: from 1
    number = Integer()
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    at = Timestamptz()
    #: the whole draft
    content = JSON()
    #: how it came about: "created", "saved", "autosave", "restored", …
    note = Varchar(length=16)
    #: of a restored one
    restored_from = Integer(null=True, default=None)
