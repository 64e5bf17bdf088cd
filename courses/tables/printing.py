"""What is known of paper: printers of a person, and label sheets of a course."""

from piccolo.columns import JSON, UUID, Boolean, DoublePrecision, ForeignKey, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.courses import Course
from courses.tables.people import Person


class Printer(Table):
    """What makes up for a printer: a page is scaled from its top left, then moved. Millimetres."""

    id = UUID(primary_key=True)
    person = ForeignKey(Person, index=True)
    name = Varchar(length=100)
    offset_x = DoublePrecision(default=0.0)
    offset_y = DoublePrecision(default=0.0)
    scale_x = DoublePrecision(default=1.0)
    scale_y = DoublePrecision(default=1.0)
    #: the one that sheets are made for unless another is chosen
    preferred = Boolean(default=False)
    created_at = Timestamptz()


class OwnLayout(Table):
    """A label sheet that somebody measured: its grid in millimetres, by the names of its parts."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    name = Varchar(length=60)
    grid = JSON(default="{}")
    #: "mm" or "in", as it was typed
    unit = Varchar(length=2, default="mm")
    created_at = Timestamptz()
