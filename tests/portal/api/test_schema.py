"""The description at /schema/openapi.json: all of the management API and nothing else; no page with others' scripts."""

import pytest
from litestar.testing import TestClient

OPERATIONS = {
    ("/api/v1/courses", "get"), ("/api/v1/courses", "post"), ("/api/v1/courses/{course_id}", "get"),
    ("/api/v1/courses/{course_id}/students", "get"), ("/api/v1/courses/{course_id}/students", "post"),
    ("/api/v1/courses/{course_id}/media", "post"),
    ("/api/v1/courses/{course_id}/lessons", "get"), ("/api/v1/courses/{course_id}/lessons", "post"),
    ("/api/v1/lessons/{lesson_id}", "get"), ("/api/v1/lessons/{lesson_id}", "patch"),
    ("/api/v1/lessons/{lesson_id}", "delete"),
    ("/api/v1/lessons/{lesson_id}/preflight", "get"),
    ("/api/v1/lessons/{lesson_id}/links", "get"), ("/api/v1/lessons/{lesson_id}/links", "post"),
    ("/api/v1/links/{link_id}", "delete"),
    ("/api/v1/courses/{course_id}/export", "get"), ("/api/v1/courses/{course_id}/import", "post"),
    ("/api/v1/courses/{course_id}/lessons.csv", "get"), ("/api/v1/courses/{course_id}/log", "get"),
    ("/api/v1/courses/{course_id}/scans", "get"), ("/api/v1/courses/{course_id}/publications", "get"),
    ("/api/v1/courses/{course_id}/figures", "get"), ("/api/v1/courses/{course_id}/figures", "post"),
    ("/api/v1/courses/{course_id}/sheet.pdf", "get"), ("/api/v1/courses/{course_id}/completion", "get"),
}  # fmt: skip


@pytest.fixture
def schema(client: TestClient) -> dict:
    answer = client.get("/schema/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def operations(schema: dict) -> dict[tuple[str, str], dict]:
    return {(path, method): told for path, item in schema["paths"].items() for method, told in item.items()}


def test_schema_has_the_management_api_and_nothing_else(schema: dict) -> None:
    assert set(operations(schema)) == OPERATIONS
    assert len({told["operationId"] for told in operations(schema).values()}) == len(OPERATIONS)


def test_every_operation_needs_the_key_and_tells_its_failures(schema: dict) -> None:
    assert schema["components"]["securitySchemes"]["key"] | {"description": ""} == {
        "type": "http", "scheme": "bearer", "description": "",
    }  # fmt: skip
    for name, told in operations(schema).items():
        assert told["security"] == [{"key": []}], name
        assert told["description"], name
        for status in ("400", "401", "404", "422", "500"):
            content = told["responses"][status]["content"]["application/json"]
            assert content == {"schema": {"$ref": "#/components/schemas/FailureAnswer"}}, name


def test_bodies_are_told(schema: dict) -> None:
    told = {
        name: set(value["requestBody"]["content"])
        for name, value in operations(schema).items()
        if name[1] in ("post", "patch")
    }
    assert told.pop(("/api/v1/courses/{course_id}/students", "post")) == {"application/json", "text/csv"}
    assert told.pop(("/api/v1/courses/{course_id}/media", "post")) == {"multipart/form-data"}
    archive = {"application/zip", "multipart/form-data", "text/csv"}
    assert told.pop(("/api/v1/courses/{course_id}/import", "post")) == archive
    assert set(map(frozenset, told.values())) == {frozenset({"application/json"})}
    lesson = schema["components"]["schemas"]["NewLesson"]
    assert set(lesson["properties"]) == {
        "type", "title", "content", "topics", "platforms", "images", "video", "cover", "declarations", "done",
    }  # fmt: skip
    assert set(lesson["required"]) == {"type", "title"}


@pytest.mark.parametrize(
    "path", ["", "/", "/redoc", "/swagger", "/elements", "/rapidoc", "/scalar", "/oauth2-redirect.html"]
)
def test_no_page_loads_scripts_from_elsewhere(client: TestClient, path: str) -> None:
    answer = client.get(f"/schema{path}", headers={"accept": "text/html"})
    assert "<script" not in answer.text.lower()
    assert "cdn" not in answer.text.lower()
