"""Videos that need conversion, in the background: there, failed with a reason or gone, whatever happens meanwhile."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from obstore.store import LocalStore

from courses.catalogue.courses import create_course
from courses.media.conversions import Conversion, conversion_of, conversions_of, queue_conversion, take_conversion
from courses.media.covers import media_file
from courses.media.library import media_of, open_store
from courses.media.uploads import FOLDERS, drop_upload, keep_file, open_upload, upload_of
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.tables.media import Media
from portal.background import conversions
from portal.background.conversions import convert_taken, converting
from portal.settings import Settings
from tests.courses.media.phone_films import frame_of, iphone
from tests.courses.media.test_videos import film

pytestmark = pytest.mark.anyio


@dataclass
class Room:
    """Alice's course, and a queue for it."""

    alice: SignedIn
    course: UUID
    store: LocalStore

    async def queue(self, path: Path) -> UUID:
        upload = await open_upload(
            self.store, self.alice, self.course, path.name, "video/quicktime", path.stat().st_size
        )
        await queue_conversion(await keep_file(self.store, upload, path))
        return upload.id

    async def of(self, upload: UUID) -> Conversion:
        found = await conversion_of(await upload_of(self.alice, self.course, upload))
        assert found
        return found

    async def until(self, upload: UUID, holds: Callable[[Conversion], bool]) -> Conversion:
        for _ in range(600):
            if holds(found := await self.of(upload)):
                return found
            await asyncio.sleep(0.1)
        raise AssertionError(f"it stayed {found}")

    def files(self) -> list[str]:
        root = Path(str(self.store.prefix))
        return sorted(path.relative_to(root).parts[0] for path in root.rglob("*") if path.is_file())


@pytest.fixture
async def room(db: str, settings: Settings) -> Room:
    alice = await add_person("alice@example.org", "Alice")
    store = open_store(settings.media)
    assert isinstance(store, LocalStore)
    return Room(alice, await create_course(alice, "Spring 春"), store)


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where complete uploads lie while they are converted."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """Takes some seconds."""
    return film(tmp_path / "long.mov", 12, codec="libx265", form="mov", size=(640, 360), sound=None)


async def test_queued_video_becomes_one_of_the_course_and_the_original_goes(
    room: Room, tmp_path: Path, scratch: Path
) -> None:
    queued = asyncio.Event()
    async with converting(room.store, queued):
        upload = await room.queue(iphone(tmp_path / "IMG_0001.MOV"))
        queued.set()
        done = await room.until(upload, lambda each: each.state == "done")
    assert (done.percent, done.name) == (100, "IMG_0001.MOV")
    known = await media_of(room.course, [done.media, done.poster])
    assert (known[done.media].kind, known[done.poster].kind) == ("video", "image")
    async with media_file(room.store, known[done.media]) as path:
        assert frame_of(path)[1][0] == "h264"
        assert b"SecretTitle" not in path.read_bytes()
    assert "uploads" not in room.files()
    assert not any(scratch.iterdir())


async def test_refused_video_says_why_and_goes(room: Room, tmp_path: Path, scratch: Path) -> None:
    path = film(tmp_path / "film.mov", 1, codec="prores_ks", pixels="yuv422p10le", form="mov", sound=None)
    path.write_bytes(path.read_bytes()[:-400])
    upload = await room.queue(path)
    await convert_taken(room.store, *(await take_conversion(room.store)))
    failed = await room.of(upload)
    assert failed.state == "failed"
    assert str(failed.problem) == "This video is damaged or incomplete. Export it as MP4 (H.264) and try again."
    assert room.files() == []
    assert not any(scratch.iterdir())


async def test_cancelled_at_any_moment_leaves_nothing(
    room: Room, long: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversions, "BEAT", 0.1)
    for moment in (0, 0.1, 0.3):
        upload = await room.queue(long)
        taken = await take_conversion(room.store)
        work = asyncio.create_task(convert_taken(room.store, *taken))
        await asyncio.sleep(moment)
        await drop_upload(room.store, await upload_of(room.alice, room.course, upload))
        await asyncio.wait_for(work, 30)
        assert await conversions_of(room.alice, room.course) == []
        assert room.files() == []
        assert not any(scratch.iterdir())
    assert await Media.count() == 0


async def test_progress_is_told_while_it_goes_on(room: Room, long: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversions, "BEAT", 0.05)
    upload = await room.queue(long)
    seen: set[int] = set()
    work = asyncio.create_task(convert_taken(room.store, *(await take_conversion(room.store))))
    while not work.done():
        seen.add((await room.of(upload)).percent)
        await asyncio.sleep(0.05)
    assert len(seen) > 2
    assert max(seen) <= 100


async def test_worker_that_is_killed_says_so(room: Room, long: Path, scratch: Path) -> None:
    upload = await room.queue(long)
    work = asyncio.create_task(convert_taken(room.store, *(await take_conversion(room.store))))
    await room.until(upload, lambda each: any(scratch.rglob("*.drawn.mp4")))
    for worker in _workers():
        os.kill(worker, signal.SIGKILL)
    await asyncio.wait_for(work, 30)
    failed = await room.of(upload)
    assert failed.state == "failed"
    assert str(failed.problem) == "This needed more memory than there is, and was stopped."
    assert not any(scratch.iterdir())


async def test_end_of_the_process_gives_it_back_for_the_next(room: Room, long: Path, scratch: Path) -> None:
    upload = await room.queue(long)
    queued = asyncio.Event()
    queued.set()
    async with converting(room.store, queued):
        await room.until(upload, lambda each: any(scratch.rglob("*.drawn.mp4")))
    assert (await room.of(upload)).state == "queued"
    assert not any(scratch.iterdir())
    await convert_taken(room.store, *(await take_conversion(room.store)))
    assert (await room.of(upload)).state == "done"


async def test_folder_of_a_process_that_was_killed_is_taken_away(room: Room, scratch: Path) -> None:
    old, new = scratch / f"{FOLDERS}old", scratch / f"{FOLDERS}new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "file").write_bytes(b"a film with its place")
    os.utime(old, (0, 0))
    async with converting(room.store, asyncio.Event()):
        for _ in range(100):
            if not old.exists():
                break
            await asyncio.sleep(0.05)
    assert [folder.name for folder in scratch.iterdir()] == [new.name]


def _workers() -> list[int]:
    """Of this process: those that convert."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = {int(pid) for each in children for pid in each.read_text().split()}
    return [pid for pid in pids if b"anyio" in Path(f"/proc/{pid}/cmdline").read_bytes()]
