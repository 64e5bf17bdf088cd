"""Traces reach a collector that listens, and tell nothing of whoever asked."""

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from portal.app import create_app
from portal.collector import has_collector
from portal.settings import Settings
from portal.web.tracing import Tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Collector:
    """What was sent to it, as it came."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                assert self.path == "/v1/traces"
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    @property
    def spans(self) -> list[Span]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span
            for request in requests
            for sent in request.resource_spans
            for scope in sent.scope_spans
            for span in scope.spans
        ]

    @property
    def services(self) -> set[str]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        told = [each for request in requests for sent in request.resource_spans for each in sent.resource.attributes]
        return {each.value.string_value for each in told if each.key == "service.name"}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    collector = Collector()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server.server_port}")
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    yield collector
    collector.server.shutdown()
    thread.join()
    collector.server.server_close()


def test_traces_tell_routes_and_nothing_of_visitors(collector: Collector, settings: Settings, own_app: None) -> None:
    secrets = {
        "path": "ABCDEFGHABCDEFGH", "query": "whisper", "agent": "Redmi", "address": "192.0.2.7", "peer": "testclient",
        "cookie": "c00c1e", "form": "correct horse",
    }  # fmt: skip
    headers = {
        "user-agent": "Redmi Note 9", "x-forwarded-for": "192.0.2.7", "cookie": "session=c00c1e", "referer": "/s/whisper",
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "tracestate": "name=whisper", "baggage": "name=whisper",
    }  # fmt: skip
    app = create_app(replace(settings, traces=True))
    with TestClient(app, base_url="http://testserver.local") as client:
        assert client.get("/s/ABCDEFGHABCDEFGH?of=whisper", headers=headers).status_code == 404
        asked = client.get("/healthz", headers=headers)
        client.post("/sign-in", data={"email": "whisper@example.org", "password": "correct horse"}, headers=headers)
        client.request("BREW", "/whisper/ABCDEFGHABCDEFGH")
    names = [(span.name, span.kind) for span in collector.spans]
    assert names == [
        (name, Span.SPAN_KIND_SERVER) for name in ("GET /s/{token}", "GET /healthz", "POST /sign-in", "_OTHER")
    ]
    attributes = {each.key: each.value for each in collector.spans[1].attributes}
    assert attributes["http.route"].string_value == "/healthz"
    assert attributes["http.status_code"].int_value == 200
    assert (
        attributes["http.response.header.x_request_id"].array_value.values[0].string_value
        == asked.headers["x-request-id"]
    )
    assert {
        name: word for name, word in secrets.items() if any(word.encode() in body for body in collector.bodies)
    } == {}
    assert TRACE not in {span.trace_id.hex() for span in collector.spans}
    assert collector.services == {"lessonlink"}


@pytest.mark.anyio
async def test_trace_of_the_balancer_goes_on_where_it_is_believed(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_PROPAGATORS", "tracecontext")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "class")
    tracing = Tracing()
    async with tracing.sending(), httpx.AsyncClient(transport=httpx.ASGITransport(tracing.around(tea))) as client:
        headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        assert (await client.get("http://testserver.local/tea", headers=headers)).status_code == 204
    assert [span.trace_id.hex() for span in collector.spans] == [TRACE]
    assert collector.services == {"class"}


async def tea(_: Any, __: Any, send: Any) -> None:
    """An application."""
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER"),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL"),
    ],
)
def test_collector_that_is_spoken_to_otherwise_is_refused(given: dict[str, str], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        has_collector(given)


def test_collector_is_there_where_the_variables_name_one() -> None:
    named = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}
    assert has_collector(named)
    assert has_collector({"OTEL_TRACES_EXPORTER": "otlp"})
    assert not has_collector({})
    assert not has_collector(named | {"OTEL_TRACES_EXPORTER": "none"})
    assert not has_collector(named | {"OTEL_SDK_DISABLED": "true"})


def test_nothing_of_it_is_loaded_without_a_collector(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("opentelemetry.sdk", "opentelemetry.exporter", "portal.web.tracing"):
        monkeypatch.setitem(sys.modules, name, None)
    create_app(settings)
    with pytest.raises(ImportError):
        create_app(replace(settings, traces=True))
