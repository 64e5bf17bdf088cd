"""Share links."""

from piccolo.columns import UUID, ForeignKey, Integer, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.lessons import Lesson
from courses.tables.people import Person
from courses.tables.printing import PrintRun
from courses.tables.roster import Student


class Link(Table):
    """A signed share link of one lesson; everything that may change is here, not in the token."""

    id = UUID(primary_key=True)
    #: base32 of the 5 bytes in the token; the clean address is /l/CODE
    code = Varchar(length=8, unique=True)
    #: seven Crockford characters, unformatted
    spoken = Varchar(length=7, unique=True)
    lesson = ForeignKey(Lesson, index=True)
    #: of a personal link
    student = ForeignKey(Student, null=True, default=None, index=True)
    opens_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    created_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    #: the print run that it was made for, and its place there, from 1; unique by both
    run = ForeignKey(PrintRun, null=True, default=None)
    serial = Integer(null=True, default=None)
