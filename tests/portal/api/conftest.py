"""Programs with keys: `api` is Alice's, `bobs_api` is Bob's; neither has a cookie."""

import io
from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from PIL import Image

from courses.people.accounts import find_person
from courses.people.api_keys import create_api_key
from courses.signed_in import SignedIn


def program(app: Litestar, key: str) -> TestClient:
    client = TestClient(app, base_url="http://testserver.local/api/v1")
    client.headers["authorization"] = f"Bearer {key}"
    return client


@pytest.fixture
def alices_key(run: Callable[..., object], alice_person: SignedIn) -> str:
    return run(create_api_key, alice_person, "tests")


@pytest.fixture
def api(app: Litestar, alices_key: str) -> TestClient:
    return program(app, alices_key)


@pytest.fixture
def bobs_api(app: Litestar, run: Callable[..., object], bob: TestClient) -> TestClient:
    return program(app, run(create_api_key, run(find_person, "bob@example.org"), "tests"))


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
