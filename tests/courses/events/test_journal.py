"""The journal: what was acknowledged is there once, whatever else happens."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from courses import database
from courses.catalogue.courses import create_course
from courses.clock import now
from courses.events import journal as journal_module
from courses.events.journal import Commit, Journal, Recorded
from courses.events.ladder import Report
from courses.events.publications import attribute
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.people.accounts import add_person
from courses.results.deciding import decide
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.events import Event, Publication
from tests.databases import Beside

pytestmark = pytest.mark.anyio


class Class:
    """Alice's course with one lesson and three students."""

    def __init__(self, alice: SignedIn, lesson: UUID, link: UUID, students: list[UUID]) -> None:
        self.alice, self.lesson, self.link, self.students = alice, lesson, link, students

    def report(self, kind: str = "scan", student: int | None = 0, **more: object) -> Report:
        moment = now()
        who = None if student is None else self.students[student]
        values = {"lesson": self.lesson, "link": self.link, "student": who, "platform": "xiaohongshu"}
        return Report(**values | {"kind": kind, "at": moment, "received_at": moment} | more)


@pytest.fixture
async def klass(db: str) -> Class:
    alice = await add_person("alice@example.org", "Alice")
    course = await create_course(alice, "Spring")
    await add_students(None, course, [Entry("1", "Lin"), Entry("2", "Wang"), Entry("3", "Li")])
    lesson = await create_shared_lesson(alice, course, LessonDraft("normal", "Tea"))
    link = (await class_links([lesson]))[lesson]
    return Class(alice, lesson, link.id, [student.id for student in await students_of(course)])


@pytest.fixture
async def journal(db: str) -> Journal:
    journal = Journal()
    await journal.start()
    yield journal
    await journal.stop()


async def test_record_answers_after_the_commit(klass: Class, journal: Journal) -> None:
    assert await journal.record([klass.report("scan"), klass.report("preview")]) == Recorded(2, 0)
    assert await Event.count() == 2
    assert [row["rung"] for row in await Publication.select()] == ["previewed"]


async def test_record_counts_a_repeat_as_known(klass: Class, journal: Journal) -> None:
    report = klass.report()
    assert await journal.record([report, report]) == Recorded(1, 1)
    assert await journal.record([report]) == Recorded(0, 1)
    assert await Event.count() == 1


async def test_record_groups_concurrent_requests(
    klass: Class, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = []
    original = journal_module._commit

    async def counting(reports: list[Report]) -> set[UUID]:
        commits.append(len(reports))
        return await original(reports)

    monkeypatch.setattr(journal_module, "_commit", counting)
    results = await asyncio.gather(*(journal.record([klass.report(student=n % 3)]) for n in range(300)))
    assert results == [Recorded(1, 0)] * 300
    assert await Event.count() == 300
    assert sum(commits) == 300
    assert len(commits) <= 3, "300 requests share a few transactions"


async def test_record_splits_what_is_too_large_for_a_group(
    klass: Class, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "GROUP", 10)
    batches = [[klass.report() for _ in range(size)] for size in (7, 7, 25, 1, 9)]
    results = await asyncio.gather(*(journal.record(batch) for batch in batches))
    assert [result.recorded for result in results] == [7, 7, 25, 1, 9]
    assert await Event.count() == 49


async def test_record_of_one_event_waits_for_nobody_who_sends_hundreds(klass: Class) -> None:
    commits: list[Commit] = []
    journal = Journal(commits.append)
    await journal.start()
    many = [asyncio.create_task(journal.record([klass.report() for _ in range(100)])) for _ in range(10)]
    await asyncio.sleep(0)
    begun = len(commits)
    assert await journal.record([klass.report(student=1)]) == Recorded(1, 0)
    assert len(commits) <= begun + 2, "the group that was under way, and its own"
    assert max(commit.events for commit in commits) <= journal_module.PIECE + 1
    assert [result.recorded for result in await asyncio.gather(*many)] == [100] * 10
    assert await Event.count() == 1_001
    await journal.stop()


async def test_record_fails_the_bad_request_alone(klass: Class, journal: Journal) -> None:
    good, bad = klass.report(), klass.report(lesson=uuid4())
    results = await asyncio.gather(journal.record([good]), journal.record([bad]), return_exceptions=True)
    assert results[0] == Recorded(1, 0)
    assert isinstance(results[1], Exception)
    assert await journal.record([klass.report()]) == Recorded(1, 0), "the journal goes on"
    assert await Event.count() == 2


@pytest.mark.sqlite_only("another process holds the file")
async def test_record_of_many_waits_for_an_outage_once(
    klass: Class, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.DB, "wait", 0.2)
    other = sqlite3.connect(database.DB.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    results = await asyncio.gather(*(journal.record([klass.report()]) for _ in range(9)), return_exceptions=True)
    assert time.monotonic() - began < 0.8, "not each by itself"
    assert all(isinstance(result, sqlite3.OperationalError) for result in results)
    other.execute("COMMIT")
    assert await journal.record([klass.report()]) == Recorded(1, 0)


@asynccontextmanager
async def refusing(address: str) -> AsyncIterator[None]:
    """The database can be read and takes no writes."""
    if address.startswith("sqlite"):
        database.DB._writer.execute("PRAGMA query_only = 1")
        yield
        database.DB._writer.execute("PRAGMA query_only = 0")
        return
    setting = f"ALTER DATABASE {address.rpartition('/')[2]} SET default_transaction_read_only ="
    with Beside(address) as beside:
        beside.execute(f"{setting} on")
        await database.DB.pool.expire_connections()  # it is of new ones
        yield
        beside.execute(f"{setting} off")


@pytest.mark.both_databases
async def test_refusal_is_known_until_the_database_takes_something_again(
    db: str, klass: Class, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nobody reports meanwhile."""
    monkeypatch.setattr(journal_module, "AGAIN", 0.01)
    assert journal.refused is None
    async with refusing(db):
        with pytest.raises((sqlite3.OperationalError, asyncpg.ReadOnlySQLTransactionError)) as told:
            await journal.record([klass.report()])
        assert journal.refused is told.value
        await asyncio.sleep(0.05)
        assert journal.refused is not None
    async with asyncio.timeout(10):
        while journal.refused is not None:  # noqa: ASYNC110 -- as a balancer looks
            await asyncio.sleep(0.01)
    assert await Event.count() == 0


async def test_record_of_nothing_is_nothing(klass: Class, journal: Journal) -> None:
    assert await journal.record([]) == Recorded(0, 0)


async def test_record_survives_who_hung_up(klass: Class, journal: Journal) -> None:
    async def impatient() -> None:
        async with asyncio.timeout(0):
            await journal.record([klass.report()])

    results = await asyncio.gather(impatient(), journal.record([klass.report()]), return_exceptions=True)
    assert isinstance(results[0], TimeoutError)
    assert results[1] == Recorded(1, 0)


async def test_record_survives_who_hung_up_with_a_bad_report(klass: Class, journal: Journal) -> None:
    async def impatient() -> None:
        async with asyncio.timeout(0):
            await journal.record([klass.report(lesson=uuid4())])

    await asyncio.gather(impatient(), return_exceptions=True)
    assert await journal.record([klass.report()]) == Recorded(1, 0)


async def test_stop_writes_what_waits(klass: Class) -> None:
    journal = Journal()
    await journal.start()
    waiting = asyncio.create_task(journal.record([klass.report()]))
    await asyncio.sleep(0)
    await journal.stop()
    assert await waiting == Recorded(1, 0)
    await Journal().stop()  # one that was never started


async def test_waiting_counts_what_no_commit_has_begun(klass: Class) -> None:
    journal = Journal()
    requests = [asyncio.create_task(journal.record([klass.report(), klass.report()])) for _ in range(2)]
    await asyncio.sleep(0)
    assert journal.waiting == 2
    await journal.start()
    await asyncio.gather(*requests)
    assert journal.waiting == 0
    await journal.stop()


async def test_attribute_names_what_came_before_the_name(klass: Class, journal: Journal) -> None:
    early = [klass.report("scan", None, device="a" * 16), klass.report("preview", None, device="a" * 16)]
    await journal.record([*early, klass.report("scan", None, device="b" * 16)])
    assert await Publication.count() == 0
    ids = [report.id for report in early]
    assert await attribute(ids, klass.students[1]) == 2
    rows = await Publication.select(Publication.student, Publication.rung)
    assert rows == [{"student": klass.students[1], "rung": "previewed"}]
    assert await attribute(ids, klass.students[0]) == 0


async def test_decide_confirms_and_refuses_with_a_trace(klass: Class, journal: Journal) -> None:
    await journal.record(
        [klass.report("link", detail={"url": "https://www.xiaohongshu.com/explore/1", "note_id": "1"})]
    )
    await decide(klass.alice, klass.lesson, klass.students[0], "xiaohongshu", "refuse", "another lesson's note")
    row = await Publication.select().first()
    assert (row["rung"], row["refusal"]) == ("not_started", "another lesson's note")
    await decide(klass.alice, klass.lesson, klass.students[0], "xiaohongshu", "confirm")
    row = await Publication.select().first()
    assert (row["rung"], row["note_url"]) == ("confirmed", "https://www.xiaohongshu.com/explore/1")
    people = [row["person"] for row in await Event.select(Event.person).order_by(Event.received_at)]
    assert people == [None, klass.alice.id, klass.alice.id]


async def test_late_report_keeps_its_own_time(klass: Class, journal: Journal) -> None:
    moment = now()
    await journal.record([klass.report("launch", at=moment - timedelta(hours=3), received_at=moment)])
    assert (await Publication.select(Publication.launched_at).first())["launched_at"] == moment - timedelta(hours=3)
