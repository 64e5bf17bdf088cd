"""What stands on every answer: headers that bind the browser, a type, and cookies that keep to this site."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from litestar.testing import TestClient

from portal.app import create_app
from portal.settings import Settings
from portal.web.assets import digest

ANSWERS = {
    "/sign-in": 200, "/courses": 303, "/nothing": 404, "/courses/x/roster": 404, "/go": 200, "/schema/openapi.json": 200,
    "/healthz": 200, "/api/v1/courses": 401, "/s/AAAA": 404, "/media/x": 404,
}  # fmt: skip


@pytest.fixture
def https(same_settings: Settings, own_database: str) -> Iterator[TestClient]:
    """Of a portal with a public address."""
    settings = replace(same_settings, public_url="https://testserver.local")
    with TestClient(create_app(settings), base_url=settings.public_url) as client:
        client.follow_redirects = False
        yield client


@pytest.mark.parametrize("path", [*ANSWERS, "stylesheet"])
def test_every_answer_binds_the_browser(https: TestClient, path: str) -> None:
    answer = https.get(f"/static/{digest()}/css/portal.css" if path == "stylesheet" else path)
    assert answer.status_code == ANSWERS.get(path, 200)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert path == "stylesheet" or answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_says_its_type(https: TestClient, path: str) -> None:
    answer = https.get(path)
    kind = answer.headers.get("content-type", "")
    assert not answer.content or kind.split(";")[0] in (
        "text/html",
        "application/json",
        "application/vnd.oai.openapi+json",
    )
    assert not kind.startswith("text/") or "charset=utf-8" in kind


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/courses", "/api/post/preview/x", "/schema/openapi.json"])
def test_no_answer_is_for_another_site(https: TestClient, path: str) -> None:
    for method in ("GET", "OPTIONS"):
        asked = {"origin": "https://elsewhere.example", "access-control-request-method": "GET"}
        answer = https.request(method, path, headers=asked)
        assert [name for name in answer.headers if name.startswith("access-control-")] == []


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
def test_methods_that_nothing_takes_are_refused(https: TestClient, method: str) -> None:
    for path in ("/sign-in", "/api/v1/courses"):
        answer = https.request(method, path, headers={"x-secret": "echo"})
        assert answer.status_code == 405
        assert "echo" not in answer.text


def test_every_cookie_keeps_to_this_site_and_from_scripts(https: TestClient) -> None:
    answers = [https.post("/theme", data={"theme": "dark"}), https.post("/language", data={"language": "zh"})]
    for answer in answers:
        name, _, attributes = answer.headers["set-cookie"].partition("=")
        assert name.startswith("__Host-")
        found = {part.strip().lower() for part in attributes.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= found
        assert not [part for part in found if part.startswith("domain")]
    page = https.get("/go").text
    assert '<html lang="zh-CN"' in page
    assert 'data-theme="dark"' in page
    # the names without the prefix, which another site of the same domain could set, mean nothing here
    https.cookies.clear()
    page = https.get("/go", headers={"cookie": "theme=dark; language=zh"}).text
    assert '<html lang="en"' in page
    assert "data-theme" not in page
