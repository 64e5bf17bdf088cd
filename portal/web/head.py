"""HEAD for every GET: Litestar answers it only where a handler says so."""

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

NOT_ALLOWED = 405


class HeadMiddleware(ASGIMiddleware):
    """Asks as GET what no handler takes as HEAD, and gives the answer's head alone (RFC 9110 §9.3.2)."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] != "HEAD":
            await next_app(scope, receive, send)
            return
        taken = True

        async def send_unless_not_taken(message: Message) -> None:
            nonlocal taken
            if message["type"] == "http.response.start" and message["status"] == NOT_ALLOWED:
                taken = False
            if taken:
                await send(message)

        # Copies: the server looks at the method of its own one, and Litestar writes into what it is given.
        await next_app({**scope, "state": dict(scope["state"])}, receive, send_unless_not_taken)
        if not taken:
            await _head_of_get(scope, receive, send, next_app)


async def _head_of_get(scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
    ended = False

    async def send_head(message: Message) -> None:
        nonlocal ended
        if message["type"] == "http.response.start":
            await send(message)
        elif not ended:
            ended = True
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def receive_until_ended() -> Message:
        # What streams without end stops when nobody listens any more.
        return {"type": "http.disconnect"} if ended else await receive()  # type: ignore[return-value]  # either is a message

    await next_app({**scope, "method": "GET"}, receive_until_ended, send_head)  # type: ignore[arg-type]  # a copy of the same type
