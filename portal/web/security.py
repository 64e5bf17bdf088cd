"""Headers of every answer, names of cookies, and what else keeps visitors safe."""

import hashlib
from urllib.parse import urlsplit

from litestar.datastructures.cookie import Cookie
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from portal.settings import Settings

CONTENT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def content_policy(*, script: str = "", connect: str = "") -> str:
    """A Content-Security-Policy; the arguments are addresses whose origins are allowed beside ours."""
    extra = {"script-src": script, "connect-src": connect}
    policy = CONTENT | {name: f"{CONTENT.get(name, '')} {origin(url)}".strip() for name, url in extra.items() if url}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class HeadersMiddleware(ASGIMiddleware):
    """Puts the security headers on every answer, errors and files too; an answer's own header wins."""

    def __init__(self, settings: Settings) -> None:
        headers = {
            "Content-Security-Policy": content_policy(),
            "X-Content-Type-Options": "nosniff",
            # Another site never sees an address of ours; our own forms keep their Origin header.
            "Referrer-Policy": "same-origin",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
            "X-Robots-Tag": "noindex, nofollow",
            "Cache-Control": "no-store",
        }
        if settings.https:
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message["headers"])
                names = {name for name, _ in given}
                message["headers"] = given + [header for header in self.headers if header[0] not in names]
            await send(message)

        await next_app(scope, receive, send_with_headers)


def cookie_name(name: str, settings: Settings) -> str:
    """`__Host-` binds a cookie to this host and to TLS; browsers refuse it over http."""
    return f"__Host-{name}" if settings.https else name


def private_cookie(name: str, value: str, settings: Settings, max_age: int | None = None) -> Cookie:
    """A cookie that scripts cannot read; `max_age` in seconds, 0 deletes it."""
    return Cookie(
        cookie_name(name, settings),
        value=value,
        path="/",
        max_age=max_age,
        secure=settings.https,
        httponly=True,
        samesite="lax",
    )


def subject(settings: Settings, *parts: str) -> str:
    """A keyed hash to count by, so that no address or name is kept."""
    sealed = settings.keyring.seal("subject-v1", "\0".join(parts).encode())
    return hashlib.sha256(sealed).hexdigest()


def local_path(path: str, fallback: str) -> str:
    """`path` if it stays on this site, else `fallback` (no open redirect, ASVS 3.7.2)."""
    if (
        not path.startswith("/")
        or path.startswith(("//", "/\\"))
        or any(ord(letter) < 33 or letter == "\\" for letter in path)
    ):
        return fallback
    return path
