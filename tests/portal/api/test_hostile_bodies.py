"""Whatever JSON a program sends, it is taken or refused in the one shape, and never a mistake of ours."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

FIELDS = [
    "title", "term", "description", "type", "content", "topics", "platforms", "images", "video", "cover",
    "student", "opens_at", "expires_at", "number", "name", "owner_id", "role",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["normal", "video", "xiaohongshu", "2026-09-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
         str(UUID(int=1)), "\0", "\ud800", "{x}", "%s", "<b>", "=1+1", "\r\n", "١", "1" * 300]
    ),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=8,
)
BODIES = st.one_of(
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6),
    st.fixed_dictionaries(
        {"title": TEXTS, "type": st.sampled_from(["normal", "video"])}, optional=dict.fromkeys(FIELDS[4:10], VALUES)
    ),
    st.lists(st.fixed_dictionaries({"number": TEXTS, "name": TEXTS}), max_size=4),
    VALUES,
)


@pytest.fixture
def paths(api: TestClient, course: UUID, lesson: dict) -> Iterator[list[tuple[str, str]]]:
    return [
        ("POST", "/courses"), ("POST", f"/courses/{course}/lessons"), ("POST", f"/courses/{course}/students"),
        ("PATCH", f"/lessons/{lesson['id']}"), ("POST", f"/lessons/{lesson['id']}/links"),
    ]  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES)
def test_no_body_is_a_mistake_of_ours(api: TestClient, paths: list[tuple[str, str]], body: object) -> None:
    for method, path in paths:
        answer = api.request(method, path, content=json.dumps(body), headers={"content-type": "application/json"})
        assert answer.status_code in (200, 201, 400, 409, 422), (path, body, answer.text)
        assert answer.status_code < 400 or {"code", "message"} <= set(answer.json()["error"])
    # And what was taken can be told again.
    assert api.get("/courses").status_code == 200
    assert api.get(paths[1][1]).status_code == 200
