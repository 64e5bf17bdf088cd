"""The audit log: every change of an instructor, written in the transaction of the change itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from piccolo.custom_types import Combinable
from piccolo.query import Select

from courses.clock import now
from courses.paging import page_of
from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry
from courses.tables.lessons import Lesson
from courses.tables.links import Link

LABEL_LENGTH = 200
PAGE = 50
#: what an entry may be about: the first word of its action
NOUNS = (
    "course",
    "lesson",
    "link",
    "student",
    "roster",
    "publication",
    "print",
    "member",
    "webhook",
    "person",
    "key",
    "session",
)


@dataclass(frozen=True)
class Entry:
    """One change. `person_name` is None for the portal's command and for somebody who is gone; `label` may be forgotten."""

    id: UUID
    at: datetime
    course: UUID | None
    person: UUID | None
    person_name: str | None
    via: str
    action: str
    object: UUID | None
    label: str
    detail: Mapping[str, Any]

    @property
    def changes(self) -> Mapping[str, tuple[Any, Any]]:
        """What was changed from what to what, by field."""
        return {name: (old, new) for name, (old, new) in self.detail.get("changes", {}).items()}


@dataclass(frozen=True)
class Filter:
    """Which entries are meant; all that is given must hold. `noun` is one of NOUNS, `object` of a lesson has its links.

    `since` is the first moment, `until` the first that is too late.
    """

    person: UUID | None = None
    noun: str | None = None
    object: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Some of the entries, the newest first; pages are counted from 1, `total` counts all."""

    entries: list[Entry] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    total: int = 0


async def record(
    action: str,
    by: SignedIn | None,
    *,
    course: UUID | None,
    object: UUID | None = None,  # the column's name
    label: str = "",
    detail: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Write down a change; call it inside the change's own transaction. `by` is None for the portal's command.

    `action` is the noun and the verb ("lesson.edit"), `label` what the object is called now. `detail` has no secrets;
    what was changed stands there as `changes: {field: [old, new]}`.
    """
    await AuditEntry.insert(
        AuditEntry(
            course=course, person=by.id if by else None, at=at or now(), via=by.via if by else "command",
            action=action, object=object,
            label=label[:LABEL_LENGTH], detail=msgspec.json.encode(detail or {}).decode(),
        )
    )  # fmt: skip


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """A detail with the fields that differ, or an empty one; long texts are cut."""
    changes = {name: [_short(old[name]), _short(value)] for name, value in new.items() if old[name] != value}
    return {"changes": changes} if changes else {}


def _short(value: Any) -> Any:
    return value[: LABEL_LENGTH - 1] + "…" if isinstance(value, str) and len(value) > LABEL_LENGTH else value


async def entries(course: UUID, wanted: Filter = Filter(), page: int = 1) -> Page:
    """A page of a course's log, PAGE entries long, in two queries; a page too far is the last."""
    where = _where(course, wanted)
    total = await AuditEntry.count().where(*where)
    at = page_of(total, PAGE, page)
    rows = await _select().where(*where).limit(PAGE).offset(at.offset)
    return Page([_entry(row) for row in rows], at.page, at.pages, total)


async def all_entries(course: UUID, wanted: Filter = Filter()) -> list[Entry]:
    """Everything that is meant, for an export."""
    return [_entry(row) for row in await _select().where(*_where(course, wanted))]


async def entries_about(course: UUID, objects: list[UUID], limit: int) -> list[Entry]:
    """The last changes of some objects of a course."""
    if not objects:
        return []
    rows = await _select().where(AuditEntry.course == course, AuditEntry.object.is_in(objects)).limit(limit)
    return [_entry(row) for row in rows]


async def entries_of_account(person: UUID, limit: int) -> list[Entry]:
    """The last changes of a person's account and by it: those that belong to no course."""
    about = (AuditEntry.person == person) | (AuditEntry.object == person)
    rows = await _select().where(AuditEntry.course.is_null(), about).limit(limit)
    return [_entry(row) for row in rows]


async def living_lessons(entries: list[Entry]) -> set[UUID]:
    """Those of the lessons in these entries that have a page: the others are in the trash or gone."""
    ids = {entry.object for entry in entries} | {_id(entry.detail.get("lesson")) for entry in entries}
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return set()
    rows = await Lesson.select(Lesson.id).where(Lesson.id.is_in(wanted), Lesson.deleted_at.is_null())
    return {row["id"] for row in rows}


def _id(text: object) -> UUID | None:
    return UUID(text) if isinstance(text, str) else None


async def actors_of(course: UUID) -> dict[UUID, str]:
    """Everybody who has changed something in a course, by name; also who is no member any more."""
    rows = await AuditEntry.select(AuditEntry.person, AuditEntry.person.name.as_alias("name")).where(
        AuditEntry.course == course, AuditEntry.person.is_not_null()
    ).distinct()  # fmt: skip
    return dict(sorted(((row["person"], row["name"]) for row in rows), key=lambda row: row[1].casefold()))


def _where(course: UUID, wanted: Filter) -> list[Combinable]:
    where: list[Combinable] = [AuditEntry.course == course]
    if wanted.person is not None:
        where.append(AuditEntry.person == wanted.person)
    if wanted.noun is not None:
        where.append(AuditEntry.action.like(f"{wanted.noun}.%"))
    if wanted.object is not None:
        links = Link.select(Link.id).where(Link.lesson == wanted.object)
        where.append((AuditEntry.object == wanted.object) | AuditEntry.object.is_in(links))
    if wanted.since is not None:
        where.append(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        where.append(AuditEntry.at < wanted.until)
    return where


def _select() -> Select[AuditEntry]:
    return AuditEntry.select(
        AuditEntry.id, AuditEntry.at, AuditEntry.course, AuditEntry.person,
        AuditEntry.person.name.as_alias("person_name"), AuditEntry.via, AuditEntry.action, AuditEntry.object,
        AuditEntry.label, AuditEntry.detail,
    ).order_by(AuditEntry.at, AuditEntry.id, ascending=False)  # fmt: skip


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(**row | {"detail": msgspec.json.decode(row["detail"])})
