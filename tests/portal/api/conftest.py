"""Programs with keys: `api` is Alice's, `bobs_api` is Bob's; neither has a cookie."""

import io
from collections.abc import Callable

import pytest
from litestar.testing import TestClient
from PIL import Image

from courses.people.accounts import find_person
from courses.people.api_keys import create_api_key
from courses.signed_in import SignedIn
from tests.portal.conftest import browser_on


def program(client: TestClient, key: str) -> TestClient:
    program = browser_on(client, "http://testserver.local/api/v1")
    program.follow_redirects = True
    program.headers["authorization"] = f"Bearer {key}"
    return program


@pytest.fixture
def alices_key(run: Callable[..., object], alice_person: SignedIn) -> str:
    return run(create_api_key, alice_person, "tests")


@pytest.fixture
def api(client: TestClient, alices_key: str) -> TestClient:
    return program(client, alices_key)


@pytest.fixture
def bobs_api(client: TestClient, run: Callable[..., object], bob: TestClient) -> TestClient:
    return program(client, run(create_api_key, run(find_person, "bob@example.org"), "tests"))


@pytest.fixture
def photo() -> bytes:
    """A small JPEG."""
    file = io.BytesIO()
    Image.effect_noise((64, 48), 80).convert("RGB").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def lesson(api: TestClient, course: object) -> dict:
    """A lesson of Alice's course, as the API tells it."""
    answer = api.post(f"/courses/{course}/lessons", json={"type": "normal", "title": "Tea 茶"})
    assert answer.status_code == 201, answer.text
    return answer.json()
