"""What the portal measures of itself, and who may read it."""

import json
import logging
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from litestar import get
from litestar.testing import TestClient

from portal import metrics
from portal.app import create_app
from portal.commands.figures import figures_in
from portal.settings import Settings, SettingWrong
from portal.web.measuring import LINES_A_MINUTE, SLOW, area

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-this-test"


@pytest.fixture
def client(settings: Settings) -> TestClient:
    app = create_app(replace(settings, metrics_token=TOKEN, metrics_from=("192.0.2.0/24",)))
    with TestClient(app, base_url="http://testserver.local") as client:
        yield client


def read(client: TestClient, **headers: str) -> httpx.Response:
    return client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"} | headers)


def test_metrics_are_there_for_the_token_alone(client: TestClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert read(client, authorization="Bearer a-token-of-this-tes").status_code == 404
    assert read(client, authorization=f"Basic {TOKEN}").status_code == 404
    answer = read(client)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


@pytest.mark.anyio
async def test_metrics_are_there_for_a_network(settings: Settings, anyio_backend: str) -> None:
    app = create_app(replace(settings, metrics_from=("192.0.2.0/24",)))

    async def told(address: str) -> bool:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as client:
            return "lessonlink_requests_total" in (await client.get("/metrics")).text

    assert [await told(address) for address in ("192.0.2.7", "192.0.3.7", "nobody")] == [True, False, False]


def test_answers_are_counted_by_route_without_what_stands_in_the_address(client: TestClient) -> None:
    series = ("lessonlink_requests_total", frozenset({("method", "GET"), ("route", "/s/{token}"), ("status", "404")}))
    before = figures_in(read(client).text).get(series, 0)
    client.get("/s/ABCDEFGHABCDEFGH")
    client.request("BREW", "/courses")
    text = read(client).text
    assert figures_in(text)[series] == before + 1
    assert "ABCDEFGH" not in text
    assert "BREW" not in text
    assert figures_in(text)["lessonlink_processes", frozenset()] == 1


def test_area_is_the_first_part_of_a_route() -> None:
    routes = {"/": "/", "/courses/{course_id}": "/courses", "/api/v1/courses": "/api/v1", "(none)": "(none)"}
    assert {route: area(route) for route in routes} == routes


@get("/breaks")
async def breaks() -> None:
    raise RuntimeError("as a test wants it")


def test_failure_has_an_id_in_the_head_on_the_page_and_in_the_log(
    settings: Settings, own_app: None, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)
    app.register(breaks)
    with TestClient(app, base_url="http://testserver.local", raise_server_exceptions=False) as client:
        answer = client.get("/breaks", headers={"x-request-id": "chosen", "accept": "text/html"})
        other = client.get("/healthz")
    identity = answer.headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{16}", identity)
    assert f"<code>{identity}</code>" in answer.text
    assert other.headers["x-request-id"] != identity


LOGS = """
import logging
from portal.web.process_log import write_log
from portal.web.request_ids import new_request_id
write_log("json")
log = logging.getLogger("portal.prints")
log.info("begun")
print(new_request_id())
try:
    1 / 0
except ZeroDivisionError:
    log.exception("a run of %s failed", "茶")
"""


def test_log_is_json_that_names_the_request() -> None:
    done = subprocess.run([sys.executable, "-c", LOGS], cwd=ROOT, capture_output=True, text=True, check=True)
    begun, failed = map(json.loads, done.stderr.splitlines())
    assert begun.keys() == {"at", "level", "logger", "message"}
    assert (failed["level"], failed["logger"], failed["message"]) == ("ERROR", "portal.prints", "a run of 茶 failed")
    assert failed["request"] == done.stdout.strip()
    assert "ZeroDivisionError" in failed["trace"]


SHARED = """
import sys
from portal import metrics
with metrics.shared_figures(1): assert metrics.FOLDER not in metrics.os.environ
with metrics.shared_figures(2):
    child = [sys.executable, "-c", '''
from portal import metrics
metrics.EVENTS.labels("new").inc(3)
metrics.PROCESSES.set(1)
import sys
print(metrics.exposition().decode()) if sys.argv[1:] else None
''']
    import subprocess
    subprocess.run(child, check=True)
    subprocess.run([*child, "tell"], check=True)
    folder = metrics.os.environ[metrics.FOLDER]
assert not metrics.Path(folder).exists()
"""


def test_processes_of_a_server_add_up_and_one_that_ended_is_not_counted_as_running() -> None:
    done = subprocess.run([sys.executable, "-c", SHARED], cwd=ROOT, capture_output=True, text=True, check=True)
    told = figures_in(done.stdout)
    assert told["lessonlink_events_total", frozenset({("kind", "new")})] == 6
    assert told["lessonlink_processes", frozenset()] == 1


def test_settings_of_metrics_are_checked() -> None:
    with pytest.raises(SettingWrong, match="PORTAL_METRICS_TOKEN"):
        Settings.from_env({"PORTAL_METRICS_TOKEN": "short"})
    with pytest.raises(SettingWrong, match="PORTAL_METRICS_FROM"):
        Settings.from_env({"PORTAL_METRICS_FROM": "the intranet"})
    with pytest.raises(SettingWrong, match="PORTAL_LOG"):
        Settings.from_env({"PORTAL_LOG": "xml"})


def names() -> set[str]:
    """Of every figure that we make."""
    return {
        collector._name
        for collector in vars(metrics).values()
        if getattr(collector, "_name", "").startswith("lessonlink_")
    }


def test_every_figure_is_explained_and_the_dashboard_shows_only_figures_that_there_are() -> None:
    explained = set(re.findall(r"`(lessonlink_\w+)", (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")))
    assert {re.sub(r"_total$", "", name) for name in explained} == names()
    board = json.loads((ROOT / "docs" / "grafana.json").read_text(encoding="utf-8"))
    asked = {
        name
        for panel in board["panels"]
        for target in panel.get("targets", [])
        for name in re.findall(r"lessonlink_\w+", target["expr"])
    }
    assert {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in asked} == names()


def test_slow_answers_are_told_in_the_log_and_fill_it_not(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, client: TestClient
) -> None:
    monkeypatch.setattr("portal.web.measuring.SLOW", 0.0)
    with caplog.at_level(logging.WARNING, "portal.requests"):
        for _ in range(5):
            client.get("/s/ABCDEFGH")
    assert {record.message.partition(" took ")[0] for record in caplog.records} == {"GET /s/{token}"}
    assert len(caplog.records) <= 2 * LINES_A_MINUTE  # a minute may end meanwhile
    assert len(caplog.records) >= LINES_A_MINUTE


@pytest.mark.anyio
async def test_visitor_who_left_is_no_failure_and_one_who_sends_slowly_is_not_slow_to_be_answered(
    settings: Settings, anyio_backend: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(seconds=0.0, perf_counter=lambda: clock.seconds)  # only the visitor takes time
    monkeypatch.setattr("portal.web.measuring.time", clock)
    app = create_app(settings)

    async def counted(*messages: dict[str, object]) -> list[str]:
        def labels() -> dict[frozenset[tuple[str, str]], float]:
            told = figures_in(metrics.exposition().decode())
            return {key: value for (name, key), value in told.items() if name.endswith("_requests_total") and go <= key}

        go = {("method", "POST"), ("route", "/go")}
        before, waiting = labels(), list(messages)

        async def receive() -> dict[str, object]:
            clock.seconds += SLOW
            return waiting.pop(0) if waiting else {"type": "http.disconnect"}

        async def send(_: object) -> None: ...

        head = [(b"host", b"testserver.local"), (b"content-type", b"application/x-www-form-urlencoded"),
                (b"content-length", b"10"), (b"origin", b"http://testserver.local")]  # fmt: skip
        scope = {"type": "http", "method": "POST", "path": "/go", "raw_path": b"/go", "query_string": b"",
                 "root_path": "", "scheme": "http", "server": ("testserver.local", 80), "client": ("192.0.2.1", 1),
                 "headers": head, "http_version": "1.1", "asgi": {"version": "3.0"}, "state": {}, "extensions": {}}  # fmt: skip
        await app(scope, receive, send)
        return [dict(key)["status"] for key, value in labels().items() if value > before.get(key, 0)]

    with caplog.at_level(logging.WARNING, "portal.requests"):
        assert await counted({"type": "http.request", "body": b"code=", "more_body": True}) == ["499"]
        whole = ({"type": "http.request", "body": b"code=", "more_body": True},
                 {"type": "http.request", "body": b"AAAAA", "more_body": False})  # fmt: skip
        assert await counted(*whole) == ["422"]
    assert caplog.records == []
