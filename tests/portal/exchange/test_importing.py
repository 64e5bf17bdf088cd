"""An import is written a few lessons at a time: it goes on after a crash, and is undone as a whole."""

import asyncio
from dataclasses import replace
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from obstore.store import ObjectStore

from courses.catalogue.courses import create_course, writable_courses
from courses.errors import Conflict
from courses.exchange import applying, runs
from courses.exchange.applying import undo
from courses.exchange.reading.found import Contents, FoundCourse
from courses.exchange.reading.lesson import Rules
from courses.exchange.reading.lesson_csv import read_csv
from courses.lessons.authoring import lessons_of
from courses.lessons.links import class_links
from courses.lessons.trash import trash_count
from courses.media.library import open_store
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.tables.imports import ImportRun
from portal.exchange import importing
from portal.exchange.importing import ImportChoice, ImportFailed, Imports, choose, do_import, present_lessons

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]

LIST = b"title,body\nA,1\nB,2\nC,3\nD,4\nE,5\n"
FOUND = read_csv(LIST, "a.csv", Rules(("xiaohongshu",), ZoneInfo("UTC")))


@pytest.fixture
async def alice(db: object) -> SignedIn:
    return await add_person("alice@example.org", "Alice")


@pytest.fixture
async def course(alice: SignedIn) -> UUID:
    return await create_course(alice, "Spring")


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(f"file://{tmp_path}/media")


@pytest.fixture(autouse=True)
def by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "CHUNK", 2)
    monkeypatch.setattr(applying, "SECONDS", 60)


async def opened(store: ObjectStore, by: SignedIn, course: UUID | None, folder: Path, contents: Contents) -> UUID:
    (folder / "a.csv").write_bytes(LIST)
    return await runs.open_run(store, by, course, "a.csv", "csv", folder / "a.csv", contents)


async def go_on(store: ObjectStore, by: SignedIn, run_id: UUID, contents: Contents) -> None:
    run = await runs.import_run(by, run_id)
    chosen = choose(contents, await present_lessons(run.course), ImportChoice({}), run.outcome.taken)
    await do_import(store, by, run, await runs.begin(run, len(chosen)), contents, chosen, False)


async def titles(course: UUID) -> list[str]:
    return [lesson.title for lesson in await lessons_of(course)]


async def crashed(store: ObjectStore, by: SignedIn, run_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends after the first two lessons, and nobody hears of it for a while."""
    with monkeypatch.context() as patch:
        patch.setattr(applying, "PAUSE", 60)
        task = asyncio.create_task(go_on(store, by, run_id, FOUND))
        while (await runs.import_run(by, run_id)).done < 2:  # noqa: ASYNC110 -- another process is what is played
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    with pytest.raises(Conflict):  # it may be alive still
        await go_on(store, by, run_id, FOUND)
    silence = (await runs.import_run(by, run_id)).created_at - runs.SILENCE
    await ImportRun.update({ImportRun.beat_at: silence}, force=True)


async def test_an_import_goes_on_where_it_stopped_and_is_undone_as_a_whole(
    alice: SignedIn, course: UUID, store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = await opened(store, alice, course, tmp_path, FOUND)
    await crashed(store, alice, run_id, monkeypatch)
    half = await runs.import_run(alice, run_id)
    assert (half.silent, half.done, half.total, len(half.outcome.created)) == (True, 2, 5, 2)
    assert await titles(course) == ["A", "B"]
    await go_on(store, alice, run_id, FOUND)
    run = await runs.import_run(alice, run_id)
    assert (run.state, len(run.outcome.created), run.outcome.skipped) == ("done", 5, 0)
    assert await titles(course) == ["A", "B", "C", "D", "E"]
    assert len(await class_links(list(run.outcome.created))) == 5
    await undo(alice, run)
    assert (await titles(course), await trash_count(course)) == ([], 5)
    with pytest.raises(Conflict):
        await undo(alice, await runs.import_run(alice, run_id))


async def test_half_an_import_is_undone_and_does_not_go_on(
    alice: SignedIn, course: UUID, store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = await opened(store, alice, course, tmp_path, FOUND)
    await crashed(store, alice, run_id, monkeypatch)
    await undo(alice, await runs.import_run(alice, run_id))
    assert (await titles(course), await trash_count(course)) == ([], 2)
    with pytest.raises(Conflict):
        await go_on(store, alice, run_id, FOUND)


async def test_an_import_that_fails_leaves_nothing(
    alice: SignedIn, course: UUID, store: ObjectStore, tmp_path: Path
) -> None:
    *good, last = FOUND.lessons
    wrong = replace(FOUND, lessons=(*good, replace(last, title="E" * 300)), course=FoundCourse("Autumn", "", ""))
    with pytest.raises(ImportFailed):
        await go_on(store, alice, await opened(store, alice, course, tmp_path, wrong), wrong)
    assert await titles(course) == []
    run_id = await opened(store, alice, None, tmp_path, wrong)
    with pytest.raises(ImportFailed):
        await go_on(store, alice, run_id, wrong)
    assert (await runs.import_run(alice, run_id)).course is None
    assert [each.title for each in await writable_courses(alice)] == ["Spring"]


async def test_import_that_goes_on_at_the_end_of_the_process_is_left_for_the_next_try(
    alice: SignedIn, course: UUID, store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "PAUSE", 60)
    monkeypatch.setattr(importing, "PATIENCE", 0.1)
    run_id = await opened(store, alice, course, tmp_path, FOUND)
    before, imports = asyncio.all_tasks(), Imports(store)
    await imports.start(alice, await runs.import_run(alice, run_id), ImportChoice({}))
    while (await runs.import_run(alice, run_id)).done < 2:  # noqa: ASYNC110 -- what the page of its progress does
        await asyncio.sleep(0.01)
    await asyncio.wait_for(imports.stop(), 5)
    assert asyncio.all_tasks() == before
    left = await runs.import_run(alice, run_id)
    assert (left.state, left.done, left.total) == ("running", 2, 5)
    assert await titles(course) == ["A", "B"]
    await imports.stop()  # nothing goes on any more


async def test_an_import_stays_done_when_its_file_cannot_be_taken_away(
    alice: SignedIn, course: UUID, store: ObjectStore, tmp_path: Path
) -> None:
    run_id = await opened(store, alice, course, tmp_path, FOUND)
    file = tmp_path / "media" / "imports" / f"{run_id}.csv"
    file.unlink()
    (file / "in the way").mkdir(parents=True)
    await Imports(store).start(alice, await runs.import_run(alice, run_id), ImportChoice({}))
    run = await runs.import_run(alice, run_id)
    assert (run.state, len(run.outcome.created)) == ("done", 5)
    with pytest.raises(Conflict):
        await go_on(store, alice, run_id, FOUND)
    assert await titles(course) == ["A", "B", "C", "D", "E"]
