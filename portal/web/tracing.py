"""Traces of requests for an OpenTelemetry collector; who made them, and what stands in their addresses, is in none.

The library would write down addresses, queries, visitors and their devices. So it is shown none of that: a request's method,
its route without the values, its status and its id are all that a trace can tell.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from litestar.plugins.opentelemetry import OpenTelemetryConfig, OpenTelemetryInstrumentationMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from portal.web.measuring import METHODS

SERVICE = "lessonlink"
#: milliseconds that the end of the application waits for what is not sent yet
FLUSH = 3_000


class Tracing:
    """One per application; the variables OTEL_* of the environment say where traces go, how many, and under which name."""

    def __init__(self) -> None:
        name = OTELResourceDetector().detect().attributes.get("service.name", SERVICE)
        self._provider = TracerProvider(resource=Resource.create({"service.name": name}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application, traced."""
        config = OpenTelemetryConfig(
            tracer_provider=self._provider,
            scope_span_details_extractor=lambda scope: (str(scope.get("method")), {}),
            exclude_spans=["receive", "send"],
            http_capture_headers_server_response=["x-request-id"],
        )
        return _Blind(app, config)

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """At its end what is not sent yet is."""
        try:
            yield
        finally:
            await asyncio.to_thread(self._provider.force_flush, FLUSH)


class _Blind(OpenTelemetryInstrumentationMiddleware):
    """Shows the library what is nobody's, and the application all."""

    def __init__(self, app: ASGIApp, config: OpenTelemetryConfig) -> None:
        super().__init__(_named(app), config)
        # Who sends a trace's id decides what is kept: phones may not, a balancer may where the settings say so.
        self._believed = propagate.get_global_textmap().fields if "OTEL_PROPAGATORS" in os.environ else set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shown: dict[str, Any] = {
            "type": scope["type"],
            "method": scope.get("method") if scope.get("method") in METHODS else "_OTHER",
            "scheme": scope.get("scheme"),
            "server": scope.get("server"),
            "path": "",
            "headers": [(name, value) for name, value in scope["headers"] if name.decode("latin-1") in self._believed],
            "whole": scope,
        }
        await super().__call__(cast(Scope, shown), receive, send)


def _named(app: ASGIApp) -> ASGIApp:
    """The application as it is, with its route for the span's name once there is an answer."""

    async def seeing(shown: Scope, receive: Receive, send: Send) -> None:
        scope: Scope = cast(dict[str, Any], shown)["whole"]

        async def name_and_send(message: Message) -> None:
            route = scope.get("path_template")
            if message["type"] == "http.response.start" and route:
                span = trace.get_current_span()
                span.update_name(f"{cast(dict[str, Any], shown)['method']} {route}")
                span.set_attribute("http.route", str(route))
            await send(message)

        await app(scope, receive, name_and_send)

    return seeing
