"""Publications as rows: reports are written as events and merged into the evidence of a student × lesson × platform."""

from collections.abc import Collection, Iterable, Sequence
from functools import reduce
from uuid import UUID, uuid4

import msgspec

from courses import database
from courses.clock import now
from courses.database import one_at_a_time, unit_of_work, writing
from courses.events.ladder import PROGRESS_FIELDS, Progress, Report, advance, rung
from courses.tables.events import Event, Publication
from courses.tables.roster import Student

# Names the lock under which publications are merged.
PUBLICATIONS = 7310
_EVIDENCE = ", ".join(PROGRESS_FIELDS)
_PROGRESS = f"SELECT platform, {_EVIDENCE} FROM publication WHERE student = {{}} AND lesson = {{}}"  # noqa: S608


async def progress_of(student: UUID, lesson: UUID, platform: str) -> Progress:
    """A student's evidence so far."""
    return (await progress_by_platform(student, lesson)).get(platform, Progress())


async def progress_by_platform(student: UUID, lesson: UUID) -> dict[str, Progress]:
    """A student's evidence so far, on each platform of which something is known."""
    # Raw: it is on the scan path, and building the query costs more than running it.
    rows = await Publication.raw(_PROGRESS, student, lesson)
    return {row.pop("platform"): Progress(**row) for row in rows}


async def lock_publications(*students: UUID, renumbered: bool = False) -> None:
    """Inside the caller's transaction, before it touches what is known of these students: all wait in this one order.

    First for the students' rows, which events refer to, then for all who merge reports. A change of a student's number
    (`renumbered`) waits for what refers to the row, too, which must not wait for the second lock then.
    """
    await lock_students(*students, renumbered=renumbered)
    await one_at_a_time(PUBLICATIONS)


async def lock_students(*students: UUID, renumbered: bool = False) -> None:
    """Before several of them are changed, inside the caller's transaction; SQLite has one writer."""
    if database.DB.engine_type != "sqlite":
        strength, order = "UPDATE" if renumbered else "NO KEY UPDATE", sorted(students)
        for start in range(0, len(order), 1_000):
            some = order[start : start + 1_000]
            query = f"SELECT id FROM student WHERE id IN ({_places(len(some))}) ORDER BY id FOR {strength}"  # noqa: S608
            await Student.raw(query, *some)


async def apply(reports: Iterable[Report]) -> None:
    """Merge reports that name a student into their publications, inside the caller's transaction."""
    by_key: dict[tuple[UUID, UUID, str], list[Report]] = {}
    for report in reports:
        if report.student is not None:
            by_key.setdefault((report.student, report.lesson, report.platform), []).append(report)
    if not by_key:
        return
    await one_at_a_time(PUBLICATIONS)
    students, lessons = {student for student, _, _ in by_key}, {lesson for _, lesson, _ in by_key}
    # Raw, here and in `keep`: every event passes, and building queries would cost more than running them.
    known = await Publication.raw(
        f"SELECT id, student, lesson, platform, {_EVIDENCE} FROM publication "  # noqa: S608 -- constants
        f"WHERE student IN ({_places(len(students))}) AND lesson IN ({_places(len(lessons))})",
        *students,
        *lessons,
    )
    before = {(row["student"], row["lesson"], row["platform"]): row for row in known}
    values: list[object] = []
    # Behind the lock: who asks for what has changed since a moment misses nothing that was written later.
    moment = now()
    for key, news in sorted(by_key.items(), key=lambda item: item[0]):
        row = before.get(key)
        old = Progress(**{name: row[name] for name in PROGRESS_FIELDS}) if row else None
        progress = reduce(advance, news, old or Progress())
        if progress != old:
            name, at = rung(progress)
            evidence = [getattr(progress, name) for name in PROGRESS_FIELDS]
            values += [row["id"] if row else uuid4(), *key, name, at or news[0].received_at, moment, *evidence]
    if values:
        columns = ("id", "student", "lesson", "platform", "rung", "at", "changed_at", *PROGRESS_FIELDS)
        changes = ", ".join(f"{name} = excluded.{name}" for name in columns[4:])
        await Publication.raw(
            f"INSERT INTO publication ({', '.join(columns)}) VALUES {_rows(len(values) // len(columns), len(columns))} "  # noqa: S608
            f"ON CONFLICT (student, lesson, platform) DO UPDATE SET {changes}",
            *values,
        )


async def keep(reports: Sequence[Report]) -> set[UUID]:
    """Write reports as events, inside the caller's transaction; returns the ids that are new."""
    # In one order everywhere, so that no two processes wait for each other.
    values = [value for report in sorted(reports, key=lambda report: report.id) for value in _event(report)]
    rows = await Event.raw(
        f"INSERT INTO event ({', '.join(_EVENT)}) VALUES {_rows(len(reports), len(_EVENT))} "  # noqa: S608 -- constants
        "ON CONFLICT (id) DO NOTHING RETURNING id",
        *values,
    )
    return {row["id"] if isinstance(row["id"], UUID) else UUID(row["id"]) for row in rows}


_EVENT = (
    "id", "link", "lesson", "student", "person", "device", "kind", "platform", "at", "received_at", "at_doubtful",
    "clock_offset", "detail",
)  # fmt: skip


def _event(report: Report) -> tuple[object, ...]:
    detail = msgspec.json.encode(report.detail).decode() if report.detail else "{}"
    return (
        report.id, report.link, report.lesson, report.student, report.person, report.device, report.kind, report.platform,
        report.at, report.received_at, report.doubtful, report.offset, detail,
    )  # fmt: skip


def _places(count: int) -> str:
    return ", ".join(["{}"] * count)


def _rows(count: int, columns: int) -> str:
    return ", ".join([f"({_places(columns)})"] * count)


@unit_of_work
async def attribute(reports: Collection[UUID], student: UUID) -> int:
    """Name the student of reports that have none; returns how many events that were."""
    if not reports:
        return 0
    async with writing():
        await lock_publications(student)
        rows = await Event.select().where(Event.id.is_in(list(reports)), Event.student.is_null())
        if rows:
            await Event.update({Event.student: student}).where(Event.id.is_in([row["id"] for row in rows]))
            await apply(
                Report(
                    lesson=row["lesson"], kind=row["kind"], platform=row["platform"], at=row["at"],
                    received_at=row["received_at"], student=student, detail=msgspec.json.decode(row["detail"]),
                    doubtful=row["at_doubtful"],
                )
                for row in rows
            )  # fmt: skip
    return len(rows)
