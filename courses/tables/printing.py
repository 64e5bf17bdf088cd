"""Paper: printers of a person, label sheets of a course, and what was printed."""

from piccolo.columns import JSON, UUID, Boolean, DoublePrecision, ForeignKey, Integer, OnDelete, Timestamptz, Varchar
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


class PrintRun(Table):
    """Slips that were printed together; their links are its own. Unique by (course, number)."""

    id = UUID(primary_key=True)
    course = ForeignKey(Course)
    #: from 1 in its course; on each slip, such as the 3 of P3-017
    number = Integer()
    created_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    created_at = Timestamptz()
    #: "handout", "copies", "personal", "catchup" or "poster"
    kind = Varchar(length=8)
    #: a layout's name, and for one of the course's own its grid
    layout = Varchar(length=60)
    grid = JSON(default="{}")
    options = JSON(default="{}")
    slips = Integer(default=0)
    #: slips that are drawn, and pages of the finished file
    done = Integer(default=0)
    pages = Integer(default=0)
    #: "new" until it has all its links, then "queued", "working", "done", "failed" or "cancelled"
    state = Varchar(length=10, default="new", index=True)
    #: why it failed: a message's text and values
    problem = JSON(default="{}")
    #: what was read back from the finished file
    proof = JSON(default="{}")
    #: the object's key, "" while there is none
    file = Varchar(length=100, default="")
    #: names one try at drawing it, so that only the last one can finish; and that one's last sign of life
    attempt = UUID(null=True, default=None)
    beat_at = Timestamptz(null=True, default=None)
    tries = Integer(default=0)
    ended_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)
