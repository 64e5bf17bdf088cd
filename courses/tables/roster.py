"""Students on a course's roster; they have no account."""

from piccolo.columns import UUID, Boolean, ForeignKey, Integer, LazyTableReference, OnDelete, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.courses import Course


class Student(Table):
    """Unique by (course, number) and by (course, seat)."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    number = Varchar(length=40)
    name = Varchar(length=100)
    #: 0..65535, in tokens of personal slips; never used again in its course
    seat = Integer()
    created_at = Timestamptz()
    left_at = Timestamptz(null=True, default=None)
    #: of the class, "" for none
    group = Varchar(length=60, default="")
    #: Argon2id of six digits that the student was given; none is not asked for one
    pin_hash = Varchar(length=200, null=True, default=None, secret=True)
    #: who this one turned out to be: its rows are the other's now
    merged_into: ForeignKey[Table] = ForeignKey(
        LazyTableReference("Student", module_path="courses.tables.roster"),
        null=True,
        default=None,
        on_delete=OnDelete.set_null,
    )
    #: name and number are gone for good, counts stay
    erased_at = Timestamptz(null=True, default=None)


class Claim(Table):
    """A phone that said who it is in a course: the newest that is not undone counts."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course)
    student = ForeignKey(Student, index=True)
    #: 16 hexadecimal digits made for the phone's cookie
    device = Varchar(length=16)
    created_at = Timestamptz()
    undone_at = Timestamptz(null=True, default=None)
    #: since when the phone sees what others reported of the student, and by whom: see courses/students/claims.py
    let_in_at = Timestamptz(null=True, default=None)
    let_in_by = Varchar(length=8, null=True, default=None)
    #: the student's full name was typed on it, not the number
    by_name = Boolean(default=False)


class Excuse(Table):
    """A student need not publish a lesson: the newest that is not undone counts."""

    id = UUID(primary_key=True)
    student = ForeignKey(Student, index=True)
    lesson: ForeignKey[Table] = ForeignKey(
        LazyTableReference("Lesson", module_path="courses.tables.lessons"), index=True
    )
    person: ForeignKey[Table] = ForeignKey(
        LazyTableReference("Person", module_path="courses.tables.people"),
        null=True,
        default=None,
        on_delete=OnDelete.set_null,
    )
    reason = Varchar(length=500, default="")
    at = Timestamptz()
    undone_at = Timestamptz(null=True, default=None)
