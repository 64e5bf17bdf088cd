"""The database or the media store is away: one sentence with the time to try again, and all is well soon after it is back."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import Cookies
from litestar.testing import TestClient

from courses import database
from courses.postgres import Limits
from portal.settings import Settings
from tests.black_holes import Way, way_to
from tests.buckets import bucket_on, name_bucket
from tests.portal.conftest import Phone

SENTENCE = "The portal is busy or its database cannot be reached. Please try again in a moment."
CHINESE = "平台正忙，或暂时连不上数据库，请稍候再试。"


@pytest.fixture
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    """Between the portal and its PostgreSQL."""
    with way_to(urlsplit(request.getfixturevalue("postgres_database")).port or 0) as way:
        yield way


@pytest.fixture
def settings(request: pytest.FixtureRequest, same_settings: Settings, own_database: str) -> Settings:
    """On PostgreSQL or a bucket, where a test has a way to it."""
    if "way_to_store" in request.fixturenames:
        request.getfixturevalue("way_to_store")
        return replace(same_settings, media="s3://lessons/media")
    if "way" not in request.fixturenames:
        return same_settings
    way = request.getfixturevalue("way")
    address = urlsplit(request.getfixturevalue("postgres_database"))
    url = address._replace(netloc=f"postgres@127.0.0.1:{way.port}").geturl()
    limits = Limits(connect=0.5, command=1, acquire=1.5, most=4)
    return replace(same_settings, database_url=url, database_limits=limits)


@pytest.fixture
def owner(client: TestClient, alice: TestClient) -> Phone:
    """Alice's browser, on the event loop of the application: one connection belongs to one."""
    browser = Phone(client)
    browser.jar = Cookies(alice.cookies)
    return browser


def said(answer: Any) -> None:
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


@pytest.mark.usefixtures("own_app")
def test_broken_connections_heal_in_seconds(
    way: Way, classroom: Any, phone: Callable[..., Phone], owner: Phone
) -> None:
    """One application for all three, as it takes longer to make than to break."""
    mine = phone()
    mine.get(f"/s/{classroom.token(1)}")
    swallowed(way, classroom, mine)
    cut(way, mine)
    black_hole(way, classroom, mine, owner)


def swallowed(way: Way, classroom: Any, mine: Phone) -> None:
    assert mine.send("scan").status_code == 200
    way.freeze(later=False)
    began = time.monotonic()
    acknowledged = [mine.send("preview").status_code for _ in range(4)].count(200)
    assert time.monotonic() - began < 6
    assert acknowledged >= 3, "one at most is told to try again, and the phone does"
    assert len(classroom.events()) == 1 + acknowledged


def cut(way: Way, mine: Phone) -> None:
    for _ in range(3):
        way.cut()
        assert mine.send("preview").status_code in (200, 503)
        assert mine.send("preview").status_code == 200


def black_hole(way: Way, classroom: Any, mine: Phone, owner: Phone) -> None:
    event = {"id": "3f1c6b8e-0000-4000-8000-000000000001"}
    way.freeze()
    began = time.monotonic()
    ready = owner.get("/readyz")
    assert time.monotonic() - began < 2
    assert (ready.status_code, ready.json()["checks"]["media"]) == (503, "ok")
    assert ready.json()["checks"]["database"] in ("no answer", "TimeoutError")
    assert owner.get("/healthz").status_code == 200
    for language, sentence in (("en", SENTENCE), ("zh", CHINESE)):
        page = owner.get("/courses", headers={"accept-language": language})
        said(page)
        assert sentence in page.text
    kept = mine.send("preview", **event)
    said(kept)
    assert kept.json()["error"] == {"code": "unavailable", "message": SENTENCE}
    key = owner.get("/api/v1/courses", headers={"authorization": "Bearer ll_none"})
    said(key)
    way.thaw()
    began = time.monotonic()
    while owner.get("/readyz").status_code != 200:
        assert time.monotonic() - began < 5
    assert owner.get("/courses").status_code == 200
    assert mine.send("preview", **event).status_code == 200
    assert [str(row["id"]) for row in classroom.events()].count(event["id"]) == 1


@pytest.mark.sqlite_only("another process holds the file, or it is not to be written")
def test_locked_and_read_only_files_are_told(classroom: Any, phone: Callable[..., Any], owner: Phone) -> None:
    mine = phone()
    mine.get(f"/s/{classroom.token(1)}")
    engine = database.DB
    other = sqlite3.connect(engine.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    engine.wait, before = 0.05, engine.wait
    said(mine.send("preview"))
    page = owner.post("/courses", data={"title": "Tea"})
    said(page)
    assert SENTENCE in page.text
    other.execute("COMMIT")
    engine.wait = before
    engine._writer.execute("PRAGMA query_only = 1")
    said(mine.send("preview"))
    engine._writer.execute("PRAGMA query_only = 0")
    assert mine.send("preview").json() == {"recorded": 1, "known": 0}


@pytest.fixture
def way_to_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    """Between the portal and its bucket."""
    monkeypatch.setenv("AWS_READ_TIMEOUT", "1s")
    with bucket_on() as (port, _), way_to(port) as way:
        name_bucket(monkeypatch, way.port)
        yield way


@pytest.mark.usefixtures("own_app")
def test_frozen_store_is_told_in_time(way_to_store: Way, classroom: Any, owner: Phone) -> None:
    page = owner.get(f"/lessons/{classroom.lesson}/edit")
    picture = re.search(r'="(/media/[^"]+)"', page.text)[1]  # type: ignore[index]
    assert owner.get(picture).headers["content-type"].startswith("image/")
    way_to_store.freeze()
    began = time.monotonic()
    ready = owner.get("/readyz")
    assert time.monotonic() - began < 2
    assert (ready.status_code, ready.json()["checks"]) == (
        503, {"database": "ok", "migrations": "ok", "media": "no answer"},
    )  # fmt: skip
    said(owner.get(picture, headers={"if-none-match": ""}))
    assert time.monotonic() - began < 9
    way_to_store.thaw()
    while owner.get("/readyz").status_code != 200:
        assert time.monotonic() - began < 15
    assert owner.get(picture).status_code == 200
