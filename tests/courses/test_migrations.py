"""Migrations: they only add, they can be run again, and whatever a database has run, it ends with the tables of the code."""

import ast
import sqlite3
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from piccolo.apps.migrations.auto.diffable_table import DiffableTable
from piccolo.apps.migrations.auto.schema_differ import SchemaDiffer
from piccolo.apps.migrations.auto.schema_snapshot import SchemaSnapshot
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.conf.apps import MigrationModule

from courses import database
from courses.catalogue.courses import courses_of
from courses.lessons.authoring import lessons_of
from courses.lessons.links import card, class_links
from courses.lessons.listing import LessonFilter, search_lessons
from courses.people.accounts import find_person, sign_in
from courses.piccolo_app import TABLES
from courses.results.completion import completion

MIGRATIONS = sorted((database.ROOT / "courses" / "piccolo_migrations").glob("courses_*.py"))
ADDS = {"add_table", "add_column", "add_raw", "add_raw_backwards"}
#: dumps of databases as older code made them: one that ran the first two of twelve migrations, and one that ran them all
#: and has rows in each table. The one first migration stands for the twelve.
EARLY, LATE = "first_release.sql", "before_first_migration.sql"
pytestmark = [pytest.mark.anyio, pytest.mark.sqlite_only("what older code made are its files")]


async def test_migrate_makes_a_database_and_then_nothing_more(tmp_path: Path, engine_of_before: None) -> None:
    database.use_database(f"sqlite:///{tmp_path}/new/portal.sqlite3")
    assert len(await database.migrate()) == len(MIGRATIONS)
    assert await database.pending_migrations() == []
    assert await database.migrate() == []


async def test_asking_for_pending_migrations_again_leaves_the_import_path_as_it_is(database_file: Path) -> None:
    await database.pending_migrations()
    path = list(sys.path)
    assert await database.pending_migrations() == []
    assert sys.path == path


async def test_migrations_make_the_tables_as_the_code_has_them() -> None:
    managers = [await module.forwards() for _, module in sorted(modules().items())]
    snapshot = SchemaSnapshot(managers).get_snapshot()
    wanted = [
        DiffableTable(class_name=table.__name__, tablename=table._meta.tablename, columns=table._meta.columns,
                      schema=table._meta.schema)
        for table in TABLES
    ]  # fmt: skip
    differ = SchemaDiffer(schema=wanted, schema_snapshot=snapshot, auto_input="y")
    assert [statement for change in differ.get_alter_statements() for statement in change.statements] == []


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.stem)
def test_migration_only_adds(path: Path) -> None:
    calls = [
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "manager"
    ]
    assert set(calls) <= ADDS


async def test_database_that_ran_all_twelve_is_recognised_and_opens_with_all_that_is_in_it(tmp_path: Path) -> None:
    path = open_dump(LATE, tmp_path)
    assert await database.pending_migrations() == sorted(modules())[1:]
    assert not [table for table, found in rows(path).items() if not found]
    await database.migrate()
    await database.open_database()
    try:
        alice = await sign_in("alice@example.org", "a pass of many words")
        (course,) = await courses_of(alice)
        (lesson,) = await lessons_of(course.id)
        assert (course.title, lesson.title, [picture.alt for picture in lesson.pictures]) == (
            "Spring 春", "三步拍出一杯好茶", ["一杯茶"],
        )  # fmt: skip
        cells = {row.student.name: row.cells[lesson.id] for row in (await completion(course.id)).rows}
        assert (cells["林小满"].rung, cells["王子涵"].excuse) == ("confirmed", "ill")
    finally:
        await database.close_database()


async def test_database_of_the_first_release_opens_with_all_that_is_in_it(tmp_path: Path) -> None:
    open_dump(EARLY, tmp_path)
    await database.migrate()
    await database.open_database()
    try:
        alice = await find_person("alice@example.org")
        (course,) = await courses_of(alice)
        (lesson,) = await lessons_of(course.id)
        assert (course.title, lesson.title, lesson.topics) == ("Spring 春", "三步拍出一杯好茶", ("茶",))
        assert (await card((await class_links([lesson.id]))[lesson.id].code)).lesson.body == "**找光**"
        found = [await search_lessons(course.id, LessonFilter(text=text)) for text in ("一杯 找光 茶", "咖啡")]
        assert [[one.id for one in page.lessons] for page in found] == [[lesson.id], []]
        rungs = {row.student.name: row.cells[lesson.id].rung for row in (await completion(course.id)).rows}
        assert rungs == {"林小满": "linked", "王子涵": "not_started"}
    finally:
        await database.close_database()


@pytest.mark.parametrize("dump", [EARLY, LATE])
async def test_older_database_gets_the_schema_of_a_new_one_and_keeps_its_rows(
    dump: str, tmp_path: Path, migrated: Path
) -> None:
    path = open_dump(dump, tmp_path)
    before = rows(path)
    await database.migrate()
    assert schema(path) == schema(migrated)
    kept = rows(path)
    for table, found in before.items():
        columns = set(found[0]) if found else set()
        assert [{name: row[name] for name in columns} for row in kept[table]] == found


@pytest.mark.parametrize("turn", range(4))
async def test_database_that_ran_some_of_the_twelve_gets_what_it_lacks(
    turn: int, tmp_path: Path, migrated: Path
) -> None:
    path = open_dump(LATE, tmp_path)
    early = schema(open_dump(EARLY, tmp_path, "early.sqlite3"))
    late = schema(path)
    added = [
        (table, name) for table in early for name in late[table]["columns"].keys() - early[table]["columns"].keys()
    ]
    with sqlite3.connect(path) as connection:
        for table, column in sorted(added)[turn::4]:
            for index in late[table]["indexes"]:
                connection.execute(f"DROP INDEX IF EXISTS {index}")
            connection.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
        for table in sorted(late.keys() - early.keys())[turn::4]:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM migration WHERE id > 2")
    database.DB.path = str(path)
    assert schema(path) != schema(migrated)
    assert len(await database.migrate()) == len(MIGRATIONS)
    assert schema(path) == schema(migrated)
    assert [row["title"] for row in rows(path)["lesson"]] == ["三步拍出一杯好茶"]


async def test_migrate_goes_on_where_it_was_stopped(tmp_path: Path, migrated: Path) -> None:
    path = open_dump(EARLY, tmp_path)
    before = rows(path)["membership"]
    with sqlite3.connect(path) as connection:
        connection.execute("DROP INDEX membership_unique")
        connection.execute("INSERT INTO membership SELECT 'double', course, person, role, created_at FROM membership")
    with pytest.raises(sqlite3.IntegrityError):
        await database.migrate()
    assert len(await database.pending_migrations()) == len(MIGRATIONS)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM membership WHERE id = 'double'")
    await database.migrate()
    assert schema(path) == schema(migrated)
    assert rows(path)["membership"] == before


async def test_times_that_older_code_made_up_are_told_again_from_the_events(tmp_path: Path) -> None:
    path = open_dump(LATE, tmp_path)
    received, week_before = "2026-11-30 04:39:46.877084+00:00", "2026-11-23 04:39:46.877084+00:00"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE link SET created_at = '2026-11-01 08:00:00+00:00'")
        for kind, at in (("scan", "2026-11-10 08:00:00+00:00"), ("preview", "1970-01-01 00:00:00+00:00"),
                         ("link", "2026-11-28 08:00:00+00:00")):  # fmt: skip
            connection.execute("UPDATE event SET at = ? WHERE kind = ?", (at, kind))
        connection.execute(
            "UPDATE publication SET rung = 'linked', at = linked_at, confirmed_at = NULL, scanned_at = ?, previewed_at = ?",
            (week_before, week_before),
        )
        connection.execute("UPDATE refused_scan SET at = ?", (week_before,))
    await database.migrate()
    kept = rows(path)
    assert {row["kind"]: row["at_doubtful"] for row in kept["event"]} == {
        "scan": 0, "preview": 1, "launch": 0, "link": 0, "confirm": 0,
    }  # fmt: skip
    (told,) = kept["publication"]
    assert (told["scanned_at"], told["previewed_at"]) == ("2026-11-10 08:00:00+00:00", received)
    assert (told["linked_at"], told["at"], told["link_made_at"]) == (received, *["2026-11-28 08:00:00+00:00"] * 2)
    assert (told["rung"], told["doubtful"]) == ("linked", "previewed")
    assert [(row["at"], row["at_doubtful"]) for row in kept["refused_scan"]] == [(received, 1)]


def open_dump(name: str, folder: Path, file: str = "portal.sqlite3") -> Path:
    """A database out of a dump; the engine points at it."""
    path = folder / file
    with sqlite3.connect(path) as connection:
        connection.executescript((Path(__file__).parent / name).read_text(encoding="utf-8"))
    database.use_database(f"sqlite:///{path}")
    return path


def modules() -> dict[str, MigrationModule]:
    """The migrations by their ids."""
    return BaseMigrationManager().get_migration_modules(str(MIGRATIONS[0].parent))


def rows(path: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, but for the list of migrations."""
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [dict(row) for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY id')]
            for table in tables
            if table != "migration"
        }


def schema(path: Path) -> dict[str, dict[str, Any]]:
    """Columns, references, uniqueness and indexes of each table; the order of columns is left out, as they are added at the end."""
    with sqlite3.connect(path) as connection:

        def ask(pragma: str, name: str) -> list[tuple[Any, ...]]:
            return connection.execute(f'PRAGMA {pragma}("{name}")').fetchall()

        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        sql = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
        return {
            table: {
                "columns": {name: rest for _, name, *rest in ask("table_info", table)},
                "references": sorted(rest for _, _, *rest in ask("foreign_key_list", table)),
                "unique": sorted(
                    str(ask("index_info", name)[0][2])
                    for _, name, _, made, *_ in ask("index_list", table)
                    if made == "u"
                ),
                "indexes": {
                    name: sql[name].replace("IF NOT EXISTS ", "")
                    for _, name, _, made, *_ in ask("index_list", table)
                    if made == "c"
                },
            }
            for table in tables
        }


async def test_notes_written_down_by_their_other_name_are_the_same_note_afterwards(tmp_path: Path) -> None:
    path = open_dump(LATE, tmp_path)
    names = {
        "av170001": ("bilibili", "BV17x411w7KC"), "BV17x411w7KC": ("bilibili", "BV17x411w7KC"),
        "z0JH2lOMb": ("weibo", "3501756485200075"), "3501756485200075": ("weibo", "3501756485200075"),
        "667aacb8000000001e010eb2": ("xiaohongshu", "667aacb8000000001e010eb2"),
    }  # fmt: skip
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM publication")
        students, (lesson,) = (
            connection.execute("SELECT id FROM student").fetchall(),
            connection.execute("SELECT id FROM lesson").fetchone(),
        )
        for number, (note, (platform, _)) in enumerate(names.items()):
            connection.execute(
                "INSERT INTO publication (id, student, lesson, platform, rung, note_url, note_id)"
                " VALUES (?, ?, ?, ?, 'linked', 'https://x.example', ?)",
                (str(UUID(int=number)), students[number % 2][0], lesson, platform, note),
            )
    await database.migrate()
    with sqlite3.connect(path) as connection:
        found = dict(connection.execute("SELECT id, note_id FROM publication").fetchall())
    assert [found[str(UUID(int=number))] for number in range(len(names))] == [name for _, name in names.values()]
