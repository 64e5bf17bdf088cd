"""Each request has an id: in its answer's head, in every line of the log that it caused, and on the page of a failure."""

import secrets
from contextvars import ContextVar

#: "" outside a request
request_id: ContextVar[str] = ContextVar("request_id", default="")


def new_request_id() -> str:
    """Made here, never taken over from a visitor: a log that he can write into proves nothing."""
    identity = secrets.token_hex(8)
    request_id.set(identity)
    return identity
