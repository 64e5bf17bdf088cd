"""Each request's work in other processes is counted for who sent it."""

from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from portal.workers.asker import new_asker


class AskerMiddleware(ASGIMiddleware):
    """Makes the place where `portal.web.auth` says who was let in."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        new_asker()
        await next_app(scope, receive, send)
