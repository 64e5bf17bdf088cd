"""Print runs in the background: whole or failed with a reason, whatever dies, fills up or is cancelled meanwhile."""

import asyncio
import io
import json
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
import pikepdf
import pypdfium2
import pypdfium2.raw as raw
import pytest
import zxingcpp
from obstore.store import ObjectStore
from PIL import Image

from courses.catalogue.courses import create_course
from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.media.library import open_store, store_picture
from courses.media.pictures import prepare_picture
from courses.people.accounts import add_person
from courses.printing.ending import cancel_run
from courses.printing.queue import take_run
from courses.printing.runs import run_of, slips_of_run
from courses.printing.starting import RunRequest, pairs_for, start_run
from courses.printing.values import PrintOptions, PrintRunInfo
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students
from courses.tables.lessons import Lesson
from courses.tables.printing import PrintRun
from portal.background import print_runs
from portal.background.print_runs import draw_run, printing
from portal.settings import Settings
from portal.sharing.addresses import share_url

pytestmark = pytest.mark.anyio
PARTS = ("title", "student", "spoken", "serial", "address", "course")


@dataclass
class Room:
    """Alice's course of two lessons and 15 students."""

    alice: SignedIn
    course: UUID
    lessons: list[UUID]
    settings: Settings
    store: ObjectStore

    async def start(self, kind: str = "personal", layout: str = "a4-24", **options: Any) -> UUID:
        pairs = await pairs_for(self.course, kind, self.lessons)
        wanted = RunRequest(kind, layout, PrintOptions(parts=PARTS, language="zh", per_page=24, **options), pairs)
        return await start_run(self.alice, self.course, wanted)

    async def drawn(self, run: UUID) -> PrintRunInfo:
        """The run when it has ended, drawn here and now."""
        await draw_run(self.settings, self.store, await take_run())
        return await run_of(self.alice, run)

    async def pdf(self, run: PrintRunInfo) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(bytes(await (await obstore.get_async(self.store, run.file)).bytes_async()))

    def files(self) -> list[str]:
        folder = Path(str(self.store.prefix)) / "prints"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
async def room(db: str, settings: Settings) -> Room:
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Spring 春")
    lessons = [await create_shared_lesson(alice, course, LessonDraft("normal", title)) for title in ("Tea 茶", "Milk")]
    await add_students(None, course, [Entry(str(n), f"林小满{n}") for n in range(1, 16)])
    return Room(alice, course, lessons, settings, open_store(settings.media))


def codes(pdf: pypdfium2.PdfDocument) -> list[str]:
    return [code.text for page in pdf for code in zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())]


async def test_run_is_drawn_in_parts_and_is_one_file(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_runs, "SLIPS", 10)
    run = await room.drawn(await room.start(skip=(0, 2)))
    assert (run.state, run.done, run.pages) == ("done", 30, 2)
    assert (run.proof.read, run.proof.looked_at, run.proof.codes) == (30, 30, 30)
    assert room.files() == [run.file.removeprefix("prints/")]
    pdf = await room.pdf(run)
    links = [slip.link for slip in await slips_of_run(run.id)]
    assert sorted(codes(pdf)) == sorted(share_url(room.settings, link) for link in links)
    assert pdf.get_metadata_dict()["Title"] == "Spring 春 P1"
    whole = (await (await obstore.get_async(room.store, run.file)).bytes_async()).to_bytes()
    assert b"/PrintScaling/None" in whole.replace(b" ", b"")
    assert b"/Lang(zh)" in whole.replace(b" ", b"")
    text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert all(f"P1-{n:03d}" in text for n in range(1, 31))


async def test_copies_share_a_code_and_a_handout_repeats(room: Room) -> None:
    for kind, pattern in (("copies", "AAABBB"), ("handout", "ABABAB")):
        run = await room.drawn(await room.start(kind, layout="a4-6", copies=3))
        first, second = (share_url(room.settings, slip.link) for slip in await slips_of_run(run.id))
        found = sorted(codes(await room.pdf(run)))
        assert found == sorted([first] * 3 + [second] * 3)
        assert run.slips == len(pattern)


async def test_dead_worker_is_tried_once_more(room: Room, kill: Callable[..., Any]) -> None:
    run = await room.start()
    killing = asyncio.create_task(kill(times=1))
    assert (await room.drawn(run)).state == "done"
    assert await killing == 1


async def test_work_that_kills_its_worker_fails_with_a_reason(room: Room, kill: Callable[..., Any]) -> None:
    run = await room.start()
    killing = asyncio.create_task(kill(times=100))
    failed = await room.drawn(run)
    killing.cancel()
    assert failed.state == "failed"
    assert "more memory than there is" in str(failed.failure)
    assert room.files() == []
    # The next one is not affected.
    assert (await room.drawn(await room.start())).state == "done"


@pytest.fixture
def kill() -> Callable[..., Any]:
    """`await kill(times=1)` kills workers of this process as they appear; how many."""
    before = children()

    async def kill(times: int) -> int:
        killed: set[int] = set()
        while len(killed) < times:
            await asyncio.sleep(0.02)
            for pid in children() - before - killed:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
                if len(killed) == times:
                    break
        return len(killed)

    return kill


def children() -> set[int]:
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


async def test_cancelled_run_stops_between_parts_and_leaves_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_runs, "SLIPS", 1)
    run = await room.start("copies", layout="a4-1", copies=200)
    drawing = asyncio.create_task(room.drawn(run))
    while not (now := await run_of(room.alice, run)).done:  # noqa: ASYNC110 -- a row has no event
        await asyncio.sleep(0.02)
    await cancel_run(room.alice, now)
    ended = await drawing
    assert ended.state == "cancelled"
    assert ended.done < 200
    assert room.files() == []


async def test_full_disk_fails_the_run_with_its_reason(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await room.start()
    taken = await take_run()
    # A device that is always full, in the place of the file that would be put together.
    monkeypatch.setattr(print_runs.tempfile, "TemporaryDirectory", lambda prefix: Full())
    await draw_run(room.settings, room.store, taken)
    failed = await run_of(room.alice, run)
    assert failed.state == "failed"
    assert "no room left" in str(failed.failure)
    assert room.files() == []


class Full:
    """A folder whose first part is /dev/full."""

    def __init__(self) -> None:
        self.path = Path(os.path.realpath(print_runs.tempfile.mkdtemp()))
        (self.path / "0.pdf").symlink_to("/dev/full")

    def __enter__(self) -> str:
        return str(self.path)

    def __exit__(self, *_: object) -> None:
        (self.path / "0.pdf").unlink()
        self.path.rmdir()


async def test_run_whose_codes_cannot_be_read_has_no_file_and_says_which(room: Room) -> None:
    run = await room.drawn(await room.start("handout", layout="a4-65", fit=(0.0, 0.0, 0.8, 0.8)))
    assert (run.state, run.file, room.files()) == ("failed", "", [])
    assert (run.proof.read, run.proof.codes) == (0, 2)
    assert [(each.serial, each.title) for each in run.proof.unread] == [("P1-001", "Tea 茶"), ("P1-002", "Milk")]
    assert all("phones need 0.5 mm" in str(each.message) for each in run.proof.unread)


async def test_short_run_is_read_whole_also_where_a_slip_has_two_codes(room: Room) -> None:
    run = await room.drawn(await room.start("handout", layout="a4-tent"))
    assert (run.proof.read, run.proof.looked_at, run.proof.codes) == (4, 4, 4)


async def test_long_run_is_read_by_sample_and_says_so(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in ((print_runs, "SLIPS", 10), (print_runs, "SAMPLE", 20)):
        monkeypatch.setattr(module, name, value)
    run = await room.drawn(await room.start("copies", layout="a4-4", copies=20))
    assert (run.proof.codes, run.pages) == (40, 10)
    assert 20 <= run.proof.read == run.proof.looked_at < 40


async def test_refused_sheet_says_why(room: Room) -> None:
    run = await room.start()
    await PrintRun.update({PrintRun.layout: "no such"}).where(PrintRun.id == run)
    assert (await room.drawn(run)).state == "failed"
    run = await room.start()
    page = {"page_width": 210, "page_height": 297, "left": 0, "top": 0}
    grid = json.dumps(page | {"columns": 10, "rows": 14, "cell_width": 20, "cell_height": 20})
    await PrintRun.update({PrintRun.grid: grid}).where(PrintRun.id == run)
    assert "too fine" in str((await room.drawn(run)).failure)


async def test_runs_go_on_in_the_background_and_back_to_the_queue_at_the_end(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_runs, "FIRST", (0, 0))
    runs = [await room.start("handout") for _ in range(3)]
    async with asyncio.timeout(60), printing(room.settings, room.store, asyncio.Event()):
        while (await run_of(room.alice, runs[-1])).state != "done":  # noqa: ASYNC110 -- a row has no event
            await asyncio.sleep(0.02)
    assert {(await run_of(room.alice, run)).state for run in runs} == {"done"}
    monkeypatch.setattr(print_runs, "SLIPS", 1)
    run = await room.start("copies", layout="a4-1", copies=200)
    async with asyncio.timeout(60), printing(room.settings, room.store, asyncio.Event()):
        while not (await run_of(room.alice, run)).done:  # noqa: ASYNC110 -- a row has no event
            await asyncio.sleep(0.02)
    back = await run_of(room.alice, run)
    assert (back.state, back.tries) == ("queued", 0)


async def test_queued_run_is_drawn_at_once_when_it_is_said(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_runs, "FIRST", (3_600, 3_600))
    queued = asyncio.Event()
    async with asyncio.timeout(60), printing(room.settings, room.store, queued):
        run = await room.start("handout")
        queued.set()
        while (await run_of(room.alice, run)).under_way:  # noqa: ASYNC110 -- a row has no event
            await asyncio.sleep(0.02)
    assert (await run_of(room.alice, run)).state == "done"


async def test_tagged_run_of_several_parts_is_read_slip_by_slip(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every code has its alternative text, and every page finds its tags through the parent tree."""
    monkeypatch.setattr(print_runs, "SLIPS", 10)
    run = await room.drawn(await room.start(layout="a4-6", tagged=True))
    data = (await (await obstore.get_async(room.store, run.file)).bytes_async()).to_bytes()
    links = [share_url(room.settings, slip.link) for slip in await slips_of_run(run.id)]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == run.pages == 5
        tree = pdf.Root.StructTreeRoot
        assert len(tree.K) == 1
        found = [str(each.Alt) for each in _elements(tree.K[0]) if each.S == "/Figure"]
        assert sorted(found) == sorted(f"QR {link}" for link in links)
        assert all(each.P.objgen == tree.K[0].objgen for each in tree.K[0].K)
        rows = dict(zip(tree.ParentTree.Nums[::2], tree.ParentTree.Nums[1::2], strict=True))
        assert [page.StructParents for page in pdf.pages] == sorted(rows) == [0, 1, 2, 3, 4]
        for page in pdf.pages:
            assert {each.Pg.objgen for each in rows[page.StructParents]} == {page.obj.objgen}
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.Lang == "zh"
        assert pdf.Root.ViewerPreferences.PrintScaling == "/None"
        assert b'pdfuaid:part="1"' in pdf.Root.Metadata.read_bytes()


def _elements(element: Any) -> list[Any]:
    """An element and all below it."""
    inside = element.get("/K")
    children = inside if isinstance(inside, pikepdf.Array) else [inside]
    below = [each for each in children if isinstance(each, pikepdf.Dictionary) and "/S" in each]
    return [element, *(found for each in below for found in _elements(each))]


async def test_cover_of_the_lesson_is_on_its_slips_and_off_the_code(room: Room) -> None:
    picture = prepare_picture(_photo())
    media = await store_picture(room.store, room.course, "red.jpg", picture)
    await Lesson.update({Lesson.cover: media.id}).where(Lesson.id == room.lessons[0])
    pairs = await pairs_for(room.course, "handout", room.lessons)
    wanted = RunRequest("handout", "a4-6", PrintOptions(parts=(*PARTS, "title", "cover"), per_page=6), pairs)
    run = await room.drawn(await start_run(room.alice, room.course, wanted))
    assert run.state == "done"
    page = (await room.pdf(run))[0]
    (image,) = [it for it in page.get_objects() if it.type == raw.FPDF_PAGEOBJ_IMAGE and it.get_px_size()[0] > 50]
    left, bottom, right, top = image.get_bounds()
    picture = page.render(scale=150 / 72).to_pil().convert("RGB")
    middle = (left + right) / 2, page.get_height() - (bottom + top) / 2
    red, green, blue = picture.getpixel(tuple(round(at * 150 / 72) for at in middle))
    assert red > 180
    assert max(green, blue) < 90
    for code in zxingcpp.read_barcodes(picture):
        at = code.position
        for corner in (at.top_left, at.top_right, at.bottom_left, at.bottom_right):
            x, y = corner.x * 72 / 150, page.get_height() - corner.y * 72 / 150
            assert not (left <= x <= right and bottom <= y <= top)
    assert len(codes(await room.pdf(run))) == 2


def _photo() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (640, 480), (220, 30, 30)).save(target, "JPEG")
    return target.getvalue()
