"""Chinese and English: catalogues, and the language of the request under way."""

from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations

from litestar.datastructures.cookie import Cookie
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from courses.errors import Message
from portal.catalogues import load

LANGUAGES = {"zh": "中文", "en": "English"}
COOKIE = "language"
_language: ContextVar[str] = ContextVar("language", default="en")


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of a language, read when they are first wanted."""
    return load(language)


def language() -> str:
    """ "zh" or "en": the language of the request under way."""
    return _language.get()


def use_language(name: str) -> None:
    """Set the language of this context, for work outside of requests."""
    _language.set(name)


def gettext(text: str) -> str:
    """Translate a text."""
    return catalogue(_language.get()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a text that depends on a count."""
    return catalogue(_language.get()).ngettext(one, many, count)


def say(message: Message) -> str:
    """A domain's message in the language of the request, and what it holds that is a message too."""
    values = {name: say(value) if isinstance(value, Message) else value for name, value in message.values.items()}
    return gettext(message.text).format(**values)


def negotiate(accepted: str) -> str:
    """The best language for an Accept-Language header; English when it names neither."""
    best, quality = "en", 0.0
    for part in accepted.split(","):
        name, _, parameters = part.strip().partition(";")
        try:
            weight = float(parameters.partition("q=")[2] or 1)
        except ValueError:
            continue
        known = name.lower().split("-")[0]
        if known in LANGUAGES and weight > quality:
            best, quality = known, weight
    return best


def language_cookie(name: str, secure: bool) -> Cookie:
    """Remembers a choice for a year, or forgets it when `name` is ""; holds nothing personal."""
    age = 31_536_000 if name else 0
    return Cookie(_name(secure), value=name, path="/", max_age=age, secure=secure, samesite="lax", httponly=True)


def _name(secure: bool) -> str:
    """`__Host-` binds a cookie to this host and to TLS; browsers refuse it over http."""
    return f"__Host-{COOKIE}" if secure else COOKIE


class LanguageMiddleware(ASGIMiddleware):
    """Chosen language first, then the browser's; `secure` as the cookie was set."""

    def __init__(self, secure: bool) -> None:
        self.cookie = _name(secure)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            chosen = accepted = ""
            for key, value in scope["headers"]:
                if key == b"accept-language":
                    accepted = value.decode("latin-1")
                elif key == b"cookie" and b"language=" in value:
                    chosen = _chosen(value.decode("latin-1"), self.cookie)
            _language.set(chosen or negotiate(accepted))
        await next_app(scope, receive, send)


def _chosen(header: str, cookie: str) -> str:
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name == cookie and value in LANGUAGES:
            return value
    return ""
