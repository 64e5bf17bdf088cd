"""Courses and who works on them."""

from piccolo.columns import UUID, ForeignKey, Text, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.people import Person


class Course(Table):
    """A group of lessons with a roster."""

    id = UUID(primary_key=True)
    title = Varchar(length=200)
    term = Varchar(length=100, default="")
    description = Text(default="")
    created_at = Timestamptz()
    updated_at = Timestamptz()
    archived_at = Timestamptz(null=True, default=None)


class Membership(Table):
    """What a person is in a course; unique by (course, person)."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course)
    person = ForeignKey(Person, index=True)
    #: "owner", "editor", "assistant" or "viewer"
    role = Varchar(length=16)
    created_at = Timestamptz()
