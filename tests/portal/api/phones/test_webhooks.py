"""Webhooks: only what the platform signed, each message once, up to the rung that it proves."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from litestar.testing import TestClient

from courses.events.ladder import rung
from courses.events.publications import progress_of
from courses.webhooks.handovers import Handovers, handover_of
from portal.app import create_app
from portal.platforms.douyin.signature import sign_webhook
from tests.portal.conftest import browser_on

SECRET = "client-secret"


@pytest.fixture
def ann(classroom: Any, phone: Callable[..., Any]) -> Any:
    ann = phone()
    ann.get(f"/s/{classroom.token(1)}")
    return ann


@pytest.fixture
def portal(client: TestClient, classroom: Any) -> Iterator[TestClient]:
    settings = replace(classroom.settings, rehearsal=False, douyin_client_key="client-key", douyin_client_secret=SECRET)
    with browser_on(client, app=create_app(settings)) as portal:
        yield portal


def run(portal: TestClient, function: Callable[..., Any], *values: Any) -> Any:
    with portal.portal() as inside:
        return inside.call(function, *values)


def send(portal: TestClient, news: dict, message: str = "m1", secret: str = SECRET) -> Any:
    body = json.dumps(news).encode()
    headers = {"X-Douyin-Signature": sign_webhook(secret, body), "Msg-Id": message}
    return portal.post("/api/webhooks/douyin", content=body, headers=headers)


def published(share: str) -> dict:
    return {"event": "create_video", "client_key": "client-key", "content": {"share_id": share, "item_id": "@1"}}


def test_published_share_is_confirmed_once(classroom: Any, portal: TestClient) -> None:
    student = classroom.students[0]
    link = classroom.link

    def reached() -> str:
        return rung(run(portal, progress_of, student.id, classroom.lesson, "douyin"))[0]

    for _ in range(2):
        run(portal, Handovers().remember, "douyin", "s1", link.id, classroom.lesson, student.id, None)
    assert send(portal, published("s1"), secret="forged").status_code == 401
    assert send(portal, published("another")).json() == {"recorded": 0, "known": 0}
    assert send(portal, {"event": "authorize", "content": {"share_id": "s1"}}, "m0").json()["recorded"] == 0
    assert reached() == "not_started"
    assert send(portal, published("s1")).json() == {"recorded": 1, "known": 0}
    assert send(portal, published("s1")).json() == {"recorded": 0, "known": 1}
    assert reached() == "confirmed"


def test_share_of_a_phone_without_a_name_waits_for_it(classroom: Any, portal: TestClient) -> None:
    run(portal, Handovers().remember, "douyin", "s2", classroom.link.id, classroom.lesson, None, "0" * 16)
    assert run(portal, handover_of, "douyin", "s2").student is None
    assert send(portal, published("s2"), "m2").json() == {"recorded": 1, "known": 0}


def test_address_answers_the_challenge_and_nobody_else(classroom: Any, portal: TestClient) -> None:
    challenge = {"event": "verify_webhook", "content": {"challenge": 12345}}
    assert send(portal, challenge).json() == {"challenge": 12345}
    assert send(portal, challenge, secret="").json()["error"]["code"] == "not_signed"
    assert portal.post("/api/webhooks/weibo", content=b"{}").status_code == 404
    assert portal.post("/api/webhooks/nothing", content=b"{}").status_code == 404
    assert portal.post("/api/webhooks/douyin", content=b" " * 70_000).status_code == 413
