"""Imports: an archive or a list of lessons that was sent, and how far it is taken over."""

from piccolo.columns import JSON, UUID, Boolean, ForeignKey, Integer, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.courses import Course
from courses.tables.people import Person


class ImportRun(Table):
    """A file that was sent; it and what was found in it are in the object store until the import is done."""

    id = UUID(primary_key=True)
    person = ForeignKey(Person, null=True, default=None, index=True)
    #: where its lessons go; none for one that makes a course of its own, until that is made
    course = ForeignKey(Course, null=True, default=None, on_delete=OnDelete.cascade)
    #: whether it makes a course
    fresh = Boolean(default=False)
    #: what the file was called, for people
    name = Varchar(length=200, default="")
    #: "zip" or "csv"
    kind = Varchar(length=8)
    #: of a list: the encoding it was read in
    encoding = Varchar(length=20, default="")
    created_at = Timestamptz()
    expires_at = Timestamptz(index=True)
    #: "ready", "running", "done" or "failed"
    state = Varchar(length=8, default="ready")
    #: names one try, so that only the last one can finish
    attempt = UUID(null=True, default=None)
    #: the last sign of life of a try
    beat_at = Timestamptz(null=True, default=None)
    #: files that are prepared, and all
    done = Integer(default=0)
    total = Integer(default=0)
    #: what came of it
    result = JSON(default="{}")
