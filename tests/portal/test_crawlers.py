"""Search engines find nothing: what they can open forbids it, and the one page that does not needs a cookie."""

from collections.abc import Callable
from typing import Any

import pytest
from litestar.testing import TestClient

WECHAT = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36 MicroMessenger/8.0.50"


@pytest.mark.parametrize("path", ["/sign-in", "/go", "/nothing", "/healthz", "/courses"])
def test_page_of_everybody_forbids_it(client: TestClient, path: str) -> None:
    assert client.get(path).headers["x-robots-tag"] == "noindex, nofollow"


def test_lesson_needs_the_cookie_of_a_scan(classroom: Any, phone: Callable[..., Any]) -> None:
    crawler, student = phone(), phone()
    assert student.get(f"/s/{classroom.token()}").headers["x-robots-tag"] == "noindex, nofollow"
    page = student.get(f"/l/{classroom.link.code}")
    assert page.status_code == 200
    assert page.headers["x-robots-tag"] == "nofollow, noarchive"
    refused = crawler.get(f"/l/{classroom.link.code}")
    assert refused.status_code == 403
    assert refused.headers["x-robots-tag"] == "noindex, nofollow"


def test_page_that_holds_the_token_forbids_it(classroom: Any, phone: Callable[..., Any]) -> None:
    page = phone(user_agent=WECHAT).get(f"/s/{classroom.token()}")
    assert page.status_code == 200
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
