"""Courses and who works on them."""

from piccolo.columns import (
    JSON,
    UUID,
    Boolean,
    ForeignKey,
    Integer,
    LazyTableReference,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
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
    #: printed on slips
    logo: ForeignKey[Table] = ForeignKey(
        LazyTableReference("Media", module_path="courses.tables.media"),
        null=True,
        default=None,
        on_delete=OnDelete.set_null,
    )
    #: the last day of teaching, from which personal data is kept `retention_days` more
    ends_at = Timestamptz(null=True, default=None)
    retention_days = Integer(default=90)
    #: when personal data was erased by the retention time
    erased_at = Timestamptz(null=True, default=None)
    #: students go by made-up names: no real one is kept anywhere
    aliases = Boolean(default=False)
    #: a class link asks for the code on the projector
    room_code = Boolean(default=False)
    #: which notes wait for an instructor's look: "every", "words" (without a link) or "none"
    look_at = Varchar(length=8, default="every")
    #: array of reasons for sending back that are offered; empty for the usual ones
    send_back = JSON(default="[]")


class Membership(Table):
    """What a person is in a course; unique by (course, person)."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course)
    person = ForeignKey(Person, index=True)
    #: "owner", "editor", "assistant" or "viewer"
    role = Varchar(length=16)
    created_at = Timestamptz()
