"""Refuses what another site's page sends in our visitor's name, by the headers that browsers set.

Follows the Fetch Metadata resource isolation policy (https://web.dev/articles/fetch-metadata) with Origin for browsers
without it. A request with neither header is not from a browser's page and brings no cookies of a visitor.
"""

from litestar.enums import ScopeType
from litestar.exceptions import PermissionDeniedException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

SAFE = {"GET", "HEAD", "OPTIONS"}


class CrossSite(PermissionDeniedException):
    """A form or script of another site."""

    detail = "This request came from another site."


class SameOriginMiddleware(ASGIMiddleware):
    """Checks every unsafe request; `origin` is the portal's own, as in PORTAL_PUBLIC_URL."""

    def __init__(self, origin: str) -> None:
        self.origin = origin.encode()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] not in SAFE:
            headers = dict(scope["headers"])
            site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
            if site is not None and site not in (b"same-origin", b"none"):
                _refuse(scope)
            if site is None and origin is not None and origin not in (self.origin, _own(scope, headers)):
                _refuse(scope)
        await next_app(scope, receive, send)


def _refuse(scope: Scope) -> None:
    """Raises CrossSite; what looks at the answer sees in the scope why."""
    scope["state"]["cross_site"] = True
    raise CrossSite


def _own(scope: Scope, headers: dict[bytes, bytes]) -> bytes:
    """The origin that this request's own address has: a portal may be reached under several."""
    return scope["scheme"].encode() + b"://" + headers.get(b"host", b"")
