"""Who changed what, and when."""

from piccolo.columns import JSON, UUID, ForeignKey, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.courses import Course
from courses.tables.people import Person


class AuditEntry(Table):
    """One change; never changed itself."""

    id = UUID(primary_key=True)
    #: none for what belongs to no course
    course = ForeignKey(Course, null=True, default=None, index=True)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    at = Timestamptz(index=True)
    #: "page", "api" or "command"
    via = Varchar(length=8)
    #: such as "lesson.edit"
    action = Varchar(length=40)
    #: the lesson, link, student … that it was done to
    object = UUID(null=True, default=None, index=True)
    #: what the object was called then
    label = Varchar(length=200, default="")
    detail = JSON(default="{}")
