"""Migrations: they only add, they can be run again, and together they make the tables as the code has them."""

import ast
import re
import sqlite3
from pathlib import Path

import pytest
from piccolo.apps.migrations.auto.diffable_table import DiffableTable
from piccolo.apps.migrations.auto.schema_differ import SchemaDiffer
from piccolo.apps.migrations.auto.schema_snapshot import SchemaSnapshot
from piccolo.apps.migrations.commands.base import BaseMigrationManager

from courses import database
from courses.catalogue.courses import courses_of
from courses.lessons.authoring import lessons_of
from courses.lessons.links import card, class_links
from courses.people.accounts import find_person
from courses.piccolo_app import TABLES
from courses.results.completion import completion

MIGRATIONS = sorted((database.ROOT / "courses" / "piccolo_migrations").glob("courses_*.py"))
ADDS = {"add_table", "add_column", "add_raw", "add_raw_backwards"}
pytestmark = pytest.mark.anyio


async def test_migrate_makes_a_database_and_then_nothing_more(tmp_path: Path) -> None:
    database.DB.path = str(tmp_path / "new" / "portal.sqlite3")
    assert len(await database.migrate()) == len(MIGRATIONS)
    assert await database.pending_migrations() == []
    assert await database.migrate() == []


async def test_migrate_goes_on_where_it_was_interrupted(tmp_path: Path, migrated: Path) -> None:
    path = tmp_path / "portal.sqlite3"
    database.DB.path = str(path)
    await database.migrate()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM migration WHERE name = (SELECT max(name) FROM migration)")
        text = MIGRATIONS[-1].read_text()
        for table in re.findall(r'add_table\(\s*class_name="\w+",\s*tablename="(\w+)"', text):
            connection.execute(f"DROP TABLE {table}")
        for table, column in re.findall(r'add_column\([^)]*?tablename="(\w+)",\s*column_name="(\w+)"', text):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    assert len(await database.migrate()) == 1
    assert await database.pending_migrations() == []


async def test_migrations_make_the_tables_as_the_code_has_them() -> None:
    manager = BaseMigrationManager()
    modules = manager.get_migration_modules(str(MIGRATIONS[0].parent))
    managers = [await modules[identity].forwards() for identity in sorted(modules)]
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


async def test_database_of_the_first_release_opens_with_all_that_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "portal.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript((Path(__file__).parent / "first_release.sql").read_text(encoding="utf-8"))
    database.DB.path = str(path)
    await database.migrate()
    await database.open_database()
    try:
        alice = await find_person("alice@example.org")
        (course,) = await courses_of(alice)
        (lesson,) = await lessons_of(course.id)
        assert (course.title, lesson.title, lesson.topics) == ("Spring 春", "三步拍出一杯好茶", ("茶",))
        assert (await card((await class_links([lesson.id]))[lesson.id].code)).lesson.body == "**找光**"
        rungs = {row.student.name: row.cells[lesson.id].rung for row in (await completion(course.id)).rows}
        assert rungs == {"林小满": "linked", "王子涵": "not_started"}
    finally:
        await database.close_database()
