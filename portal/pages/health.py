"""Liveness and readiness for those who watch the portal."""

import asyncio
from hmac import compare_digest
from ipaddress import ip_address, ip_network
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from courses.errors import NotFound
from portal.metrics import exposition
from portal.parts import Parts
from portal.settings import Settings

#: version 0.0.4 of the text form, which every Prometheus reads
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


@get("/healthz", include_in_schema=False)
async def live(parts: NamedDependency[SkipValidation[Parts]]) -> dict[str, Any]:
    """The process answers; how long it made somebody wait in the last minute, and how much of that was its own work."""
    late, worked = parts.stalls.longest()
    return {"status": "ok", "loop": {"longest_stall_ms": round(late * 1000), "worked_ms": round(worked * 1000)}}


@get("/readyz", include_in_schema=False)
async def ready(parts: NamedDependency[SkipValidation[Parts]]) -> Response[dict[str, Any]]:
    """Database, migrations and media store, each with its state; 503 when one is missing."""
    checks = await parts.readiness.checks()
    good = set(checks.values()) == {"ok"}
    return Response({"status": "ok" if good else "not ready", "checks": checks}, status_code=200 if good else 503)


@get("/metrics", include_in_schema=False)
async def metrics(request: Request[Any, Any, Any], settings: NamedDependency[Settings]) -> Response[bytes]:
    """Figures for Prometheus, to those whom the settings name; for all others there is nothing here. Raises NotFound."""
    if not _may_measure(request, settings):
        raise NotFound
    return Response(await asyncio.to_thread(exposition), media_type=EXPOSITION)


def _may_measure(request: Request[Any, Any, Any], settings: Settings) -> bool:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if settings.metrics_token and kind.lower() == "bearer":
        return compare_digest(token.strip().encode(), settings.metrics_token.encode())
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    return any(address in ip_network(network, strict=False) for network in settings.metrics_from)


routes = [live, ready, metrics]
