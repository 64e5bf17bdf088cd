"""Every scan is a row: each reason of the closed list is made to happen, reported as the page's script does, and shown."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response

from courses.catalogue.courses import course_of
from courses.clock import now
from courses.events.refused_scans import REASONS
from courses.lessons.authoring import lesson_by_id
from courses.lessons.links import set_link_times, withdraw_link
from courses.lessons.room_codes import set_room_code
from courses.lessons.schedule import schedule_lesson
from courses.lessons.trash import purge_lessons, trash_lessons
from courses.media.library import open_store
from courses.printing.ending import withdraw_run
from courses.printing.runs import find_run
from courses.privacy.erasing import erase_student
from courses.students.pin_hashes import new_pins
from courses.students.pins import give_pins
from courses.students.reading import Entry
from courses.students.roster import add_students, remove_student
from courses.tables.events import Event, RefusedScan
from courses.tables.lessons import Lesson
from courses.tables.links import Link
from courses.tables.people import Person
from courses.tables.printing import PrintRun
from courses.tables.roster import Student
from portal.pages.sharing import room
from portal.pages.student import go, who
from portal.student import refused_scans

WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 Mobile MicroMessenger/8.0.44"


def ticket_in(page: Response) -> str:
    found = re.search(r'data-refusal="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def tell(phone: Any, page: Response, identity: UUID | None = None) -> Response:
    """As static/js/student/refused.js does."""
    body = {"id": str(identity or uuid4()), "at": datetime.now(UTC).isoformat(), "ticket": ticket_in(page)}
    return phone.post("/api/refusals", json=body)


@pytest.fixture
def rows(run: Callable[..., Any]) -> Callable[[], list[dict[str, Any]]]:
    return lambda: run(lambda: RefusedScan.select().order_by(RefusedScan.received_at).run())


class Scene:
    """What the scenarios need to turn a phone away."""

    def __init__(self, room: Any, phone: Any, person: Any, store: Any) -> None:
        self.room, self.phone, self.person, self.store = room, phone, person, store
        self.ann = phone()

    def scan(self, seat: int | None = None) -> None:
        """And report what the page says."""
        page = self.ann.get(f"/s/{self.room.token(seat)}")
        assert page.status_code in (403, 404, 410), page.text
        assert tell(self.ann, page).json() == {"recorded": 1, "known": 0}

    def bad_token(self) -> None:
        token = self.room.token()
        other = "b" if token[0].lower() == "a" else "a"
        page = self.ann.get(f"/s/{other}{token[1:]}")
        assert token[1:] not in page.text
        tell(self.ann, page)

    def unknown_link(self) -> None:
        self.room.run(lambda: Link.delete().where(Link.id == self.room.link.id).run())
        self.scan()

    def lesson_deleted(self) -> None:
        self.room.run(trash_lessons, self.person, self.room.course, [self.room.lesson])
        self.scan()

    def template(self) -> None:
        self.room.run(lambda: Lesson.update({Lesson.template: True}).where(Lesson.id == self.room.lesson).run())
        self.scan()

    def withdrawn(self) -> None:
        self.room.run(withdraw_link, self.person, self.room.link)
        self.scan()

    def run_withdrawn(self) -> None:
        async def withdraw() -> None:
            run = PrintRun(
                course=self.room.course, number=3, created_at=now(), kind="handout", layout="a4-24", state="done"
            )
            await PrintRun.insert(run)
            await Link.update({Link.run: run.id, Link.serial: 17}).where(Link.id == self.room.link.id)
            await withdraw_run(self.person, self.store, await find_run(run.id))

        self.room.run(withdraw)
        self.scan()

    def expired(self) -> None:
        self.room.run(set_link_times, self.person, self.room.link, None, now() - timedelta(minutes=1))
        self.scan()

    def lesson_closed(self) -> None:
        self._schedule(None, now() - timedelta(minutes=1))

    def not_open(self) -> None:
        self.room.run(set_link_times, self.person, self.room.link, now() + timedelta(hours=1), None)
        self.scan()

    def lesson_not_open(self) -> None:
        self._schedule(now() + timedelta(hours=1), None)

    def _schedule(self, opens: datetime | None, closes: datetime | None) -> None:
        self.room.run(schedule_lesson, self.person, self.room.run(lesson_by_id, self.room.lesson), opens, closes)
        self.scan()

    def wrong_slip(self) -> None:
        self.scan(seat=900)

    def student_left(self) -> None:
        self.room.run(remove_student, None, self.room.course, self.room.students[1].id)
        self.scan(seat=1)

    def student_merged(self) -> None:
        one, other = self.room.students
        values = {Student.left_at: now(), Student.merged_into: one.id}
        self.room.run(lambda: Student.update(values).where(Student.id == other.id).run())
        # as long as the other is on the list, the slip leads there
        self.room.run(remove_student, None, self.room.course, one.id)
        self.scan(seat=1)

    def student_erased(self) -> None:
        self.room.run(erase_student, None, self.store, self.room.course, self.room.students[1].id)
        self.scan(seat=1)

    def no_cookie(self) -> None:
        tell(self.ann, self.ann.get(f"/l/{self.room.link.code}"))

    def in_app(self) -> None:
        wechat = self.phone(user_agent=WECHAT)
        token = self.room.token()
        page = wechat.get(f"/s/{token}")
        app = re.search(r'data-app="(\w+)"', page.text)[1]
        wechat.send("scan", link=token, detail={"browser": app})

    def code_incomplete(self) -> None:
        assert self.ann.post("/go", data={"code": "7K4"}).status_code == 422

    def code_check(self) -> None:
        spoken = self.room.link.spoken
        wrong = ("2" if spoken[0] == "1" else "1") + spoken[1:]
        assert self.ann.post("/go", data={"code": wrong}).status_code == 422

    def code_unknown(self) -> None:
        self.room.run(lambda: Link.delete().where(Link.id == self.room.link.id).run())
        assert self.ann.post("/go", data={"code": self.room.link.spoken}).status_code == 422

    def codes_limited(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(go, "NETWORK_LIMIT", 1)
            self._forgotten(lambda: self.ann.post("/go", data={"code": "7K4"}))
            assert self.ann.post("/go", data={"code": self.room.link.spoken}).status_code == 429

    def name_unknown(self) -> None:
        assert self._name("Nobody at all").status_code == 422

    def name_ambiguous(self) -> None:
        self.room.run(add_students, None, self.room.course, [Entry("7", "Li Lei"), Entry("8", "Li Lei")])
        assert self._name("Li Lei").status_code == 409

    def names_limited(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(who, "LIMIT", 1)
            self._forgotten(lambda: self._name("Nobody"))
            assert self._name("2026001").status_code == 429

    def pin_wrong(self) -> None:
        made = new_pins(self.room.settings.keyring, 1)
        self.room.run(give_pins, self.person, self.room.course, self.room.students[:1], made)
        self.ann.get(f"/s/{self.room.token()}")
        wrong = "000000" if made[0][0] != "000000" else "000001"
        form = {"student": self.room.students[0].number, "pin": wrong}
        assert self.ann.post(f"/l/{self.room.link.code}/student", data=form).status_code == 422

    def _late(self) -> Any:
        """A phone with a link that was passed on."""
        self.room.run(set_room_code, self.person, self.room.course, True)
        self.ann.get(f"/s/{self.room.token()}")
        return self.ann.get(f"/l/{self.room.link.code}")

    def room_code_missing(self) -> None:
        tell(self.ann, self._late())

    def _digits(self) -> int:
        return self.ann.post(f"/l/{self.room.link.code}/room", data={"code": "x"}).status_code

    def room_code_wrong(self) -> None:
        self._late()
        assert self._digits() == 422

    def room_codes_limited(self) -> None:
        self._late()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(room, "LIMIT", 1)
            self._forgotten(self._digits)
            assert self._digits() == 429

    def _forgotten(self, attempt: Callable[[], Any]) -> None:
        """One that is not what is looked at."""
        attempt()
        self.room.run(lambda: RefusedScan.delete(force=True).run())

    def _name(self, typed: str) -> Response:
        self.ann.get(f"/s/{self.room.token()}")
        return self.ann.post(f"/l/{self.room.link.code}/student", data={"student": typed})


#: reasons of a scan of which no link is known
STRAYS = {"bad_token", "unknown_link", "code_incomplete", "code_check", "code_unknown", "codes_limited"}


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_is_a_row_of_its_own_and_is_shown(
    reason: str, classroom: Any, phone: Callable[..., Any], alice: Any, alice_person: Any, rows: Any, app: Any
) -> None:
    scene = Scene(classroom, phone, alice_person, open_store(classroom.settings.media))
    getattr(scene, reason)()
    if reason == "in_app":
        assert [event["kind"] for event in classroom.events()] == ["scan"]
    else:
        (row,) = rows()
        assert row["reason"] == reason
        assert (row["course"] is None) == (reason in STRAYS)
        assert classroom.events() == []
    page = alice.get(f"/courses/{classroom.course}/scans?outcome={reason}")
    assert page.text.count('class="outcome refused"') == (reason not in STRAYS)
    if reason.startswith("student_"):
        assert rows()[0]["student"] == classroom.students[1].id
    if reason == "run_withdrawn":
        assert "P3-017" in page.text


def test_a_page_that_turns_away_counts_nothing_until_its_script_reports_and_then_once(
    classroom: Any, phone: Callable[..., Any], alice_person: Any, rows: Any
) -> None:
    classroom.run(withdraw_link, alice_person, classroom.link)
    ann, token = phone(), classroom.token()
    page = ann.get(f"/s/{token}")
    assert rows() == []
    assert token.lower() not in page.text.lower()
    identity = uuid4()
    assert tell(ann, page, identity).json() == {"recorded": 1, "known": 0}
    assert tell(ann, page, identity).json() == {"recorded": 0, "known": 1}
    assert len(rows()) == 1
    # Loading the page again is the same visit for its script, another refusal or address is another one.
    visits = [
        re.search(r'data-visit="(\w+)"', ann.get(path).text)[1] for path in (f"/s/{token}", f"/S/{token}", "/s/x")
    ]
    assert visits[0] == visits[1] != visits[2]


def test_a_refusal_that_nobody_was_given_is_not_written_down(
    classroom: Any, phone: Any, alice_person: Any, rows: Any
) -> None:
    classroom.run(withdraw_link, alice_person, classroom.link)
    ann = phone()
    ticket = ticket_in(ann.get(f"/s/{classroom.token()}"))
    at = datetime.now(UTC).isoformat()
    good = {"id": str(uuid4()), "at": at, "ticket": ticket}
    for body, status in (
        ({**good, "ticket": ticket.swapcase()}, 404), ({**good, "ticket": "ü"}, 404), ({**good, "ticket": ""}, 404),
        ({**good, "id": "1"}, 400), ({**good, "at": "2026-01-01T00:00:00"}, 400), ({**good, "at": "9999-01-01T00:00:00Z"}, 400),
        ({**good, "reason": "expired"}, 400), ([], 400),
    ):  # fmt: skip
        answer = ann.post("/api/refusals", json=body)
        assert answer.status_code == status, body
        assert set(answer.json()) == {"error"}
    assert rows() == []


@pytest.fixture
def three_refusals_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused_scans, "DEVICE_LIMIT", 3)


@pytest.mark.usefixtures("three_refusals_a_minute", "own_app")
def test_one_phone_can_not_fill_the_log(
    classroom: Any, phone: Callable[..., Any], alice_person: Any, rows: Any
) -> None:
    ann, other = phone(), phone()
    for each in (ann, other):
        each.get(f"/s/{classroom.token()}")
    classroom.run(withdraw_link, alice_person, classroom.link)
    page = f"/l/{classroom.link.code}"
    assert [tell(ann, ann.get(page)).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    assert tell(other, other.get(page)).status_code == 200
    assert {row["device"] for row in rows()} == {row["device"] for row in rows() if row["device"]}
    for _ in range(5):
        ann.post("/go", data={"code": "x"})
    assert len(rows()) == 4


def test_log_shows_scans_and_refusals_in_order_page_by_page(
    classroom: Any, alice: Any, bob: Any, monkeypatch: pytest.MonkeyPatch, run: Any, counted: Any
) -> None:
    start = now() - timedelta(hours=2)

    async def furnish() -> None:
        for minute in range(60):
            moment = start + timedelta(minutes=minute)
            common = {"lesson": classroom.lesson, "link": classroom.link.id, "at": moment, "received_at": moment}
            if minute % 3:
                student = classroom.students[minute % 2].id
                await Event.insert(Event(id=uuid4(), kind="scan", platform="xiaohongshu", student=student, **common))
            else:
                await RefusedScan.insert(RefusedScan(id=uuid4(), reason="expired", course=classroom.course, **common))

    run(furnish)
    path = f"/courses/{classroom.course}/scans"
    with counted() as queries:
        first = alice.get(path)
    assert len(queries) <= 12, queries
    second = alice.get(path + re.search(r'href="(\?before=[^"]+)"', first.text)[1])
    times = re.findall(r'<td class="when"><time datetime="([^"]+)"', first.text + second.text)
    assert len(times) == 60
    assert times == sorted(times, reverse=True)
    assert "60 scans" in first.text
    assert "before=" not in second.text
    for query, count in (("outcome=expired", 20), ("outcome=refused", 20), ("outcome=opened", 40), ("outcome=nothing", 50),
                         (f"student={classroom.students[0].id}", 20), (f"lesson={uuid4()}", 0), ("since=2999-01-01", 0),
                         ("since=x&until=9999-99-99&before=1_2", 50)):  # fmt: skip
        page = alice.get(f"{path}?{query}").text
        assert page.count('<td class="when">') == count, query
    chinese = alice.get(path, headers={"accept-language": "zh"}).text
    assert "扫码记录" in chinese
    assert bob.get(path).status_code == 404


def test_of_a_lesson_that_is_gone_nothing_is_left(
    classroom: Any, phone: Any, alice: Any, alice_person: Any, rows: Any
) -> None:
    scene = Scene(classroom, phone, alice_person, open_store(classroom.settings.media))
    scene.lesson_deleted()
    assert len(rows()) == 1
    classroom.run(purge_lessons, alice_person, scene.store, classroom.course, [classroom.lesson])
    assert rows() == []
    assert (
        classroom.run(course_of, alice_person, classroom.course).title
        in alice.get(f"/courses/{classroom.course}/scans").text
    )


def test_class_that_mistypes_at_once_is_written_down_whole(phone: Callable[..., Any], rows: Any) -> None:
    for _ in range(40):
        assert phone().post("/go", data={"code": "7K4"}).status_code == 422
    assert [row["reason"] for row in rows()] == ["code_incomplete"] * 40


def test_scans_of_no_course_are_shown_to_admins_alone(
    alice: Any, phone: Callable[..., Any], run: Any, alice_person: Any
) -> None:
    ann = phone()
    tell(ann, ann.get("/s/nothing"))
    ann.post("/go", data={"code": "7K4"})
    assert alice.get("/people/scans").status_code == 404
    run(lambda: Person.update({Person.admin: True}).where(Person.id == alice_person.id).run())
    page = alice.get("/people/scans").text
    assert page.count('class="outcome refused"') == 2
    assert "Code not whole" in page
    assert "Not one of our codes" in page
