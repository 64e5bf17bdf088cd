"""Every failure that a program meets has one shape, whatever refused it.

{"error": {"code": "…", "message": "…", "fields": {"name": "…"}}}      `fields` only where there are some
"""

from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar, get
from litestar.testing import TestClient

from courses.errors import TooMany
from tests.databases import execute

JSON = {"content-type": "application/json"}


def failure(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error, after a look at its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert {"code", "message"} <= set(error) <= {"code", "message", "fields"}
    assert error["code"] == code
    assert error["message"].strip()
    if "fields" in error:
        assert error["fields"]
        assert all(isinstance(text, str) and text for text in error["fields"].values())
    return error


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{'title': 1}", b'{"title": "\xff"}', b'{"title": "\\ud800"}', b"[" * 5_000, b'{"title": NaN}'],
)
def test_400_malformed_json(api: TestClient, body: bytes) -> None:
    assert "fields" not in failure(api.post("/courses", content=body, headers=JSON), 400, "bad_request")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer llk_wrong", "Basic YTpi", "Bearer é"])
def test_401_without_a_good_key(client: TestClient, course: UUID, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header.encode("latin-1")}
    for method, path in (("GET", "/courses"), ("POST", "/courses"), ("DELETE", f"/links/{UUID(int=1)}")):
        answer = client.request(method, f"/api/v1{path}", headers=headers)
        failure(answer, 401, "key_needed")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_401_comes_before_anything_is_read(client: TestClient) -> None:
    unread = {"content-length": str(1 << 40), "content-type": "multipart/form-data; boundary=x"}
    failure(client.post(f"/api/v1/courses/{UUID(int=1)}/media", content=b"", headers=unread), 401, "key_needed")


def test_404_no_such_address(api: TestClient, client: TestClient) -> None:
    for path in ("/nothing", "/courses/7", f"/courses/{UUID(int=1)}", f"/courses/{UUID(int=1)}/nothing"):
        failure(api.get(path), 404, "not_found")
    failure(client.get("/api/v2"), 404, "not_found")
    failure(client.get("/nothing", headers={"accept": "application/json"}), 404, "not_found")


def test_405_with_the_methods_that_are_taken(api: TestClient) -> None:
    answer = api.delete("/courses")
    failure(answer, 405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["allow"].replace(" ", "").split(","))


def test_409_what_does_not_fit_the_present_state(api: TestClient, course: UUID) -> None:
    failure(api.get(f"/courses/{course}/sheet.pdf"), 409, "conflict")


def test_413_too_large(api: TestClient, course: UUID) -> None:
    big = b'{"title": "' + b"x" * (1 << 20) + b'"}'
    failure(api.post("/courses", content=big, headers=JSON), 413, "too_large")
    failure(
        api.post(f"/courses/{course}/students", content=big, headers={"content-type": "text/csv"}), 413, "too_large"
    )


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_415_other_type_of_body(api: TestClient, course: UUID, kind: str) -> None:
    for path in ("/courses", f"/courses/{course}/students", f"/courses/{course}/lessons"):
        answer = api.post(path, content=b'{"title": "x"}', headers={"content-type": kind})
        failure(answer, 415, "unsupported_type")


def test_422_names_every_bad_field(api: TestClient) -> None:
    error = failure(api.post("/courses", json={"title": 7, "term": None, "x": 1}), 422, "invalid")
    assert error["fields"] == {
        "title": "Expected string, got integer.",
        "term": "Expected string, got null.",
        "x": "There is no such field here.",
    }
    assert failure(api.post("/courses", json=[1]), 422, "invalid")["fields"] == {"body": "Send a JSON object."}
    assert failure(api.get("/courses?archived=perhaps"), 422, "invalid")["fields"] == {
        "archived": "This value cannot be read."
    }


@pytest.mark.usefixtures("own_app")
def test_429_says_when_to_come_again(app: Litestar, api: TestClient) -> None:
    @get("/api/v1/busy")
    async def busy() -> None:
        raise TooMany(7)

    app.register(busy)
    answer = api.get("/busy")
    failure(answer, 429, "too_many")
    assert answer.headers["retry-after"] == "7"


@pytest.mark.usefixtures("own_app")
def test_500_tells_nothing_of_its_cause(app: Litestar, api: TestClient) -> None:
    @get("/api/v1/broken")
    async def broken() -> None:
        raise RuntimeError("SECRET of the inside")

    app.register(broken)
    answer = api.get("/broken")
    failure(answer, 500, "internal")
    assert "SECRET" not in answer.text
    assert "Traceback" not in answer.text


def test_failure_is_told_in_the_language_asked_for(api: TestClient) -> None:
    answer = api.post("/courses", json={"x": 1}, headers={"accept-language": "zh-CN"})
    error = failure(answer, 422, "invalid")
    assert error["fields"] == {"title": "需要填写这个字段。", "x": "这里没有这个字段。"}
    assert all(not text.isascii() for text in (error["message"], *error["fields"].values()))


def test_failure_shows_no_secret_of_the_request(api: TestClient, alices_key: str, own_database: str) -> None:
    execute(own_database, "ALTER TABLE course RENAME TO course_gone")
    answer = api.get("/courses")
    execute(own_database, "ALTER TABLE course_gone RENAME TO course")
    failure(answer, 500, "internal")
    assert alices_key not in answer.text
