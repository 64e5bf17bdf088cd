"""What was reported, and what follows from it."""

from piccolo.columns import JSON, UUID, BigInt, Boolean, ForeignKey, OnDelete, Text, Timestamptz, Varchar
from piccolo.table import Table

from courses.tables.courses import Course
from courses.tables.lessons import Lesson
from courses.tables.links import Link
from courses.tables.people import Person
from courses.tables.roster import Student


class Event(Table):
    """A report from a phone or a decision of an instructor; never changed, but for naming its student."""

    #: made on the phone before the first try
    id = UUID(primary_key=True)
    link = ForeignKey(Link, null=True, default=None, index=True)
    lesson = ForeignKey(Lesson, index=True)
    student = ForeignKey(Student, null=True, default=None, index=True, on_delete=OnDelete.set_null)
    #: of an instructor's decision
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    device = Varchar(length=16, null=True, default=None)
    kind = Varchar(length=16)
    platform = Varchar(length=16)
    #: by the phone's clock, put right by `clock_offset`; as the phone gave it where it is doubtful
    at = Timestamptz()
    #: by the server's clock
    received_at = Timestamptz()
    #: no such time is possible: before the link was made, too long ago, or still to come
    at_doubtful = Boolean(default=False)
    #: the server's clock minus the phone's, in milliseconds, where the page had measured it
    clock_offset = BigInt(null=True, default=None)
    detail = JSON(default="{}")


class Publication(Table):
    """One student × lesson × platform, unique by these three; each time is a rung's evidence."""

    id = UUID(primary_key=True)
    student = ForeignKey(Student)
    lesson = ForeignKey(Lesson, index=True)
    platform = Varchar(length=16)
    #: the rung that the times below add up to
    rung = Varchar(length=16, index=True)
    #: when that rung was reached
    at = Timestamptz()
    scanned_at = Timestamptz(null=True, default=None)
    previewed_at = Timestamptz(null=True, default=None)
    launched_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    #: the platform's words
    failure = Text(null=True, default=None)
    claimed_at = Timestamptz(null=True, default=None)
    linked_at = Timestamptz(null=True, default=None)
    note_url = Text(null=True, default=None)
    note_id = Varchar(length=64, null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    refused_at = Timestamptz(null=True, default=None)
    #: why a claim was refused
    refusal = Text(null=True, default=None)
    #: the class of cause of `failure`, out of a closed list
    cause = Varchar(length=24, null=True, default=None)
    #: an instructor took back what was decided until then
    reopened_at = Timestamptz(null=True, default=None)
    #: the platform itself reported the note
    reported_at = Timestamptz(null=True, default=None)
    #: by the server's clock, when this row last changed
    changed_at = Timestamptz(null=True, default=None, index=True)
    #: when the student said so; `claimed_at` and `linked_at` are when that arrived
    claim_made_at = Timestamptz(null=True, default=None)
    link_made_at = Timestamptz(null=True, default=None)
    #: rungs whose times are when they arrived, because the phone's are doubtful; separated by spaces
    doubtful = Varchar(length=64, null=True, default=None)


class Handover(Table):
    """What a platform calls this share, so that its webhook finds the student; unique by (platform, share)."""

    id = UUID(primary_key=True)
    platform = Varchar(length=16)
    share = Varchar(length=100)
    link = ForeignKey(Link, index=True)
    lesson = ForeignKey(Lesson)
    student = ForeignKey(Student, null=True, default=None, index=True)
    device = Varchar(length=16, null=True, default=None)
    created_at = Timestamptz()


class RefusedScan(Table):
    """A scan that did not lead to a lesson, and why; what is known of its link, if anything."""

    #: made on the phone before the first try
    id = UUID(primary_key=True)
    #: out of a closed list
    reason = Varchar(length=24)
    course = ForeignKey(Course, null=True, default=None, index=True)
    lesson = ForeignKey(Lesson, null=True, default=None)
    link = ForeignKey(Link, null=True, default=None, index=True)
    student = ForeignKey(Student, null=True, default=None, index=True, on_delete=OnDelete.set_null)
    device = Varchar(length=16, null=True, default=None)
    at = Timestamptz()
    received_at = Timestamptz()
    #: as of events
    at_doubtful = Boolean(default=False)


class Snapshot(Table):
    """How a note did at one time; a figure that nobody gave is none. Unique by (publication, snapshot_at, source)."""

    id = UUID(primary_key=True)
    publication = ForeignKey(Publication, index=True)
    #: what the figures are true of, and when we learnt them
    snapshot_at = Timestamptz()
    fetched_at = Timestamptz()
    #: "typed", "csv" or "api", which was "webhook" until 0.1
    source = Varchar(length=8)
    impressions = BigInt(null=True, default=None)
    views = BigInt(null=True, default=None)
    likes = BigInt(null=True, default=None)
    collects = BigInt(null=True, default=None)
    comments = BigInt(null=True, default=None)
    shares = BigInt(null=True, default=None)
