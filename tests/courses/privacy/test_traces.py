"""After an erasure: every place in which the name still stands is found, in each column of text that there is."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import obstore
import pytest
from obstore.store import ObjectStore

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.exchange.runs import file_key
from courses.media.library import open_store
from courses.piccolo_app import TABLES
from courses.privacy.erasing import erase_student
from courses.privacy.traces import tables_of_courses, text_columns, traces_of, words_of
from courses.results.deciding import decide
from courses.students.merging import merge_students
from courses.students.reading import Entry
from courses.students.roster import add_students, rename_student, students_of
from courses.tables.courses import Course
from courses.tables.imports import ImportRun
from courses.tables.lessons import Lesson, Revision
from courses.tables.media import Media
from courses.tables.roster import Excuse
from tests.courses.classroom import Classroom, make_classroom

pytestmark = [pytest.mark.anyio, pytest.mark.both_databases]
#: tables of people and their accounts, and of the portal's own chores, which belong to no course
OF_PEOPLE = {
    "person",
    "session",
    "api_key",
    "attempt",
    "printer",
    "recovery_code",
    "authenticator_app",
    "passkey",
    "passkey_challenge",
    "chore",
    "shown_secret",
}


@pytest.fixture
async def room(db: str) -> Classroom:
    return await make_classroom()


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(f"file://{tmp_path}/media")


async def places(room: Classroom, store: ObjectStore, *words: str) -> set[tuple[str, str]]:
    return {(trace.table, trace.column) for trace in await traces_of(store, room.course, words)}


async def test_what_erasing_leaves_is_found_and_what_it_clears_is_not(room: Classroom, store: ObjectStore) -> None:
    await add_students(room.alice, room.course, [Entry("20260417", "林小满")])
    lin, bo = next(each.id for each in await students_of(room.course) if each.name == "林小满"), room.students["Bo"]
    tea = room.lessons["Tea"]
    room.students["林小满"] = lin
    await room.report("林小满", "Tea", "scan", detail={"browser": "linxiaoman"})
    await room.report("林小满", "Tea", "launch", detail={"mode": "linxiaoman", "reason": "林小满"})
    await Lesson.update({Lesson.title: "林小满的茶", Lesson.search: "林小满的茶"}).where(Lesson.id == tea)
    await Revision.insert(
        Revision(lesson=tea, number=77, at=now(), content='{"body":"看 20260417 的作品"}', note="saved")
    )
    await Media.insert(
        Media(course=room.course, kind="image", sha256="5a" * 32, format="jpeg", width=1, height=1, size=1,
              name="林小满.jpg", created_at=now())
    )  # fmt: skip
    await Excuse.insert(Excuse(student=bo, lesson=tea, reason="和林小满一起做", at=now()))
    await decide(room.alice, tea, lin, "weibo", "refuse", "林小满 copied")
    words = await words_of(room.course, lin)
    assert words == ["林小满", "20260417"]
    assert ("event", "detail") in await places(room, store, "linxiaoman")
    await erase_student(room.alice, store, room.course, lin)
    assert await places(room, store, "linxiaoman") == set()
    assert await places(room, store, *words) == {
        ("lesson", "title"), ("lesson", "search"), ("revision", "content"), ("media", "name"), ("excuse", "reason"),
    }  # fmt: skip
    (title,) = [trace for trace in await traces_of(store, room.course, words) if trace.column == "title"]
    assert (title.row, title.excerpt) == (tea, "林小满的茶")


async def test_every_column_of_text_of_every_table_of_a_course_is_looked_through(
    room: Classroom, store: ObjectStore
) -> None:
    """By the tables' definitions, so that a new one is found by itself: none but those of people is without a course."""
    looked = {table._meta.tablename for table, _ in tables_of_courses(room.course)}
    assert {table._meta.tablename for table in TABLES} - looked == OF_PEOPLE
    columns = {(table._meta.tablename, column._meta.name) for table in TABLES for column in text_columns(table)}
    assert {("event", "detail"), ("audit_entry", "label"), ("course", "description"), ("print_run", "options"),
            ("delivery", "body"), ("lesson_picture", "alt")} <= columns  # fmt: skip
    assert not {("student", "pin_hash"), ("webhook", "secret"), ("one_time_link", "token_hash")} & columns


async def test_words_are_whole_and_those_of_this_course_alone(room: Classroom, store: ObjectStore) -> None:
    other = await create_course(room.alice, "Bo and Ada")
    await Course.update({Course.description: "Books for 100% of_all, and !Boris"}).where(Course.id == room.course)
    assert ("course", "description") not in await places(room, store, "Bo")
    assert ("course", "description") in await places(room, store, "boris")
    assert ("course", "description") in await places(room, store, "100%")
    assert await places(room, store, "of%all") == set()
    assert await places(room, store, "x", "12", "") == set()
    assert {trace.table for trace in await traces_of(store, other, ["Ada"])} == {"course", "audit_entry"}


async def test_former_names_and_those_of_merged_rows_are_looked_for_too(room: Classroom, store: ObjectStore) -> None:
    await add_students(room.alice, room.course, [Entry("20260999", "Adamantia Twice")])
    twice = next(each.id for each in await students_of(room.course) if each.number == "20260999")
    await rename_student(room.alice, room.course, twice, "Ada Mantia")
    await merge_students(room.alice, room.course, twice, room.students["Ada"])
    words = await words_of(room.course, room.students["Ada"])
    assert {"Ada", "Ada Mantia", "Adamantia Twice", "20260999"} <= set(words)


async def test_files_that_were_sent_are_looked_through(room: Classroom, store: ObjectStore) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lessons/01/lesson.md", "---\ntitle: x\n---\n给林小满的茶")
        archive.writestr("lessons/02/lesson.md", "---\ntitle: y\n---\nnothing")
    files = {"a.zip": zipped.getvalue(), "a.csv": "title\n林小满\n".encode("gb18030")}
    files |= {f"{encoding}.csv": "title\n佐藤\n".encode(encoding) for encoding in ("shift_jis", "euc_jp", "utf-16")}
    runs: dict[str, UUID] = {}
    for name, data in files.items():
        kind = name[-3:]
        run = ImportRun(course=room.course, kind=kind, name=name, created_at=now(), expires_at=now() + timedelta(1))
        await ImportRun.insert(run)
        await obstore.put_async(store, file_key(run.id, kind), data)
        runs[name] = run.id
    found = {(trace.row, trace.excerpt) for trace in await traces_of(store, room.course, ["林小满"])}
    assert found == {(runs["a.zip"], "lessons/01/lesson.md"), (runs["a.csv"], "a.csv")}
    found = {trace.excerpt for trace in await traces_of(store, room.course, ["佐藤"])}
    assert found == {"shift_jis.csv", "euc_jp.csv", "utf-16.csv"}
