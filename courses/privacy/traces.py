"""Where a word still stands in a course: in every column of text that the tables have, and in files that were sent.

A name in a lesson's title, or in a reason that is about somebody else, is for a person to decide about.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from obstore.store import ObjectStore
from piccolo.columns import JSON, JSONB, Column, ForeignKey, Secret, Text, Varchar
from piccolo.columns.combination import WhereRaw
from piccolo.table import Table

from courses.database import reads_apart
from courses.piccolo_app import TABLES
from courses.privacy.sent_files import sent_files_with
from courses.tables.audit import AuditEntry
from courses.tables.courses import Course
from courses.tables.roster import Student

#: characters that a word must have to be looked for: shorter ones stand in everything
SHORTEST = 2
#: and a number, of which figures and ids are full
SHORTEST_NUMBER = 4
#: characters shown before and behind a word
AROUND = 30
#: places that are told of at most
MOST = 200

#: of JSON, which nobody wants to read
_MARKS = re.compile(r'[\[\]{}"\\]+')


@dataclass(frozen=True)
class Trace:
    """A place; `table` and `column` by their names in the database, `keys` are what the row belongs to, by column."""

    table: str
    column: str
    row: UUID
    excerpt: str
    keys: Mapping[str, Any]


async def words_of(course: UUID, student: UUID) -> list[str]:
    """What a student is and was called, and their number, before they are erased; also of those merged into them."""
    own = (Student.id == student) | (Student.merged_into == student)
    rows = await Student.select(Student.id, Student.name, Student.number).where(
        own, Student.course == course, Student.erased_at.is_null()
    )
    found = [row[name] for row in rows for name in ("name", "number")]
    if not rows:
        return []
    about = AuditEntry.object.is_in([row["id"] for row in rows])
    for text in await AuditEntry.select(AuditEntry.detail).where(about).output(as_list=True):
        changes = msgspec.json.decode(text).get("changes", {})
        found += [str(old) for name in ("name", "number") for old in changes.get(name, ())[:1]]
    return list(dict.fromkeys(word for word in found if _is_telling(word)))


def _is_telling(word: str) -> bool:
    return len(word) >= (SHORTEST_NUMBER if word.isdecimal() else SHORTEST)


async def traces_of(store: ObjectStore, course: UUID, words: Iterable[str]) -> list[Trace]:
    """Where in a course one of the words stands, MOST places at most; secrets are not looked at."""
    telling = [word for word in words if _is_telling(word)]
    if not telling:
        return []
    pattern = _pattern(telling)
    found = await _in_rows(course, telling, pattern)
    for run, name in await sent_files_with(store, course, pattern):
        found.append(Trace("import_run", "file", run, name, {"id": run}))
    return found[:MOST]


@reads_apart
async def _in_rows(course: UUID, words: list[str], pattern: re.Pattern[str]) -> list[Trace]:
    found: list[Trace] = []
    for table, within in tables_of_courses(course):
        for column in text_columns(table):
            rows = await _rows_with(table, column, within, words)
            for row in rows:
                if len(found) < MOST and (match := pattern.search(text := str(row[column._meta.name]))):
                    keys = {name: value for name, value in row.items() if name != column._meta.name}
                    name = table._meta.tablename
                    found.append(Trace(name, column._meta.name, row["id"], _excerpt(text, match), keys))
    return found


def text_columns(table: type[Table]) -> list[Column]:
    """The columns that may hold what somebody wrote."""
    return [
        column
        for column in table._meta.columns
        if isinstance(column, (Varchar, Text, JSON, JSONB))
        and not isinstance(column, Secret)
        and not column._meta.secret
    ]


def tables_of_courses(course: UUID) -> Iterator[tuple[type[Table], Any]]:
    """Every table whose rows belong to a course, by the shortest way of foreign keys, with what makes them this one's."""
    for table in TABLES:
        way = _way_to_course(table)
        if way is not None:
            yield table, _within(way, course) if way else Course.id == course


def _way_to_course(table: type[Table]) -> list[ForeignKey[Any]] | None:
    """The foreign keys to go along, nearest first; None for tables of people and their accounts."""
    waiting: deque[tuple[type[Table], list[ForeignKey[Any]]]] = deque([(table, [])])
    seen = {table}
    while waiting:
        here, way = waiting.popleft()
        if here is Course:
            return way
        for key in here._meta.foreign_key_columns:
            there = key._foreign_key_meta.resolved_references
            if there not in seen:
                seen.add(there)
                waiting.append((there, [*way, key]))
    return None


def _within(way: list[ForeignKey[Any]], course: UUID) -> Any:
    key, *further = way
    if not further:
        return key == course
    there = key._foreign_key_meta.resolved_references
    return key.is_in(there.select(there._meta.primary_key).where(_within(further, course)))


async def _rows_with(table: type[Table], column: Column, within: Any, words: list[str]) -> list[dict[str, Any]]:
    """The rows of a course in which the database finds one of the words, in small letters or as it is."""
    name = f'"{table._meta.tablename}"."{column._meta.db_column_name}"'
    likes, values = [], []
    for word in dict.fromkeys(form for each in words for form in _written(each)):
        likes += [f"LOWER(CAST({name} AS TEXT)) LIKE {{}} ESCAPE '!'", f"CAST({name} AS TEXT) LIKE {{}} ESCAPE '!'"]
        values += [f"%{_escaped(_lower(word))}%", f"%{_escaped(word)}%"]
    keys = [table._meta.primary_key, *table._meta.foreign_key_columns]
    wanted = table.select(*keys, *_places(table), column).where(within)
    return await wanted.where(WhereRaw(f"({' OR '.join(likes)})", *values)).limit(MOST)


def _places(table: type[Table]) -> list[Column]:
    """Columns that say which of several a row is."""
    return [column for column in table._meta.columns if column._meta.name in ("number", "deleted_at")]


def _written(word: str) -> tuple[str, str]:
    """As it stands in text, and in JSON."""
    return word, msgspec.json.encode(word).decode()[1:-1]


def _lower(word: str) -> str:
    """As every database makes small letters of it: SQLite knows those of ASCII only."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in word)


def _escaped(word: str) -> str:
    return re.sub("[!%_]", r"!\g<0>", word)


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Finds whole words where they are Latin letters or figures: `Bo` is not in `Book`."""
    forms = sorted({form for word in words for form in _written(word)}, key=len, reverse=True)
    return re.compile("|".join(_whole(form) for form in forms), re.IGNORECASE)


def _whole(word: str) -> str:
    before = r"(?<![A-Za-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
    behind = r"(?![A-Za-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return f"{before}{re.escape(word)}{behind}"


def _excerpt(text: str, match: re.Match[str]) -> str:
    start, end = max(match.start() - AROUND, 0), match.end() + AROUND
    shown = " ".join(_MARKS.sub(" ", text[start:end]).split())
    return ("…" if start else "") + shown + ("…" if end < len(text) else "")
