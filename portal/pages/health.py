"""Liveness and readiness for those who watch the portal."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from portal.parts import Parts


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


routes = [live, ready]
