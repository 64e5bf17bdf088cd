"""A GET changes nothing and is never counted."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 Mobile MicroMessenger/8.0.44"
BOTS = ("WhatsApp/2.23", "TelegramBot (like TwitterBot)", "Slackbot-LinkExpanding 1.0", WECHAT)


def contents(file: Path) -> list[str]:
    with sqlite3.connect(file) as connection:
        return list(connection.iterdump())


@pytest.mark.parametrize("user_agent", [None, *BOTS], ids=["phone", "whatsapp", "telegram", "slack", "wechat"])
def test_students_gets_write_nothing(
    classroom: Any, phone: Callable[..., Any], database_file: Path, user_agent: str | None, client: Any
) -> None:
    ann = phone(**({"user_agent": user_agent} if user_agent else {}))
    code, token = classroom.link.code, classroom.token(1)
    paths = [
        f"/s/{token}", f"/S/{classroom.token()}", f"/s/{token}", f"/l/{code}", f"/l/{code}?done=linked", f"/l/{code}/student",
        "/l/AAAAAAAA", "/s/x", "/go", f"/api/post/preview/{code}", f"/api/post/preview/{token}", f"/api/post/publish/{token}",
        f"/s/{token}/ABCDEFGH", f"/S/{classroom.token()}/ABCDEFGH", f"/l/{code}/mine", "/privacy",
    ]  # fmt: skip
    before = contents(database_file)
    for path in [*paths, *paths]:
        assert ann.get(path).status_code < 500 or path.startswith("/api/post/publish")
    assert contents(database_file) == before
