"""Passwords that attackers try first, and one that keeps the server busy, sent to a real portal."""

import secrets
import threading
import time
from typing import Any

import httpx
import pytest

GUESSABLE = ["abcd1234efgh5678", "5201314woaini1314", "P@ssw0rd!Qwerty#2026", "zhangwei19900101!", "1q2w3e4r5t6y7u8i"]
#: zxcvbn tries each symbol as each letter that it may stand for, in all combinations
BUSY = ("4@8({[<369&#!1/|0$5+7%2" * 6)[:128]


@pytest.fixture
def invitation(portal: Any) -> str:
    email = f"{secrets.token_hex(4)}@example.org"
    return portal.command("invite", email).strip().rpartition(" ")[2].removeprefix(portal.url)


@pytest.mark.parametrize("password", GUESSABLE)
def test_guessable_password_makes_no_account(portal: Any, invitation: str, password: str) -> None:
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        answer = http.post(invitation, data={"name": "Wanda", "password": password})
        assert answer.status_code == 422
        assert "Try four or five words that do not belong together." in answer.text
        answer = http.post(invitation, data={"name": "Wanda", "password": "violet tractor beneath morning"})
        assert answer.headers["location"] == "/today", "the invitation is good for a better one"


def test_neighbours_wait_for_no_password(portal: Any, invitation: str) -> None:
    """On the code before, /healthz waited for 12 seconds."""

    def send() -> None:
        httpx.post(portal.url + invitation, data={"name": "Wanda", "password": BUSY}, timeout=60)

    sender = threading.Thread(target=send)
    waits = []
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        http.get("/healthz")
        sender.start()
        while sender.is_alive():
            began = time.monotonic()
            assert http.get("/healthz").status_code == 200
            waits.append(time.monotonic() - began)
    sender.join()
    assert max(waits) < 0.5, waits
