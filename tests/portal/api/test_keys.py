"""Who may use the management API: a good key and nothing else."""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from litestar import Litestar, get
from litestar.testing import TestClient

from courses.people.api_keys import create_api_key
from courses.signed_in import SignedIn


def change(database_file: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(database_file) as raw:
        assert raw.execute(statement, values).rowcount == 1


def test_key_is_kept_as_a_hash_only(alices_key: str, database_file: Path, api: TestClient) -> None:
    assert api.get("/courses").status_code == 200
    files = [path.read_bytes() for path in database_file.parent.glob("portal.sqlite3*")]
    assert alices_key.startswith("llk_")
    assert not any(alices_key.encode() in data or alices_key[12:].encode() in data for data in files)


def test_ended_key_is_refused(api: TestClient, database_file: Path) -> None:
    change(database_file, "UPDATE api_key SET ended_at = created_at")
    assert api.get("/courses").status_code == 401


def test_key_of_a_disabled_person_is_refused(api: TestClient, database_file: Path) -> None:
    change(database_file, "UPDATE person SET disabled_at = created_at WHERE email = 'alice@example.org'")
    assert api.get("/courses").status_code == 401


def test_cookie_counts_for_nothing_in_the_api(alice: TestClient, course: UUID) -> None:
    assert alice.get("/courses").status_code == 200
    assert alice.get("/api/v1/courses").status_code == 401
    assert alice.post("/api/v1/courses", json={"title": "Forged"}).status_code == 401


def test_key_counts_for_nothing_on_pages(client: TestClient, alices_key: str, course: UUID) -> None:
    headers = {"authorization": f"Bearer {alices_key}"}
    page = client.get("/courses", headers=headers)
    assert (page.status_code, page.headers["location"].partition("?")[0]) == (303, "/sign-in")
    assert client.post("/courses", data={"title": "x"}, headers=headers).status_code == 401
    assert client.get(f"/courses/{course}/edit", headers=headers).status_code == 303


def test_scheme_is_read_in_any_case(client: TestClient, alices_key: str) -> None:
    for header in (f"bearer {alices_key}", f"BEARER  {alices_key} "):
        assert client.get("/api/v1/courses", headers={"authorization": header}).status_code == 200


def test_one_person_may_have_several_keys(
    api: TestClient, client: TestClient, run: Callable[..., object], alice_person: SignedIn, database_file: Path
) -> None:
    second = run(create_api_key, alice_person, "second")
    change(database_file, "UPDATE api_key SET ended_at = created_at WHERE name = 'tests'")
    assert api.get("/courses").status_code == 401
    assert client.get("/api/v1/courses", headers={"authorization": f"Bearer {second}"}).status_code == 200


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
