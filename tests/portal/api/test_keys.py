"""Who may use the management API: a good key and nothing else."""

import logging
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from httpx import Response
from litestar import Litestar, get
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from courses.people.api_keys import create_api_key
from courses.signed_in import SignedIn
from tests.databases import execute, stored


def refused(answer: Response) -> None:
    """As without a key: nothing is told but that one is needed."""
    assert (answer.status_code, set(answer.json()), answer.json()["error"]["code"]) == (401, {"error"}, "key_needed")


def test_key_is_kept_as_a_hash_only(alices_key: str, own_database: str, api: TestClient) -> None:
    assert api.get("/courses").status_code == 200
    data = stored(own_database)
    assert b"alice@example.org" in data
    assert alices_key.startswith("llk_")
    assert alices_key.encode() not in data
    assert alices_key[12:].encode() not in data


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE api_key SET ended_at = created_at",
        "UPDATE person SET disabled_at = created_at WHERE email = 'alice@example.org'",
    ],
    ids=["key ended", "person disabled"],
)
def test_key_that_is_no_longer_good_is_refused(
    api: TestClient, course: UUID, own_database: str, statement: str
) -> None:
    assert [each["id"] for each in api.get("/courses").json()] == [str(course)]
    execute(own_database, statement)
    refused(api.get("/courses"))
    refused(api.post("/courses", json={"title": "Late"}))
    execute(own_database, "UPDATE course SET title = title")  # the only one


def test_cookie_counts_for_nothing_in_the_api(alice: TestClient, course: UUID) -> None:
    assert f'href="/courses/{course}"' in alice.get("/courses").text
    refused(alice.get("/api/v1/courses"))
    refused(alice.post("/api/v1/courses", json={"title": "Forged"}))
    assert "Forged" not in alice.get("/courses").text


def test_key_counts_for_nothing_on_pages(client: TestClient, alices_key: str, course: UUID) -> None:
    headers = {"authorization": f"Bearer {alices_key}"}
    page = client.get("/courses", headers=headers)
    assert (page.status_code, page.headers["location"].partition("?")[0]) == (303, "/sign-in")
    assert client.post("/courses", data={"title": "x"}, headers=headers).status_code == 401
    assert client.get(f"/courses/{course}/edit", headers=headers).status_code == 303


def test_scheme_is_read_in_any_case(client: TestClient, alices_key: str, course: UUID) -> None:
    for header in (f"bearer {alices_key}", f"BEARER  {alices_key} "):
        answer = client.get("/api/v1/courses", headers={"authorization": header})
        assert (answer.status_code, [each["id"] for each in answer.json()]) == (200, [str(course)])


def test_one_person_may_have_several_keys(
    api: TestClient, client: TestClient, run: Callable[..., object], alice_person: SignedIn, own_database: str
) -> None:
    second = run(create_api_key, alice_person, "second")
    execute(own_database, "UPDATE api_key SET ended_at = created_at WHERE name = 'tests'")
    refused(api.get("/courses"))
    answer = client.get("/api/v1/courses", headers={"authorization": f"Bearer {second}"})
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.usefixtures("own_app")
def test_key_never_reaches_a_log(
    app: Litestar, api: TestClient, alices_key: str, caplog: pytest.LogCaptureFixture
) -> None:
    @get("/api/v1/broken")
    async def broken() -> None:
        raise RuntimeError

    app.register(broken)
    with caplog.at_level(logging.DEBUG):
        assert api.get("/broken").status_code == 500
        assert api.post("/courses", json={"title": 1}).status_code == 422
    assert caplog.text
    assert alices_key not in caplog.text


def test_key_of_a_device_opens_no_route_of_the_management_api(
    app: Litestar, client: TestClient, run: Callable[..., object], alice_person: SignedIn
) -> None:
    headers = {"authorization": f"Bearer {run(create_api_key, alice_person, 'desk', 'agent')}"}
    found = set()
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/v1/"):
            path = re.sub(r"\{[^}]+\}", str(UUID(int=7)), route.path)
            for method in route.methods - {"OPTIONS"}:
                answer = client.request(method, path, headers=headers)
                assert answer.status_code == 403, (method, path)
                found.add((method, path))
    assert len(found) > 20
