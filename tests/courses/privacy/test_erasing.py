"""Erasing: what is personal is nowhere any more, in rows, bytes and files; whatever was counted stays counted."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import obstore
import pytest
from obstore.store import ObjectStore

from courses import pieces
from courses.audit import all_entries
from courses.clock import now
from courses.errors import Invalid, NotFound
from courses.events.refused_scans import STRAYS_KEPT
from courses.lessons.links import issue_link, links_of_lesson
from courses.media.library import open_store
from courses.printing.runs import find_run
from courses.printing.starting import RunRequest, pairs_for, start_run
from courses.printing.values import PrintOptions
from courses.privacy.erasing import drop_prints, erase_expired, erase_student, forget_strays
from courses.results.deciding import decide
from courses.results.marking import mark_cells
from courses.students.claims import claim_student
from courses.students.merging import merge_students
from courses.students.pin_hashes import new_pins
from courses.students.pins import give_pins, with_pin
from courses.students.reading import Entry
from courses.students.roster import add_students, find_student, rename_student, students_of
from courses.tables.classes import Delivery, Webhook
from courses.tables.courses import Course
from courses.tables.events import Event, RefusedScan
from courses.tables.printing import PrintRun
from courses.tokens import Keyring
from courses.webhooks.changes import ChangeCursor, queue_changes
from courses.webhooks.handovers import Handovers, handover_of
from tests.courses.classroom import Classroom, make_classroom
from tests.databases import stored

pytestmark = pytest.mark.anyio
ADAS_PHONE, BOS_PHONE = "a" * 16, "b" * 16


@pytest.fixture
async def room(db: str) -> Classroom:
    return await make_classroom()


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store(f"file://{tmp_path}/media")


async def ended(course: UUID, days_ago: int, kept: int = 90) -> None:
    """Teaching ended so long ago."""
    values = {Course.ends_at: now() - timedelta(days=days_ago), Course.retention_days: kept}
    await Course.update(values).where(Course.id == course)


async def print_names(room: Classroom, store: ObjectStore, kind: str = "personal") -> UUID:
    """A run of slips that was drawn."""
    pairs = await pairs_for(room.course, kind, list(room.lessons.values()))
    run = await start_run(room.alice, room.course, RunRequest(kind, "a4-24", PrintOptions(), pairs))
    await obstore.put_async(store, f"prints/{run}.pdf", b"%PDF")
    await PrintRun.update({PrintRun.state: "done", PrintRun.file: f"prints/{run}.pdf"}).where(PrintRun.id == run)
    return run


def in_database(address: str, *words: str) -> list[str]:
    """Which of the words stand anywhere in what the database keeps."""
    data = stored(address)
    return [word for word in words if word.encode() in data]


async def test_nothing_of_an_erased_student_is_left_in_the_bytes_of_the_database(
    room: Classroom, db: str, store: ObjectStore
) -> None:
    await add_students(
        room.alice, room.course, [Entry("20260417", "林小满", "Nightshift"), Entry("20260418", "王子涵")]
    )
    room.students |= {student.name: student.id for student in await students_of(room.course)}
    lin, tea, bo = room.students["林小满"], room.lessons["Tea"], room.students["Bo"]
    await Webhook.insert(Webhook(course=room.course, url="https://a.example", secret="", created_at=now()))
    for student, device, word in (("林小满", ADAS_PHONE, "lin"), ("Bo", BOS_PHONE, "bo")):
        await claim_student(room.course, device, student)
        await room.report(student, "Tea", "scan", device=device, detail={"browser": "chrome"})
        await room.report(student, "Tea", "fail", device=device, detail={"message": f"{word} was angry"})
        url = f"https://www.xiaohongshu.com/explore/{word}-note"
        await room.report(student, "Tea", "link", device=device, detail={"url": url, "note_id": f"{word}-note"})
        await decide(room.alice, tea, room.students[student], "xiaohongshu", "refuse", f"{word} copied it")
        await mark_cells(
            room.alice, room.course, [(room.students[student], room.lessons["Milk"])], "excuse", f"{word} is ill"
        )
        link = await issue_link(room.alice, tea, room.students[student])
        await Handovers().remember("douyin", f"{word}-share", link.id, tea, room.students[student], device)
    await rename_student(room.alice, room.course, room.students["王子涵"], "王小涵")
    await give_pins(
        room.alice,
        room.course,
        [one for one in await students_of(room.course) if one.id == lin],
        new_pins(Keyring.parse(Keyring.generate()), 1),
    )
    await queue_changes(ChangeCursor())
    gone = [
        "林小满",
        "20260417",
        "Nightshift",
        ADAS_PHONE,
        "lin was angry",
        "lin-note",
        "lin copied",
        "lin is ill",
        "lin-share",
    ]
    kept = ["王小涵", "20260418", BOS_PHONE, "bo was angry", "bo-note", "bo copied", "bo is ill", "bo-share"]
    assert in_database(db, *gone, *kept) == [*gone, *kept]
    before = await room.cell("林小满", "Tea")

    assert await erase_student(room.alice, store, room.course, lin)
    assert in_database(db, *gone, *kept) == kept
    assert await with_pin(room.course) == set()
    with pytest.raises(Invalid):
        await find_student(room.course, "20260417")
    assert await handover_of("douyin", "lin-share") is None
    states = {link.student: link.state(now()) for link in await links_of_lesson(tea) if link.student}
    assert states == {lin: "withdrawn", bo: "open"}
    # What was counted stays counted.
    after = await room.cell("林小满", "Tea")
    assert (after.rung, after.at, after.failures) == (before.rung, before.at, before.failures)
    assert await Event.count().where(Event.student == lin) == 4
    assert ["Bo" in body for body in await Delivery.select(Delivery.body).output(as_list=True)] == [True]


async def test_the_row_of_an_erased_student_stays_under_its_seat(room: Classroom, store: ObjectStore) -> None:
    assert await erase_student(room.alice, store, room.course, room.students["Bo"])
    assert [(student.number, student.name, student.seat) for student in await students_of(room.course)] == [
        ("1", "Ada", 0), ("3", "Cy", 2), ("#1", "", 1),
    ]  # fmt: skip
    entry = (await all_entries(room.course))[0]
    assert (entry.action, entry.label, entry.object, entry.person_name) == (
        "student.erase", "#1", room.students["Bo"], "Alice",
    )  # fmt: skip


async def test_a_number_that_looks_like_that_of_an_erased_one_is_left_to_its_student(
    room: Classroom, store: ObjectStore
) -> None:
    await add_students(None, room.course, [Entry("#0", "Di")])
    assert await erase_student(None, store, room.course, room.students["Ada"])
    found = {student.seat: (student.number, student.name) for student in await students_of(room.course)}
    assert found[3] == ("#0", "Di")
    assert found[0] == (f"#0-{room.students['Ada'].hex[:6]}", "")


async def test_a_report_keeps_the_cause_of_a_failure_and_no_word(room: Classroom, store: ObjectStore) -> None:
    reports = {
        "launch": ({"mode": "deep_link", "reason": "Call me 555", "who": "ada"}, {}),
        "fail": ({"cause": "network", "message": "Ada has none", "who": "ada"}, {"cause": "network"}),
        "scan": ({"browser": "ada", "mode": "x"}, {}),
        "preview": ({"browser": "wechat"}, {}),
        "claim": ({"mode": ["deep_link"]}, {}),
        "return": ({"browser": "adas_phone"}, {}),
    }
    ids = {kind: (await room.report("Ada", "Tea", kind, detail=said))[0] for kind, (said, _) in reports.items()}
    other = (await room.report("Bo", "Tea", "launch", detail={"who": "bo"}))[0]
    await erase_student(None, store, room.course, room.students["Ada"])
    assert {kind: await detail_of(event) for kind, event in ids.items()} == {
        kind: kept for kind, (_, kept) in reports.items()
    }
    assert await detail_of(other) == {"who": "bo"}


async def detail_of(event: UUID) -> object:
    return (await Event.select(Event.detail).where(Event.id == event).first().output(load_json=True))["detail"]


async def test_the_log_forgets_what_it_says_of_the_student_and_keeps_the_rest(
    room: Classroom, store: ObjectStore
) -> None:
    ada, bo = room.students["Ada"], room.students["Bo"]
    await rename_student(room.alice, room.course, ada, "Adamantia")
    await decide(room.alice, room.lessons["Tea"], ada, "weibo", "refuse", "She copied it")
    await decide(room.alice, room.lessons["Tea"], bo, "weibo", "refuse", "Copied from Adamantia")
    await decide(room.alice, room.lessons["Milk"], bo, "weibo", "refuse", "Too dark")
    await erase_student(room.alice, store, room.course, ada)
    found = [
        (entry.action, entry.label, entry.detail.get("title"), entry.detail.get("reason"), dict(entry.changes))
        for entry in await all_entries(room.course)
        if entry.object in (ada, bo)
    ]
    assert found == [
        ("student.erase", "#0", None, None, {}),
        ("publication.refuse", "Bo", "Milk", "Too dark", {}),
        ("publication.refuse", "Bo", "Tea", "", {}),
        ("publication.refuse", "", "Tea", None, {}),
        ("student.rename", "", None, None, {}),
    ]


async def test_a_name_of_one_letter_does_not_empty_the_log_of_others(room: Classroom, store: ObjectStore) -> None:
    await rename_student(room.alice, room.course, room.students["Ada"], "o")
    await decide(room.alice, room.lessons["Tea"], room.students["Bo"], "weibo", "refuse", "Too dark")
    await erase_student(room.alice, store, room.course, room.students["Ada"])
    entry = (await all_entries(room.course))[1]
    assert (entry.label, entry.detail["reason"]) == ("Bo", "Too dark")


async def test_refused_scans_of_the_students_phones_no_longer_name_these(room: Classroom, store: ObjectStore) -> None:
    other = await make_classroom("Autumn")
    await claim_student(room.course, ADAS_PHONE, "Ada")
    await room.report("Ada", "Tea", "scan", device="c" * 16)
    refused = {
        "by the student": (room.course, "d" * 16, room.students["Ada"]),
        "claimed": (room.course, ADAS_PHONE, None),
        "heard": (room.course, "c" * 16, None),
        "of another": (room.course, BOS_PHONE, room.students["Bo"]),
        "elsewhere": (other.course, ADAS_PHONE, None),
    }
    await RefusedScan.insert(
        *(
            RefusedScan(reason=reason, course=course, device=device, student=student, at=now(), received_at=now())
            for reason, (course, device, student) in refused.items()
        )
    )
    await erase_student(None, store, room.course, room.students["Ada"])
    left = await RefusedScan.select(RefusedScan.reason).where(RefusedScan.device.is_not_null()).output(as_list=True)
    assert (set(left), await RefusedScan.count()) == ({"of another", "elsewhere"}, 5)


async def test_erasing_again_changes_nothing(room: Classroom, store: ObjectStore) -> None:
    ada = room.students["Ada"]
    assert await erase_student(room.alice, store, room.course, ada)
    before = await all_entries(room.course)
    assert not await erase_student(room.alice, store, room.course, ada)
    assert await all_entries(room.course) == before


async def test_a_student_is_erased_through_its_own_course_only(room: Classroom, store: ObjectStore) -> None:
    other = await make_classroom("Autumn")
    for student in (other.students["Ada"], uuid4()):
        with pytest.raises(NotFound):
            await erase_student(room.alice, store, room.course, student)
    assert [student.name for student in await students_of(other.course)] == ["Ada", "Bo", "Cy"]


async def test_who_turned_out_to_be_the_same_student_is_erased_too(
    room: Classroom, store: ObjectStore, db: str
) -> None:
    await add_students(None, room.course, [Entry("99", "达")])
    double = {student.name: student.id for student in await students_of(room.course)}["达"]
    await merge_students(room.alice, room.course, double, room.students["Ada"])
    assert await erase_student(room.alice, store, room.course, room.students["Ada"])
    assert [student.name for student in await students_of(room.course, also_left=True)] == ["Bo", "Cy", "", ""]
    assert in_database(db, "达") == []


async def test_files_with_names_on_them_go_and_runs_stay(room: Classroom, store: ObjectStore, tmp_path: Path) -> None:
    named, handout = await print_names(room, store), await print_names(room, store, "handout")
    elsewhere = await print_names(await make_classroom("Autumn"), store)
    await PrintRun.update({PrintRun.problem: '{"text":"No glyph for Ada"}'}).where(PrintRun.id == named)
    await drop_prints(store, room.course)
    files = {path.stem for path in (tmp_path / "media" / "prints").iterdir()}
    assert files == {str(handout), str(elsewhere)}
    run = await find_run(named)
    assert (run.file, run.failure, run.state, run.slips) == ("", None, "done", 6)
    # Erasing anybody does it.
    again = await print_names(room, store)
    await erase_student(None, store, room.course, room.students["Ada"])
    assert (await find_run(again)).file == ""


async def test_a_course_is_erased_when_its_time_has_come_and_not_a_day_before(
    room: Classroom, store: ObjectStore, db: str
) -> None:
    early, never = await make_classroom("Autumn"), await make_classroom("Winter")
    await room.report(None, "Tea", "scan", device=ADAS_PHONE)
    await early.report(None, "Tea", "scan", device=BOS_PHONE)
    await RefusedScan.insert(
        RefusedScan(reason="expired", course=room.course, device="c" * 16, at=now(), received_at=now())
    )
    run = await print_names(room, store)
    await ended(room.course, 91)
    await ended(early.course, 89)
    assert await erase_expired(store) == 3
    assert [student.name for student in await students_of(room.course)] == ["", "", ""]
    for other in (early, never):
        assert [student.name for student in await students_of(other.course)] == ["Ada", "Bo", "Cy"]
    entry = (await all_entries(room.course))[0]
    assert (entry.action, entry.via, entry.label, entry.detail) == (
        "course.erase",
        "command",
        "Spring",
        {"students": 3},
    )
    # Phones that never said whose they are are forgotten too, in this course.
    assert in_database(db, ADAS_PHONE, "c" * 16, BOS_PHONE) == [BOS_PHONE]
    assert (await find_run(run)).file == ""
    assert await Event.count() == 2


async def test_an_erased_course_is_looked_at_again_only_for_who_came_since(room: Classroom, store: ObjectStore) -> None:
    await ended(room.course, 91)
    assert await erase_expired(store) == 3
    before = await all_entries(room.course)
    assert await erase_expired(store) == 0
    assert await all_entries(room.course) == before
    await add_students(None, room.course, [Entry("9", "Di")])
    assert await erase_expired(store) == 1
    assert (await all_entries(room.course))[0].detail == {"students": 1}


async def test_a_course_without_students_is_erased_once_too(room: Classroom, store: ObjectStore) -> None:
    empty = Course(title="Empty", created_at=now(), updated_at=now())
    await Course.insert(empty)
    await ended(empty.id, 400, kept=30)
    assert (await erase_expired(store), await erase_expired(store)) == (0, 0)
    assert [(entry.action, entry.detail) for entry in await all_entries(empty.id)] == [
        ("course.erase", {"students": 0})
    ]


async def test_refused_scans_of_no_course_are_forgotten_when_they_are_old(room: Classroom) -> None:
    old, young = now() - STRAYS_KEPT - timedelta(hours=1), now() - STRAYS_KEPT + timedelta(hours=1)
    rows = [
        RefusedScan(reason=reason, course=course, at=at, received_at=at)
        for reason, course, at in (
            ("bad_token", None, old),
            ("unknown_link", None, young),
            ("expired", room.course, old),
        )
    ]
    await RefusedScan.insert(*rows)
    assert (await forget_strays(), await forget_strays()) == (1, 0)
    assert set(await RefusedScan.select(RefusedScan.reason).output(as_list=True)) == {"unknown_link", "expired"}


async def test_erasing_that_was_stopped_is_done_again_as_a_whole(
    room: Classroom, store: ObjectStore, db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words go in short transactions, the name goes last."""
    for name in ("FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(pieces, name, 3)
    await rename_student(room.alice, room.course, room.students["Ada"], "Adamantia")
    for _ in range(10):
        await room.report("Ada", "Tea", "scan", device=ADAS_PHONE, detail={"who": "Adamantia"})
    erasing = asyncio.create_task(erase_student(None, store, room.course, room.students["Ada"]))
    while await Event.count().where(Event.device.is_not_null()) > 5:  # noqa: ASYNC110 -- the rows say it
        await asyncio.sleep(0.001)
    erasing.cancel()
    await asyncio.wait([erasing])
    assert (await find_student(room.course, "1")).name == "Adamantia"
    await room.report("Ada", "Tea", "scan", device=ADAS_PHONE, detail={"who": "Adamantia"})
    assert await erase_student(None, store, room.course, room.students["Ada"])
    assert in_database(db, "Adamantia", ADAS_PHONE) == []


async def test_what_is_reported_and_written_down_while_a_student_is_erased_goes_too(
    room: Classroom, store: ObjectStore, db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PAUSE", 0.05)
    await room.report("Ada", "Tea", "scan", device=ADAS_PHONE)
    erasing = asyncio.create_task(erase_student(None, store, room.course, room.students["Ada"]))
    while await Event.exists().where(Event.device.is_not_null()):  # noqa: ASYNC110 -- the rows say it
        await asyncio.sleep(0.001)
    await room.report("Ada", "Tea", "scan", device=ADAS_PHONE, detail={"who": "Adamantia"})
    await rename_student(room.alice, room.course, room.students["Ada"], "Adamantia")
    assert await erasing
    assert in_database(db, ADAS_PHONE) == []
    assert [name for entry in await all_entries(room.course) for name in entry.detail.get("changes", {})] == []
