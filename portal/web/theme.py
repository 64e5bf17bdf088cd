"""How pages look in this browser: light, dark or as the system has it, and whether the rail has words. Cookies keep both."""

from contextvars import ContextVar

from litestar.datastructures.cookie import Cookie
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

THEMES = ("light", "dark")
COOKIE = "theme"
#: set by js/parts/rail.js, as the rail is narrowed by scripts alone
RAIL_COOKIE, NARROW = "rail", "narrow"
_theme: ContextVar[str] = ContextVar("theme", default="")
_rail: ContextVar[str] = ContextVar("rail", default="")


def theme() -> str:
    """ "light", "dark", or "" for the system's: what <html data-theme> says."""
    return _theme.get()


def rail_narrow() -> bool:
    """Whether the rail shows icons without their words."""
    return _rail.get() == NARROW


def theme_cookie(name: str, secure: bool) -> Cookie:
    """Remembers a choice for a year, or forgets it when `name` is no theme; holds nothing personal."""
    value, age = (name, 31_536_000) if name in THEMES else ("", 0)
    return Cookie(_name(secure), value=value, path="/", max_age=age, secure=secure, samesite="lax", httponly=True)


def _name(secure: bool, cookie: str = COOKIE) -> str:
    return f"__Host-{cookie}" if secure else cookie


class ThemeMiddleware(ASGIMiddleware):
    """Sets both for the request under way; `secure` as the cookie was set."""

    def __init__(self, secure: bool) -> None:
        self.cookie, self.rail_cookie = _name(secure), _name(secure, RAIL_COOKIE)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
            _theme.set(_chosen(sent, self.cookie, THEMES))
            _rail.set(_chosen(sent, self.rail_cookie, (NARROW,)))
        await next_app(scope, receive, send)


def _chosen(headers: list[str], cookie: str, choices: tuple[str, ...]) -> str:
    for part in ";".join(headers).split(";"):
        name, _, value = part.strip().partition("=")
        if name == cookie and value in choices:
            return value
    return ""
