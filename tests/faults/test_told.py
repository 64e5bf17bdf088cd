"""An outage is told in one sentence with the time to try again, to people and to programs, and by /readyz within two seconds."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from litestar.testing import TestClient

from tests.faults.breaking import Broken, black_hole
from tests.portal.conftest import Phone, phone_event

SENTENCE = "The portal is busy or its database cannot be reached. Please try again in a moment."
CHINESE = "平台正忙，或暂时连不上数据库，请稍候再试。"


def said(answer: Any) -> None:
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize("breakable", ["postgres"])
def test_database_that_does_not_answer_is_told(
    broken: Broken, classroom: Any, phone: Callable[..., Phone], alice: TestClient
) -> None:
    mine, event = phone(), {"events": [phone_event("preview")]}
    mine.get(f"/s/{classroom.token(1)}")
    with black_hole(broken):
        began = time.monotonic()
        ready = alice.get("/readyz")
        assert time.monotonic() - began < 2
        assert (ready.status_code, ready.json()["checks"]["media"]) == (503, "ok")
        assert ready.json()["checks"]["database"] in ("no answer", "TimeoutError")
        assert alice.get("/healthz").status_code == 200
        for language, sentence in (("en", SENTENCE), ("zh", CHINESE)):
            page = alice.get("/courses", headers={"accept-language": language})
            said(page)
            assert sentence in page.text
        kept = mine.post("/api/events", json=event)
        said(kept)
        assert kept.json()["error"] == {"code": "unavailable", "message": SENTENCE}
        said(alice.get("/api/v1/courses", headers={"authorization": "Bearer ll_none"}))


@pytest.mark.parametrize("breakable", ["bucket"])
def test_store_that_does_not_answer_is_told(broken: Broken, classroom: Any, alice: TestClient) -> None:
    page = alice.get(f"/lessons/{classroom.lesson}/edit")
    picture = re.search(r'="(/media/[^"]+)"', page.text)[1]  # type: ignore[index]
    assert alice.get(picture).headers["content-type"].startswith("image/")
    with black_hole(broken):
        began = time.monotonic()
        ready = alice.get("/readyz")
        assert time.monotonic() - began < 2
        assert ready.json()["checks"] == {"database": "ok", "migrations": "ok", "media": "no answer"}
        said(alice.get(picture))
        assert time.monotonic() - began < 9
