"""Light, dark, or as the system has it: a choice of the browser, kept in a cookie."""

from contextvars import ContextVar

from litestar.datastructures.cookie import Cookie
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

THEMES = ("light", "dark")
COOKIE = "theme"
_theme: ContextVar[str] = ContextVar("theme", default="")


def theme() -> str:
    """ "light", "dark", or "" for the system's: what <html data-theme> says."""
    return _theme.get()


def theme_cookie(name: str, secure: bool) -> Cookie:
    """Remembers a choice for a year, or forgets it when `name` is no theme; holds nothing personal."""
    value, age = (name, 31_536_000) if name in THEMES else ("", 0)
    return Cookie(_name(secure), value=value, path="/", max_age=age, secure=secure, samesite="lax", httponly=True)


def _name(secure: bool) -> str:
    return f"__Host-{COOKIE}" if secure else COOKIE


class ThemeMiddleware(ASGIMiddleware):
    """Sets the theme of the request under way; `secure` as the cookie was set."""

    def __init__(self, secure: bool) -> None:
        self.cookie = _name(secure)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            cookies = (value for name, value in scope["headers"] if name == b"cookie")
            _theme.set(
                next((_chosen(value.decode("latin-1"), self.cookie) for value in cookies if b"theme=" in value), "")
            )
        await next_app(scope, receive, send)


def _chosen(header: str, cookie: str) -> str:
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == cookie and value in THEMES:
            return value
    return ""
