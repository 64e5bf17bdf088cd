"""Rosters through the management API."""

from uuid import UUID, uuid4

import pytest
from litestar.testing import TestClient

TOLD = {"dry_run": False, "doubts": [], "left_out": [], "columns": [], "encoding": ""}
ROSTER = [{"number": "2026001", "name": "陈一"}, {"number": 2026002, "name": "Bob Li"}]


def names(api: TestClient, course: UUID) -> list[tuple[str, str]]:
    return [(student["number"], student["name"]) for student in api.get(f"/courses/{course}/students").json()]


def test_students_come_as_json(api: TestClient, course: UUID) -> None:
    answer = api.post(f"/courses/{course}/students", json=ROSTER)
    assert (answer.status_code, answer.json()) == (200, {"added": 2, "renamed": 0, "unchanged": 0} | TOLD)
    again = api.post(f"/courses/{course}/students", json=[ROSTER[0], {"number": "2026002", "name": "Robert Li"}])
    assert again.json() == {"added": 0, "renamed": 1, "unchanged": 1} | TOLD
    assert names(api, course) == [("2026001", "陈一"), ("2026002", "Robert Li")]


CSV = {"content-type": "text/csv"}


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16"), ("euc_jp", "euc_jp")]
)
def test_students_come_as_csv(api: TestClient, course: UUID, encoding: str, told: str) -> None:
    text = "学号,姓名\n1,陈一\n2,李二\n" if encoding != "euc_jp" else "番号,氏名\n1,佐藤 花子\n2,山田 太郎\n"
    answer = api.post(f"/courses/{course}/students", content=text.encode(encoding), headers=CSV)
    columns = [{"role": "number", "column": 1, "title": text[:2]}, {"role": "name", "column": 2, "title": text[3:5]}]
    counts = {"added": 2, "renamed": 0, "unchanged": 0}
    assert (answer.status_code, answer.json()) == (200, counts | TOLD | {"columns": columns, "encoding": told})
    assert [f"{number},{name}" for number, name in names(api, course)] == text.splitlines()[1:]


def test_a_guessed_encoding_is_asked_for_before_anyone_is_enrolled(api: TestClient, course: UUID) -> None:
    where, data = f"/courses/{course}/students", "номер,имя\n1,Иван Петров\n".encode("koi8_r")
    answer = api.post(where, content=data, headers=CSV)
    assert answer.status_code == 422
    assert "It may be KOI8-R" in answer.json()["error"]["fields"]["encoding"]
    assert names(api, course) == []
    assert api.post(f"{where}?encoding=nosuch", content=data, headers=CSV).status_code == 422
    assert api.post(f"{where}?encoding=koi8_r", content=data, headers=CSV).json()["encoding"] == "koi8_r"
    assert names(api, course) == [("1", "Иван Петров")]


def test_answer_says_what_the_page_shows_and_a_dry_run_does_nothing(api: TestClient, course: UUID) -> None:
    where, text = f"/courses/{course}/students", "学号,姓名,电话\n10.0,林小满,1\n12,王子涵,2\n合计,2,\n"
    answer = api.post(f"{where}?dry_run=true", content=text, headers=CSV).json()
    assert names(api, course) == []
    assert (answer["added"], answer["dry_run"]) == (2, True)
    assert answer["doubts"] == ["Line 2: “10.0” is taken for a number and “林小满” for a name."]
    assert answer["left_out"] == ["Columns that are not kept: 电话", "Line 4 is no student and was left out: 合计 2"]
    assert api.post(where, content=text, headers=CSV).json() == answer | {"dry_run": False}
    again = api.post(f"{where}?dry_run=true", json=[{"number": 2024010100000000000, "name": "林"}]).json()
    assert again["doubts"] == ["Line 1: the last digits of 2024010100000000000 may be lost. A spreadsheet keeps 15."]
    assert len(names(api, course)) == 2


def test_bad_lines_are_named_and_nobody_is_enrolled(api: TestClient, course: UUID) -> None:
    headers = {"content-type": "text/csv; charset=utf-8"}
    answer = api.post(f"/courses/{course}/students", content="1,Ann\n2\n1,Bob\n", headers=headers)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["message"] == "Nothing was added. Please correct these lines: 2, 3"
    assert error["fields"] == {"2": "There is no name.", "3": "The number 1 is on line 1 too."}
    assert names(api, course) == []


def test_bad_entries_are_named_by_place_and_field(api: TestClient, course: UUID) -> None:
    rows = [{"number": "1", "name": "Ann"}, {"number": True, "nmae": "Bob"}, "Charlie"]
    answer = api.post(f"/courses/{course}/students", json=rows)
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"] == {
        "2.nmae": "There is no such field here.",
        "2.name": "This field is needed.",
        "2.number": "Expected integer | string, got boolean.",
        "3.body": "Send a JSON object.",
    }
    empty_name = api.post(f"/courses/{course}/students", json=[{"number": "1", "name": ""}])
    assert empty_name.json()["error"]["fields"] == {"1": "There is no name."}
    assert names(api, course) == []


NO_LIST = {"body": "Send a JSON array of students."}
NOBODY = {"roster": "There is nobody in this list. Write a number and a name on each line."}


@pytest.mark.parametrize(
    ("body", "fields"), [("{}", NO_LIST), ("[]", NOBODY), ("null", NO_LIST), ('"x"', NO_LIST), ("7", NO_LIST)]
)
def test_what_is_no_list_of_students_is_refused(
    api: TestClient, course: UUID, body: str, fields: dict[str, str]
) -> None:
    answer = api.post(f"/courses/{course}/students", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"] == fields
    assert names(api, course) == []


def test_a_hundred_problems_are_enough(api: TestClient, course: UUID) -> None:
    answer = api.post(f"/courses/{course}/students", json=[{}] * 5_000)
    assert 100 <= len(answer.json()["error"]["fields"]) <= 102
    answer = api.post(f"/courses/{course}/students", content="x\n" * 5_000, headers={"content-type": "text/csv"})
    assert len(answer.json()["error"]["fields"]) == 100


def test_roster_of_another_is_not_there(api: TestClient, bobs_api: TestClient, course: UUID) -> None:
    api.post(f"/courses/{course}/students", json=ROSTER[:1])
    for method, body in (("GET", None), ("POST", ROSTER)):
        theirs, nobodys = (
            bobs_api.request(method, f"/courses/{identity}/students", json=body) for identity in (course, uuid4())
        )
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.content == nobodys.content
    assert names(api, course) == [("2026001", "陈一")]


def test_a_group_is_kept_left_alone_and_taken_off(api: TestClient, course: UUID) -> None:
    where = f"/courses/{course}/students"

    def groups() -> list[str]:
        return [student["group"] for student in api.get(where).json()]

    rows = [{"number": "1", "name": "Ann", "group": " 一\u3000组 "}, {"number": "2", "name": "Bob"}]
    assert api.post(where, json=rows).json()["added"] == 2
    assert groups() == ["一 组", ""]
    api.post(where, json=[{"number": "1", "name": "Anna"}])
    assert groups() == ["一 组", ""]
    api.post(where, json=[{"number": "1", "name": "Anna", "group": ""}])
    assert groups() == ["", ""]
    answer = api.post(where, json=[{"number": "1", "name": "Anna", "group": "字" * 61}])
    assert answer.status_code == 422
    assert "61" in answer.json()["error"]["fields"]["1"]
