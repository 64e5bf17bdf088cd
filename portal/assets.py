"""Static files under an address that changes with their content, so that browsers may keep them for ever."""

import hashlib
from functools import cache
from pathlib import Path

from litestar.datastructures import CacheControlHeader
from litestar.router import Router
from litestar.static_files import create_static_files_router

STATIC = Path(__file__).parent.parent / "static"


@cache
def digest() -> str:
    """Of all static files but the fonts for printing."""
    total = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file() and path.suffix not in (".ttf", ".otf"):
            total.update(str(path.relative_to(STATIC)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:12]


def asset(path: str) -> str:
    """The address of a static file, such as `css/base.css`."""
    return f"/static/{digest()}/{path}"


def static_files() -> Router:
    """The routes that serve them."""
    return create_static_files_router(
        path=f"/static/{digest()}",
        directories=[STATIC],
        cache_control=CacheControlHeader(public=True, max_age=31_536_000, immutable=True),
        include_in_schema=False,
    )
