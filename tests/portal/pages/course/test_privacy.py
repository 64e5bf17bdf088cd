"""Privacy: what is kept can be seen and taken along, goes when it is time, and leaves no trace; the counts stay."""

import io
import json
import logging
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import obstore
import pytest

from courses.clock import now
from courses.media.library import open_store
from courses.printing.values import ProblemRecord
from courses.privacy.erasing import scrub
from courses.results.completion import completion
from courses.results.export_tables import COLUMNS
from courses.students.merging import merge_students
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.students.values import StudentInfo
from courses.tables.classes import Delivery
from courses.tables.courses import Course
from courses.tables.events import Event, Handover, RefusedScan
from courses.tables.lessons import Lesson
from courses.tables.printing import PrintRun
from courses.tables.roster import Claim, Excuse, Student
from courses.upkeep.sweeping import sweep
from courses.webhooks.addresses import add_webhook
from courses.webhooks.changes import ChangeCursor, queue_changes

NAME, OLD_NAME, NUMBER, NOTE = "Quetzalina Zsófi 欧阳", "Quetzalina Typo", "S-90210-77", "65feedbeef00000012345678"
NEEDLES = ("Quetzalina", "欧阳", NUMBER, NOTE, "Blaumeise")


@pytest.fixture
def anna(classroom: Any, alice: Any, alice_person: Any, phone: Callable[..., Any], run: Any) -> dict[str, Any]:
    """A student about whom there is something everywhere."""
    course, store = classroom.course, open_store(classroom.settings.media)
    run(add_webhook, alice_person, classroom.settings.keyring, course, "https://hooks.example.org")
    run(add_students, None, course, [Entry(NUMBER, OLD_NAME)])
    student: StudentInfo = next(each for each in run(students_of, course) if each.number == NUMBER)
    alice.post(f"/courses/{course}/students/{student.id}", data={"name": NAME})
    phones = phone(), phone()
    phones[0].get(f"/s/{classroom.token(student.seat)}")
    phones[1].get(f"/s/{classroom.token()}")
    phones[1].post(f"/l/{classroom.link.code}/student", data={"student": "Quetzalina Nobody"})
    phones[1].post(f"/l/{classroom.link.code}/student", data={"student": NUMBER})
    for each in phones:
        each.send("scan")
        each.send("launch", detail={"mode": NAME})
        each.send("launch", detail={"mode": "js_sdk", "reason": "no_keys", "text": "Blaumeise"})
        each.send("fail", detail={"message": f"{NAME} may not", "cause": "token", "reason": NAME})
        each.send("link", detail={"text": f"https://www.xiaohongshu.com/explore/{NOTE}"})
    decision = {"decision": "refuse", "platform": "xiaohongshu", "reason": f"{NAME}, the Blaumeise is missing"}
    alice.post(f"/courses/{course}/completion/{classroom.lesson}/{student.id}/decision", data=decision)

    async def more() -> None:
        await Excuse.insert(Excuse(student=student.id, lesson=classroom.lesson, reason="Blaumeise", at=now()))
        await Student.update({Student.group: "Blaumeise"}).where(Student.id == student.id)
        share = Handover(platform="douyin", share="Blaumeise", link=classroom.link.id, lesson=classroom.lesson,
                         student=student.id, created_at=now())  # fmt: skip
        await Handover.insert(share)
        await obstore.put_async(store, "prints/names.pdf", NAME.encode())
        await PrintRun.insert(PrintRun(course=course, number=9, created_at=now(), ended_at=now(), kind="personal",
                                       layout="a4-24", state="done", file="prints/names.pdf"))  # fmt: skip
        problem = msgspec.json.encode(ProblemRecord("“{text}” has characters …", {"text": NAME})).decode()
        await PrintRun.insert(PrintRun(course=course, number=10, created_at=now(), ended_at=now(), kind="catchup",
                                       layout="a4-24", state="failed", problem=problem))  # fmt: skip
        await queue_changes(ChangeCursor())

    run(more)
    run(add_students, None, course, [Entry("Blaumeise-7", f"{NAME} twice")])
    twice = next(each for each in run(students_of, course) if each.number == "Blaumeise-7")
    run(merge_students, alice_person, course, twice.id, student.id)
    assert run(lambda: Delivery.count().run()) == 1
    assert run(lambda: Claim.count().run()) == 1
    devices = {row["device"] for row in classroom.events() if row["device"]}
    assert len(devices) == 2
    return {"student": student, "devices": devices, "store": store}


def counts(run: Any, course: UUID) -> tuple[Any, ...]:
    whole = run(completion, course)
    events = run(lambda: Event.select(Event.kind, Event.platform).run())
    return dict(whole.overall), sorted(map(str, events)), len(run(lambda: RefusedScan.select().run()))


def test_erasing_leaves_no_trace_in_database_files_log_and_exports(
    anna: dict[str, Any], classroom: Any, alice: Any, run: Any, traces: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    course, student = classroom.course, anna["student"]
    needles = (*NEEDLES, *anna["devices"])
    assert {trace.partition(": ")[2] for trace in traces(needles)} == set(needles)
    before = counts(run, course)
    path = f"/courses/{course}/students/{student.id}"
    wrong = alice.post(f"{path}/erasure", data={"number": "1"})
    assert wrong.status_code == 422
    assert "not the student’s number" in wrong.text
    assert alice.post(f"{path}/erasure", data={"number": NUMBER}).headers["location"].endswith("done=erased")
    assert traces(needles) == []
    assert counts(run, course) == before
    pages = [f"/courses/{course}{rest}" for rest in ("/completion", "/roster", "/log", "/log.csv", "/scans", "/prints")]
    pages += [
        f"/courses/{course}/exports/{name}/file.json?" + "&".join(f"columns={key}" for key in COLUMNS[name])
        for name in COLUMNS
    ]
    pages += [
        f"{path}/data",
        f"/courses/{course}/completion/{classroom.lesson}/{student.id}",
        f"/courses/{course}/webhooks",
    ]
    for page in pages:
        answer = alice.get(page)
        assert answer.status_code == 200, page
        assert [word for word in needles if word in answer.text] == [], page
    assert [word for word in needles if word in caplog.text] == []
    detail = [json.loads(row["detail"]) for row in classroom.events() if row["student"] == student.id]
    assert {"cause": "token"} in detail
    assert {"cause": "token"} in detail
    assert "erased the data of the student" in alice.get(f"/courses/{course}/log").text


def test_what_only_a_person_can_decide_is_listed_after_an_erasure_and_kept_nowhere(
    anna: dict[str, Any], classroom: Any, alice: Any, run: Any, traces: Any
) -> None:
    course, student, lesson = classroom.course, anna["student"], classroom.lesson
    run(lambda: Lesson.update({Lesson.title: f"Tea by {NAME}"}).where(Lesson.id == lesson).run())
    bo = next(each for each in run(students_of, course) if each.number == "2026001")
    run(lambda: Excuse.insert(Excuse(student=bo.id, lesson=lesson, reason=f"Works with {NUMBER}", at=now())).run())
    page = alice.post(f"/courses/{course}/students/{student.id}/erasure", data={"number": NUMBER})
    assert page.status_code == 200
    assert "The student’s data is erased." in page.text
    listed = page.text.partition("data-traces")[2].partition("</table>")[0]
    assert f"Tea by {NAME}" in listed
    assert f"Works with {NUMBER}" in listed
    links = re.findall(r'href="([^"]+)"', listed)
    assert set(links) == {f"/lessons/{lesson}/edit", f"/courses/{course}/completion/{lesson}/{bo.id}"}
    assert {alice.get(link).status_code for link in links} == {200}
    run(lambda: Lesson.update({Lesson.title: "Tea"}).where(Lesson.id == lesson).run())
    run(lambda: Excuse.update({Excuse.reason: ""}).where(Excuse.student == bo.id).run())
    again = alice.post(f"/courses/{course}/privacy/traces", data={"words": f"{NAME}\r\n\r\n{NUMBER}"})
    assert "These words stand nowhere in this course." in again.text
    run(scrub)
    assert traces(NEEDLES) == []


def test_words_are_looked_for_by_the_owner_in_the_own_course(
    anna: dict[str, Any], classroom: Any, alice: Any, bob: Any
) -> None:
    path = f"/courses/{classroom.course}/privacy/traces"
    assert bob.post(path, data={"words": NAME}).status_code == 404
    page = alice.post(path, data={"words": OLD_NAME})
    # The student is still there, so that the list and the log are places, too.
    assert 'href="/courses/' in page.text.partition("data-traces")[2]
    assert f">{OLD_NAME}</textarea>" in page.text
    assert "data-traces" not in alice.post(path, data={"words": "x\ny"}).text


def test_an_erased_student_is_found_by_nobody_and_the_slip_is_dead(
    anna: dict[str, Any], classroom: Any, alice: Any, phone: Callable[..., Any]
) -> None:
    student = anna["student"]
    path = f"/courses/{classroom.course}/students/{student.id}"
    alice.post(f"{path}/erasure", data={"number": NUMBER})
    ann = phone()
    assert ann.get(f"/s/{classroom.token()}").status_code == 303
    for typed in (NUMBER, NAME, f"#{student.seat}"):
        assert ann.post(f"/l/{classroom.link.code}/student", data={"student": typed}).status_code == 422
    again = alice.post(f"{path}/erasure", data={"number": f"#{student.seat}"})
    assert again.status_code == 303
    assert "/erasure" not in alice.get(f"{path}/data").text
    assert alice.post(path, data={"name": NAME}).status_code == 409


def test_the_sweep_erases_courses_whose_time_is_over_and_no_others(
    anna: dict[str, Any], classroom: Any, alice: Any, run: Any, traces: Any
) -> None:
    course, before = classroom.course, counts(run, classroom.course)

    def ends(days_ago: float) -> None:
        moment = now() - timedelta(days=days_ago)
        run(lambda: Course.update({Course.ends_at: moment}).where(Course.id == course).run())

    assert run(sweep, anna["store"]).students == 0
    ends(89)
    assert run(sweep, anna["store"]).students == 0
    assert traces(NEEDLES) != []
    ends(90.1)
    assert run(sweep, anna["store"]).students == 4
    assert traces((*NEEDLES, *anna["devices"], "林小满", "Ann O'Neil")) == []
    assert counts(run, course) == before
    assert run(sweep, anna["store"]).students == 0
    assert "was erased on" in alice.get(f"/courses/{course}/privacy").text
    assert "erased the personal data of 4 students" in alice.get(f"/courses/{course}/log").text


def test_the_time_is_set_and_never_erases_by_a_typing_error(alice: Any, course: UUID, run: Any) -> None:
    path = f"/courses/{course}/privacy"
    assert "kept without limit" in alice.get(path).text
    day = (now() + timedelta(days=3)).date()
    assert alice.post(path, data={"ends": day.isoformat(), "days": "30"}).status_code == 303
    page = alice.get(path).text
    assert f'value="{day.isoformat()}"' in page
    due = (day + timedelta(days=30)).isoformat()
    row = run(lambda: Course.select(Course.ends_at, Course.retention_days).first().run())
    assert (row["ends_at"] + timedelta(days=row["retention_days"])).date().isoformat() == due
    for ends, days in (("2020-01-01", "90"), ("x", "90"), (day.isoformat(), "0"), (day.isoformat(), "4000"), (day.isoformat(), "x"),
                       ("9999-12-31", "90")):  # fmt: skip
        answer = alice.post(path, data={"ends": ends, "days": days})
        assert answer.status_code == 422, (ends, days)
        assert 'aria-invalid="true"' in answer.text
    assert "changed how long personal data is kept" in alice.get(f"/courses/{course}/log").text
    assert alice.post(path, data={"ends": "", "days": "90"}).status_code == 303
    assert "kept without limit" in alice.get(path).text


def test_all_that_is_kept_of_a_student_is_a_zip_with_nothing_of_others(
    anna: dict[str, Any], classroom: Any, alice: Any
) -> None:
    answer = alice.get(f"/courses/{classroom.course}/students/{anna['student'].id}/data.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(archive.read("student.json"))
    assert (data["student"]["number"], data["student"]["name"]) == (NUMBER, NAME)
    assert {event["kind"] for event in data["events"]} == {"scan", "launch", "fail", "link", "refuse"}
    assert data["publications"][0]["note_id"] == NOTE
    assert [len(data[kind]) for kind in ("phones", "excuses", "handovers")] == [1, 1, 1]
    assert any(change["action"] == "student.rename" for change in data["changes"])
    assert {"student.json", "events.csv", "publications.csv", "phones.csv"} <= set(archive.namelist())
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert not [other for other in ("林小满", "O'Neil", "2026001") if other in whole]
    assert alice.get(f"/courses/{classroom.course}/students/{uuid4()}/data.zip").status_code == 404


def test_students_read_about_it_in_both_languages_from_every_page(
    classroom: Any, phone: Callable[..., Any], alice: Any
) -> None:
    alice.post(f"/courses/{classroom.course}/privacy", data={"ends": "2099-01-31", "days": "90"})
    for language, title, words in (("en", "Your data", "is erased on"), ("zh-CN", "你的资料", "清除")):
        ann = phone(language)
        stranger = ann.get("/privacy")
        assert title in stranger.text
        assert "Spring campaign" not in stranger.text
        address = ann.get(f"/s/{classroom.token()}").headers["location"]
        for page in (address, "/go", "/s/x"):
            assert f'<a href="/privacy">{title}</a>' in ann.get(page).text, page
        mine = ann.get("/privacy").text
        assert "Spring campaign 春季" in mine
        assert words in mine
        assert "2099" in re.sub("<[^>]+>", "", mine)
