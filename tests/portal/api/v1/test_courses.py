"""Courses through the management API."""

from uuid import UUID

from litestar.testing import TestClient


def test_course_is_created_listed_and_shown(api: TestClient) -> None:
    answer = api.post("/courses", json={"title": "  Spring   春 ", "term": "2026"})
    assert answer.status_code == 201
    made = answer.json()
    assert UUID(made["id"])
    assert (made["title"], made["term"], made["role"], made["archived_at"]) == ("Spring 春", "2026", "owner", None)
    assert api.get("/courses").json() == [made]
    assert api.get(f"/courses/{made['id']}").json() == made
    assert api.get("/courses", params={"archived": "true"}).json() == []


def test_course_of_another_is_not_there(api: TestClient, bobs_api: TestClient, course: UUID) -> None:
    assert api.get(f"/courses/{course}").status_code == 200
    stranger = bobs_api.get(f"/courses/{course}")
    nothing = bobs_api.get(f"/courses/{UUID(int=7)}")
    assert stranger.status_code == nothing.status_code == 404
    assert stranger.json() == nothing.json()
    assert bobs_api.get("/courses").json() == []


def test_course_needs_a_title(api: TestClient) -> None:
    answer = api.post("/courses", json={"title": "   "})
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"] == {"title": "Give the course a title."}
    assert api.get("/courses").json() == []


def test_course_takes_no_field_that_is_not_the_authors_to_give(api: TestClient) -> None:
    answer = api.post("/courses", json={"title": "Mine", "role": "admin", "owner_id": str(UUID(int=1)), "id": 1})
    assert answer.status_code == 422
    assert answer.json()["error"]["fields"] == dict.fromkeys(("role", "owner_id", "id"), "There is no such field here.")
    assert api.get("/courses").json() == []


def test_course_keeps_hostile_text_as_text(api: TestClient) -> None:
    for title in ("<script>alert(1)</script>", "{{7*7}}", "=cmd()", "{title} %s {0}", "'; DROP TABLE course; --"):
        assert api.post("/courses", json={"title": title}).json()["title"] == title
    assert api.post("/courses", json={"title": "a\r\nSet-Cookie: x=1"}).json()["title"] == "a Set-Cookie: x=1"
    long = api.post("/courses", json={"title": "长" * 10_000})
    assert (long.status_code, list(long.json()["error"]["fields"])) == (422, ["title"])
