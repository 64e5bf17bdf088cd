"""What surrounds a class: faults to rehearse, webhooks out, saved exports, closing sheets."""

from piccolo.columns import JSON, UUID, ForeignKey, Integer, LazyTableReference, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.courses import Course
from courses.tables.links import Link
from courses.tables.people import Person


class RehearsalFault(Table):
    """What goes wrong in rehearsal for everybody at a link; unique by (link, platform)."""

    id = UUID(primary_key=True)
    link = ForeignKey(Link)
    platform = Varchar(length=16)
    fault = Varchar(length=32)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    at = Timestamptz()


class Webhook(Table):
    """An address that is told of changed rungs."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    url = Varchar(length=500)
    #: signs each body; needed in the clear, so sealed with the portal's key
    secret = Varchar(length=300, secret=True)
    created_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    created_at = Timestamptz()
    disabled_at = Timestamptz(null=True, default=None)


class Delivery(Table):
    """One message to a webhook: kept until it is delivered or given up, and shown."""

    id = UUID(primary_key=True)
    webhook = ForeignKey(Webhook, index=True)
    publication: ForeignKey[Table] = ForeignKey(
        LazyTableReference("Publication", module_path="courses.tables.events"),
        null=True,
        default=None,
        on_delete=OnDelete.set_null,
    )
    body = JSON(default="{}")
    created_at = Timestamptz()
    tries = Integer(default=0)
    #: none once it is delivered or given up
    next_at = Timestamptz(null=True, default=None, index=True)
    delivered_at = Timestamptz(null=True, default=None)
    #: the other side's last answer: its status, 0 for none, and words
    status = Integer(default=0)
    answer = Text(default="")


class ExportPreset(Table):
    """Columns of an export that a person saved for a course; unique by (course, person, export, name)."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    person = ForeignKey(Person)
    #: "scans", "completion" or "publications"
    export = Varchar(length=16)
    name = Varchar(length=60)
    columns = JSON(default="[]")
    created_at = Timestamptz()


class ClosingSheet(Table):
    """The figures of a course at one time as they were printed, so that the paper can be checked."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    code = Varchar(length=16, unique=True)
    figures = JSON(default="{}")
    as_of = Timestamptz()
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
