"""Made-up names: no real one is taken in by any way, and those that were there are gone from everything that is kept."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from courses.catalogue.courses import course_of
from courses.clock import now
from courses.media.library import open_store
from courses.people.api_keys import create_api_key
from courses.results.export_tables import COLUMNS
from courses.students.roster import remove_student, students_of
from courses.tables.printing import PrintRun
from courses.tables.roster import Excuse

Run = Callable[..., Any]
REAL = ("王小明真名", "Quetzalina Zsófi")


@pytest.fixture
def aliased(alice: Any, course: UUID) -> UUID:
    """Alice's course, which has nobody yet, with made-up names."""
    assert alice.post(f"/courses/{course}/aliases", data={"x": ""}).status_code == 303
    return course


def test_names_in_a_list_are_never_stored(alice: Any, aliased: UUID, run: Run, traces: Any) -> None:
    path = f"/courses/{aliased}/roster"
    assert "names in a list are not kept" in alice.get(f"{path}/new").text
    text = f"学号,姓名,小组\n1,{REAL[0]},甲\n2,{REAL[1]},乙"
    plan = alice.post(path, data={"roster": text, "do": "check"}).text
    assert "2 students new: 1 (甲), 2 (乙)" in plan
    assert alice.post(path, data={"roster": text}).status_code == 303
    one = {"file": ("a.csv", f"3,{REAL[0]}\n".encode("gbk"), "text/csv")}
    assert alice.post(path, files=one, data={"roster": "", "encoding": "gb18030"}).status_code == 303
    roster = run(students_of, aliased)
    assert [(student.number, student.group) for student in roster] == [("1", "甲"), ("2", "乙"), ("3", "")]
    names = [student.name for student in roster]
    assert len(set(names)) == 3
    # the course has a Chinese title
    assert all(re.fullmatch("[\u4e00-\u9fff]+", name) for name in names)
    # the same list again renames nobody, and who left comes back under the same name
    run(remove_student, None, aliased, roster[1].id)
    assert "stays as it is" in alice.post(path, data={"roster": text, "do": "check"}).text
    alice.post(path, data={"roster": text})
    assert [student.name for student in run(students_of, aliased)] == names
    assert traces(REAL) == []


def test_programs_need_no_names_and_have_none_kept(
    client: Any, aliased: UUID, alice_person: Any, run: Run, traces: Any
) -> None:
    headers = {"authorization": f"Bearer {run(create_api_key, alice_person, 'tests')}"}
    path = f"/api/v1/courses/{aliased}/students"
    answer = client.post(path, json=[{"number": 1}, {"number": "2", "name": REAL[0]}], headers=headers)
    done = answer.json()
    assert (done["added"], done["renamed"], done["unchanged"]) == (2, 0, 0)
    answer = client.post(path, content=f"3,{REAL[1]}\n4", headers=headers | {"content-type": "text/csv"})
    assert answer.json()["added"] == 2
    assert all(student["name"] for student in client.get(path, headers=headers).json())
    assert traces(REAL) == []


def test_names_that_were_there_are_gone_for_good(
    alice: Any, alice_person: Any, classroom: Any, phone: Callable[..., Any], run: Run, traces: Any
) -> None:
    course, store = classroom.course, open_store(classroom.settings.media)
    alice.post(f"/courses/{course}/roster", data={"roster": f"7,{REAL[0]}\n8,Typo {REAL[1]}\n9,李"})
    seven, eight = run(students_of, course)[:2]
    alice.post(f"/courses/{course}/students/{eight.id}", data={"name": REAL[1]})
    ann = phone()
    ann.get(f"/s/{classroom.token(seven.seat)}")
    ann.send("fail", detail={"message": f"{REAL[0]} may not"})
    ann.send("claim")
    decision = {"decision": "refuse", "platform": "xiaohongshu", "reason": f"{REAL[1]} did it"}
    alice.post(f"/courses/{course}/completion/{classroom.lesson}/{seven.id}/decision", data=decision)

    async def more() -> None:
        await Excuse.insert(Excuse(student=eight.id, lesson=classroom.lesson, reason=f"with {REAL[0]}", at=now()))
        await store.put_async("prints/names.pdf", REAL[0].encode())
        await PrintRun.insert(PrintRun(course=course, number=9, created_at=now(), ended_at=now(), kind="personal",
                                       layout="a4-24", state="done", file="prints/names.pdf"))  # fmt: skip

    run(more)
    assert {trace.partition(": ")[2] for trace in traces(REAL)} == set(REAL)
    unsure = alice.post(f"/courses/{course}/aliases", data={"x": ""})
    assert unsure.status_code == 422
    assert 'id="aliases-note"' in unsure.text
    assert {trace.partition(": ")[2] for trace in traces(REAL)} == set(REAL)
    assert alice.post(f"/courses/{course}/aliases", data={"sure": "1"}).status_code == 303
    assert traces(REAL) == []
    names = {student.number: student.name for student in run(students_of, course)}
    assert len(set(names.values())) == 5
    assert not set(names.values()) & {*REAL, "李", "林小满"}
    pages = [f"/courses/{course}{rest}" for rest in ("/roster", "/completion", "/log", "/log.csv", "/scans")]
    pages += [f"/courses/{course}/lessons/{classroom.lesson}/wall"]
    pages += [f"/courses/{course}/exports/{name}/file.json?" + "&".join(f"columns={key}" for key in COLUMNS[name])
              for name in COLUMNS]  # fmt: skip
    shown = "".join(alice.get(page).text for page in pages)
    assert not [name for name in (*REAL, "林小满", "O'Neil") if name in shown]
    assert names["7"] in shown
    assert "gave all students made-up names" in shown
    # what was written about them stands there under the alias
    assert f"{names['8']} did it" in alice.get(f"/courses/{course}/completion/{classroom.lesson}/{seven.id}").text
    assert names["7"] in ann.get(f"/l/{classroom.link.code}").text
    # a student is found by alias as by number
    bob = phone()
    bob.get(f"/s/{classroom.token()}")
    assert bob.post(f"/l/{classroom.link.code}/student", data={"student": names["9"]}).status_code == 303


def test_students_read_that_no_real_name_is_kept(alice: Any, classroom: Any, phone: Callable[..., Any]) -> None:
    bob = phone("zh-CN")
    bob.get(f"/s/{classroom.token()}")
    assert "不保存真实姓名" not in bob.get("/privacy").text
    alice.post(f"/courses/{classroom.course}/aliases", data={"sure": "1"})
    assert "不保存真实姓名" in bob.get("/privacy").text


def test_names_come_again_with_the_next_list_alone(alice: Any, aliased: UUID, run: Run) -> None:
    path = f"/courses/{aliased}/roster"
    alice.post(path, data={"roster": "1"})
    (one,) = run(students_of, aliased)
    assert alice.post(f"/courses/{aliased}/aliases/removal").status_code == 303
    assert run(students_of, aliased)[0].name == one.name
    alice.post(path, data={"roster": "1,Ada"})
    assert run(students_of, aliased)[0].name == "Ada"
    assert "lets lists bring students’ names again" in alice.get(f"/courses/{aliased}/log").text


def test_a_copy_of_the_course_is_as_private_as_the_course(
    alice: Any, alice_person: Any, aliased: UUID, run: Run
) -> None:
    alice.post(f"/courses/{aliased}/room-code", data={"ask": "1"})
    copy = alice.post(f"/courses/{aliased}/copies", data={"title": "Autumn", "term": ""}).headers["location"]
    found = run(course_of, alice_person, UUID(re.search(r"[0-9a-f-]{36}", copy)[0]))
    assert (found.aliases, found.room_code) == (True, True)
