"""Students on a course's roster; they have no account."""

from piccolo.columns import UUID, ForeignKey, Integer, Timestamptz, Varchar
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


class Claim(Table):
    """A phone that said who it is in a course: the newest that is not undone counts."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course)
    student = ForeignKey(Student, index=True)
    #: 16 hexadecimal digits made for the phone's cookie
    device = Varchar(length=16)
    created_at = Timestamptz()
    undone_at = Timestamptz(null=True, default=None)
