"""What a request may bring: bounded where nobody need be known, and nothing of it is read before its sender is."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from portal.web.bodies import CHOSEN, FIELDS, FORM_LIMIT

FORM = {"content-type": "application/x-www-form-urlencoded"}
#: bytes that the largest of them may have: a phone's reports
MOST = 64 << 10


def handlers(app: Litestar) -> list[tuple[str, HTTPRouteHandler]]:
    """All that may have a body."""
    return [
        (f"{method} {route.path}", handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods - {"GET", "HEAD", "OPTIONS"}
    ]


def knows_its_sender(name: str, handler: HTTPRouteHandler) -> bool:
    return " /api/v1/" in name or "person" in handler.parsed_fn_signature.parameters


def test_what_needs_no_account_takes_little(app: Litestar) -> None:
    found = [(name, handler) for name, handler in handlers(app) if not knows_its_sender(name, handler)]
    assert len(found) > 20
    large = {name: handler.resolve_request_max_body_size() for name, handler in found}
    assert not {name: size for name, size in large.items() if not isinstance(size, int) or size > MOST}


@pytest.mark.parametrize("path", ["/go", "/v", "/sign-in", "/language", "/theme", "/invitations/x"])
def test_form_of_a_stranger_is_refused_for_its_size_and_for_its_fields(client: TestClient, path: str) -> None:
    def send(body: bytes) -> Response:
        return client.post(path, content=body, headers=FORM, follow_redirects=False)

    large = send(b"a=" + b"b" * FORM_LIMIT)
    assert (large.status_code, "too large" in large.text) == (413, True)
    assert send(b"a&" * (FIELDS + 1)).status_code == 413
    assert send(b"a=1&" * (FIELDS - 1)).status_code not in (413, 500)


def test_nothing_of_a_form_is_read_before_its_sender_is_known(
    app: Litestar, client: TestClient, alice: TestClient
) -> None:
    body, asked = b"a&" * (CHOSEN + 1), 0
    for name, handler in handlers(app):
        if not knows_its_sender(name, handler) or handler.parsed_data_field is None or " /api/" in name:
            continue
        method, _, path = name.partition(" ")
        for part in [part for part in path.split("/") if part.startswith("{")]:
            path = path.replace(part, str(uuid4()) if part.endswith("uuid}") else "1")
        answer = client.request(method, path, content=body, headers=FORM, follow_redirects=False)
        assert answer.status_code == 401, name
        if "dict" in str(handler.parsed_data_field.annotation):
            assert alice.request(method, path, content=body, headers=FORM).status_code == 413, name
        asked += 1
    assert asked > 40


def test_choice_of_every_student_and_lesson_is_taken(alice: TestClient, course: UUID, run: Callable[..., Any]) -> None:
    body = "&".join(f"student={uuid4()}" for _ in range(5_000))
    answer = alice.post(f"/courses/{course}/pins/removal", content=body.encode(), headers=FORM, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/courses/{course}/roster")


def test_list_of_megabytes_comes_in_parts(alice: TestClient, course: UUID) -> None:
    form = {"roster": "1,a\n" * 400_000, "do": "check"}
    coded = alice.post(f"/courses/{course}/roster", data=form)
    assert (coded.status_code, "too large" in coded.text) == (413, True)
    in_parts = alice.post(f"/courses/{course}/roster", files={name: (None, text) for name, text in form.items()})
    assert "lines and cells" in in_parts.text
