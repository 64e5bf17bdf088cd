"""Whether traces of requests are sent: OpenTelemetry's own variables say so."""

from collections.abc import Mapping
from importlib.util import find_spec

#: where a collector listens, and how one speaks to it
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
PROTOCOL = "http/protobuf"


def has_collector(environ: Mapping[str, str]) -> bool:
    """Raises ValueError for what we cannot do, and where the packages are missing."""
    exporter = environ.get("OTEL_TRACES_EXPORTER") or ("otlp" if any(map(environ.get, ENDPOINTS)) else "none")
    if exporter == "none" or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if exporter != "otlp":
        raise ValueError("OTEL_TRACES_EXPORTER must be otlp or none")
    for name in PROTOCOLS:
        if environ.get(name, PROTOCOL) != PROTOCOL:
            raise ValueError(f"{name} must be {PROTOCOL}")
    if not all(map(find_spec, ("opentelemetry", "opentelemetry.sdk"))):
        raise ValueError("OTEL_…: traces need more packages, pip install 'lessonlink[traces]'")
    return True
