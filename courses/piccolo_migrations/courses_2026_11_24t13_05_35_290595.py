"""The tables of the first release, frozen, and what brings any older database to them.

Its id is that of the last of the twelve migrations that it replaces: a database that ran all of those has run this one.
One that ran only some lacks the last, and gets the tables, columns and indexes that are not there yet.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import (
    JSON,
    UUID,
    BigInt,
    Boolean,
    Column,
    DoublePrecision,
    ForeignKey,
    Integer,
    OnDelete,
    Real,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from courses import database

ID = "2026-11-24T13:05:35:290595"
VERSION = "1.38.0"
DESCRIPTION = "The tables of the first release"


class Person(Table):
    id = UUID(primary_key=True)
    email = Varchar(length=254, unique=True)
    name = Varchar(length=100)
    password_hash = Varchar(length=200, null=True, default=None, secret=True)
    admin = Boolean(default=False)
    language = Varchar(length=8, null=True, default=None)
    created_at = Timestamptz()
    disabled_at = Timestamptz(null=True, default=None)


class Course(Table):
    id = UUID(primary_key=True)
    title = Varchar(length=200)
    term = Varchar(length=100, default="")
    description = Text(default="")
    created_at = Timestamptz()
    updated_at = Timestamptz()
    archived_at = Timestamptz(null=True, default=None)
    ends_at = Timestamptz(null=True, default=None)
    retention_days = Integer(default=90)
    erased_at = Timestamptz(null=True, default=None)
    aliases = Boolean(default=False)
    room_code = Boolean(default=False)


class OneTimeLink(Table):
    id = UUID(primary_key=True)
    token_hash = Varchar(length=64, unique=True, secret=True)
    kind = Varchar(length=16)
    email = Varchar(length=254, index=True)
    admin = Boolean(default=False)
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    course = ForeignKey(Course, null=True, default=None)
    role = Varchar(length=16, null=True, default=None)


class Session(Table):
    id = UUID(primary_key=True)
    token_hash = Varchar(length=64, unique=True, secret=True)
    person = ForeignKey(Person, index=True)
    browser = Varchar(length=60, default="")
    created_at = Timestamptz()
    seen_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class ApiKey(Table):
    id = UUID(primary_key=True)
    person = ForeignKey(Person, index=True)
    name = Varchar(length=100)
    key_hash = Varchar(length=64, unique=True, secret=True)
    hint = Varchar(length=12)
    created_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class Attempt(Table):
    id = UUID(primary_key=True)
    subject = Varchar(length=64, index=True)
    at = Timestamptz(index=True)


class Membership(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course)
    person = ForeignKey(Person, index=True)
    role = Varchar(length=16)
    created_at = Timestamptz()


class Media(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    kind = Varchar(length=8)
    sha256 = Varchar(length=64, index=True)
    format = Varchar(length=8)
    width = Integer()
    height = Integer()
    size = BigInt()
    seconds = Real(null=True, default=None)
    name = Varchar(length=200, default="")
    created_at = Timestamptz()
    blur = Varchar(length=1000, default="")


class Upload(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course)
    person = ForeignKey(Person, index=True)
    name = Varchar(length=200, default="")
    type = Varchar(length=100, default="")
    purpose = Varchar(length=8)
    length = BigInt()
    received = BigInt(default=0)
    created_at = Timestamptz()
    expires_at = Timestamptz(index=True)
    finished_at = Timestamptz(null=True, default=None)
    media = ForeignKey(Media, null=True, default=None, on_delete=OnDelete.set_null)


class Lesson(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    kind = Varchar(length=8)
    title = Varchar(length=200)
    body = Text()
    topics = JSON(default="[]")
    platforms = JSON(default="[]")
    cover = ForeignKey(Media, null=True, default=None, on_delete=OnDelete.set_null)
    video = ForeignKey(Media, null=True, default=None, on_delete=OnDelete.set_null)
    created_at = Timestamptz()
    updated_at = Timestamptz()
    deleted_at = Timestamptz(null=True, default=None)
    author = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    version = Integer(default=1)
    template = Boolean(default=False)
    opens_at = Timestamptz(null=True, default=None)
    closes_at = Timestamptz(null=True, default=None)
    due_at = Timestamptz(null=True, default=None)
    search = Text(default="")


class LessonPicture(Table):
    id = UUID(primary_key=True)
    lesson = ForeignKey(Lesson)
    media = ForeignKey(Media)
    position = Integer()
    alt = Varchar(length=300, default="")


class Revision(Table):
    id = UUID(primary_key=True)
    lesson = ForeignKey(Lesson)
    number = Integer()
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    at = Timestamptz()
    content = JSON()
    note = Varchar(length=16)
    restored_from = Integer(null=True, default=None)


class Student(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    number = Varchar(length=40)
    name = Varchar(length=100)
    seat = Integer()
    created_at = Timestamptz()
    left_at = Timestamptz(null=True, default=None)
    group = Varchar(length=60, default="")
    pin_hash = Varchar(length=200, null=True, default=None, secret=True)
    erased_at = Timestamptz(null=True, default=None)


class Claim(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course)
    student = ForeignKey(Student, index=True)
    device = Varchar(length=16)
    created_at = Timestamptz()
    undone_at = Timestamptz(null=True, default=None)


class Excuse(Table):
    id = UUID(primary_key=True)
    student = ForeignKey(Student, index=True)
    lesson = ForeignKey(Lesson, index=True)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    reason = Varchar(length=500, default="")
    at = Timestamptz()
    undone_at = Timestamptz(null=True, default=None)


class PrintRun(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course)
    number = Integer()
    created_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    created_at = Timestamptz()
    kind = Varchar(length=8)
    layout = Varchar(length=60)
    grid = JSON(default="{}")
    options = JSON(default="{}")
    slips = Integer(default=0)
    done = Integer(default=0)
    pages = Integer(default=0)
    state = Varchar(length=10, default="new", index=True)
    problem = JSON(default="{}")
    proof = JSON(default="{}")
    file = Varchar(length=100, default="")
    attempt = UUID(null=True, default=None)
    beat_at = Timestamptz(null=True, default=None)
    tries = Integer(default=0)
    ended_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)


class Printer(Table):
    id = UUID(primary_key=True)
    person = ForeignKey(Person, index=True)
    name = Varchar(length=100)
    offset_x = DoublePrecision(default=0.0)
    offset_y = DoublePrecision(default=0.0)
    scale_x = DoublePrecision(default=1.0)
    scale_y = DoublePrecision(default=1.0)
    preferred = Boolean(default=False)
    created_at = Timestamptz()


class OwnLayout(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    name = Varchar(length=60)
    grid = JSON(default="{}")
    unit = Varchar(length=2, default="mm")
    created_at = Timestamptz()


class Link(Table):
    id = UUID(primary_key=True)
    code = Varchar(length=8, unique=True)
    spoken = Varchar(length=7, unique=True)
    lesson = ForeignKey(Lesson, index=True)
    student = ForeignKey(Student, null=True, default=None, index=True)
    opens_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    created_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    run = ForeignKey(PrintRun, null=True, default=None)
    serial = Integer(null=True, default=None)


class RehearsalFault(Table):
    id = UUID(primary_key=True)
    link = ForeignKey(Link)
    platform = Varchar(length=16)
    fault = Varchar(length=32)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    at = Timestamptz()


class Event(Table):
    id = UUID(primary_key=True)
    link = ForeignKey(Link, null=True, default=None, index=True)
    lesson = ForeignKey(Lesson, index=True)
    student = ForeignKey(Student, null=True, default=None, index=True, on_delete=OnDelete.set_null)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    device = Varchar(length=16, null=True, default=None)
    kind = Varchar(length=16)
    platform = Varchar(length=16)
    at = Timestamptz()
    received_at = Timestamptz()
    detail = JSON(default="{}")


class Publication(Table):
    id = UUID(primary_key=True)
    student = ForeignKey(Student)
    lesson = ForeignKey(Lesson, index=True)
    platform = Varchar(length=16)
    rung = Varchar(length=16, index=True)
    at = Timestamptz()
    scanned_at = Timestamptz(null=True, default=None)
    previewed_at = Timestamptz(null=True, default=None)
    launched_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    failure = Text(null=True, default=None)
    claimed_at = Timestamptz(null=True, default=None)
    linked_at = Timestamptz(null=True, default=None)
    note_url = Text(null=True, default=None)
    note_id = Varchar(length=64, null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    refused_at = Timestamptz(null=True, default=None)
    refusal = Text(null=True, default=None)
    cause = Varchar(length=24, null=True, default=None)
    reopened_at = Timestamptz(null=True, default=None)
    reported_at = Timestamptz(null=True, default=None)
    changed_at = Timestamptz(null=True, default=None, index=True)


class Handover(Table):
    id = UUID(primary_key=True)
    platform = Varchar(length=16)
    share = Varchar(length=100)
    link = ForeignKey(Link, index=True)
    lesson = ForeignKey(Lesson)
    student = ForeignKey(Student, null=True, default=None, index=True)
    device = Varchar(length=16, null=True, default=None)
    created_at = Timestamptz()


class RefusedScan(Table):
    id = UUID(primary_key=True)
    reason = Varchar(length=24)
    course = ForeignKey(Course, null=True, default=None, index=True)
    lesson = ForeignKey(Lesson, null=True, default=None)
    link = ForeignKey(Link, null=True, default=None, index=True)
    student = ForeignKey(Student, null=True, default=None, index=True, on_delete=OnDelete.set_null)
    device = Varchar(length=16, null=True, default=None)
    at = Timestamptz()
    received_at = Timestamptz()


class Snapshot(Table):
    id = UUID(primary_key=True)
    publication = ForeignKey(Publication, index=True)
    snapshot_at = Timestamptz()
    fetched_at = Timestamptz()
    source = Varchar(length=8)
    impressions = BigInt(null=True, default=None)
    views = BigInt(null=True, default=None)
    likes = BigInt(null=True, default=None)
    collects = BigInt(null=True, default=None)
    comments = BigInt(null=True, default=None)
    shares = BigInt(null=True, default=None)


class AuditEntry(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course, null=True, default=None, index=True)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    at = Timestamptz(index=True)
    via = Varchar(length=8)
    action = Varchar(length=40)
    object = UUID(null=True, default=None, index=True)
    label = Varchar(length=200, default="")
    detail = JSON(default="{}")


class ImportRun(Table):
    id = UUID(primary_key=True)
    person = ForeignKey(Person, null=True, default=None, index=True)
    course = ForeignKey(Course, null=True, default=None, on_delete=OnDelete.cascade)
    fresh = Boolean(default=False)
    name = Varchar(length=200, default="")
    kind = Varchar(length=8)
    encoding = Varchar(length=20, default="")
    created_at = Timestamptz()
    expires_at = Timestamptz(index=True)
    state = Varchar(length=8, default="ready")
    attempt = UUID(null=True, default=None)
    beat_at = Timestamptz(null=True, default=None)
    done = Integer(default=0)
    total = Integer(default=0)
    result = JSON(default="{}")


class Webhook(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    url = Varchar(length=500)
    secret = Varchar(length=300, secret=True)
    created_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    created_at = Timestamptz()
    disabled_at = Timestamptz(null=True, default=None)


class Delivery(Table):
    id = UUID(primary_key=True)
    webhook = ForeignKey(Webhook, index=True)
    publication = ForeignKey(Publication, null=True, default=None, on_delete=OnDelete.set_null)
    body = JSON(default="{}")
    created_at = Timestamptz()
    tries = Integer(default=0)
    next_at = Timestamptz(null=True, default=None, index=True)
    delivered_at = Timestamptz(null=True, default=None)
    status = Integer(default=0)
    answer = Text(default="")


class ExportPreset(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    person = ForeignKey(Person)
    export = Varchar(length=16)
    name = Varchar(length=60)
    columns = JSON(default="[]")
    created_at = Timestamptz()


class ClosingSheet(Table):
    id = UUID(primary_key=True)
    course = ForeignKey(Course, index=True)
    code = Varchar(length=16, unique=True)
    figures = JSON(default="{}")
    as_of = Timestamptz()
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)


#: in an order in which each refers to earlier ones only
TABLES: list[type[Table]] = [
    Person, Course, OneTimeLink, Session, ApiKey, Attempt, Membership, Media, Upload, Lesson, LessonPicture,
    Revision, Student, Claim, Excuse, PrintRun, Printer, OwnLayout, Link, RehearsalFault, Event, Publication,
    Handover, RefusedScan, Snapshot, AuditEntry, ImportRun, Webhook, Delivery, ExportPreset, ClosingSheet,
]  # fmt: skip

#: columns that refer to their own table or to a later one; added when all tables are there
LATER: list[tuple[type[Table], str, Column]] = [
    (Course, "logo", ForeignKey(Media, null=True, default=None, on_delete=OnDelete.set_null)),
    (Student, "merged_into", ForeignKey(Student, null=True, default=None, on_delete=OnDelete.set_null)),
]

#: what Piccolo cannot create on SQLite
INDEXES = (
    "UNIQUE INDEX IF NOT EXISTS membership_unique ON membership (course, person)",
    "UNIQUE INDEX IF NOT EXISTS lesson_picture_unique ON lesson_picture (lesson, position)",
    "UNIQUE INDEX IF NOT EXISTS student_number_unique ON student (course, number)",
    "UNIQUE INDEX IF NOT EXISTS student_seat_unique ON student (course, seat)",
    "UNIQUE INDEX IF NOT EXISTS publication_unique ON publication (student, lesson, platform)",
    "UNIQUE INDEX IF NOT EXISTS revision_unique ON revision (lesson, number)",
    "UNIQUE INDEX IF NOT EXISTS print_run_unique ON print_run (course, number)",
    "UNIQUE INDEX IF NOT EXISTS link_run_serial_unique ON link (run, serial) WHERE run IS NOT NULL",
    "UNIQUE INDEX IF NOT EXISTS handover_unique ON handover (platform, share)",
    "UNIQUE INDEX IF NOT EXISTS snapshot_unique ON snapshot (publication, snapshot_at, source)",
    "UNIQUE INDEX IF NOT EXISTS rehearsal_fault_unique ON rehearsal_fault (link, platform)",
    "UNIQUE INDEX IF NOT EXISTS export_preset_unique ON export_preset (course, person, export, name)",
    "INDEX IF NOT EXISTS claim_device ON claim (course, device)",
    "INDEX IF NOT EXISTS event_device ON event (device, lesson)",
    "INDEX IF NOT EXISTS publication_note ON publication (platform, note_id) WHERE note_id IS NOT NULL",
)


class AddsWhatLacks(MigrationManager):
    """Compares with the database and adds; can be run again wherever it was stopped."""

    async def run(self, backwards: bool = False) -> None:
        if backwards or self.preview:
            raise NotImplementedError("The first migration is neither undone nor previewed.")
        async with database.writing():
            for table in TABLES:
                await _add_table(table)
            for table, name, column in LATER:
                if name not in await _columns(table):
                    await table.alter().add_column(name, column)
        # By itself, as CockroachDB neither indexes nor fills a column in the transaction that adds it.
        async with database.writing():
            for table in TABLES:
                for column in table._meta.columns:
                    if column._meta.index:
                        await table.create_index([column], if_not_exists=True)
            for index in INDEXES:
                await Course.raw(f"CREATE {index}")
            # Lessons that are older than their search text.
            text = "lower(title || ' ' || body || ' ' || CAST(topics AS TEXT))"
            await Lesson.raw(f"UPDATE lesson SET search = {text} WHERE search = ''")


async def _add_table(table: type[Table]) -> None:
    there = await _columns(table)
    if not there:
        await table.create_table()
        return
    for column in table._meta.columns:
        if column._meta.name not in there:
            await table.alter().add_column(column._meta.name, column)


async def _columns(table: type[Table]) -> set[str]:
    """Names of the columns that the database has; none where it has no such table."""
    name = table._meta.tablename
    if database.DB.engine_type == "sqlite":
        rows = await table.raw("SELECT name FROM pragma_table_info({})", name)
    else:
        rows = await table.raw(
            "SELECT column_name AS name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = {}",
            name,
        )
    return {row["name"] for row in rows}


async def forwards() -> MigrationManager:
    """What later migrations are compared with; it is `AddsWhatLacks` that runs."""
    manager = AddsWhatLacks(migration_id=ID, app_name="courses", description=DESCRIPTION)
    for table in TABLES:
        manager.add_table(class_name=table.__name__, tablename=table._meta.tablename)
    columns = [(table, column._meta.name, column) for table in TABLES for column in table._meta.columns]
    for table, name, column in [*columns, *LATER]:
        manager.add_column(
            table_class_name=table.__name__,
            tablename=table._meta.tablename,
            column_name=name,
            db_column_name=name,
            column_class=type(column),
            params=column._meta.params,
        )
    return manager
