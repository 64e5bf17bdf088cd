"""Static files under an address that changes with their content, so that browsers may keep them for ever."""

import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from portal.web.compression import WORTH_IT, takes_gzip
from portal.web.icons import png

STATIC = Path(__file__).parent.parent.parent / "static"
#: a stylesheet that a page asks for once, and the files that it is made of, in this order: one request, not thirty
BUNDLES = {
    "css/portal.css": ("css/tokens.css", "css/base.css", "css/components/*.css"),
    "css/phone.css": (
        "css/tokens.css", "css/base.css", "css/components/button.css", "css/components/card.css",
        "css/components/chip.css", "css/components/field.css", "css/components/footer.css", "css/components/notice.css",
        "css/components/prose.css", "css/components/segmented.css", "css/components/state.css", "css/pages/student.css",
    ),
}  # fmt: skip
#: pictures of the mark for those who install the portal: pixels, and how large the shapes are
ICONS = {
    "icons/180.png": (180, 0.9),
    "icons/192.png": (192, 1.0),
    "icons/512.png": (512, 1.0),
    "icons/512-cut.png": (512, 0.85),
}
#: fonts are for printing, and far too large for a page
NEVER_SENT = (".ttf", ".otf")
TEXT = ("text/", "application/json", "image/svg+xml")
FOR_EVER = CacheControlHeader(public=True, max_age=31_536_000, immutable=True)
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)


@cache
def files() -> dict[str, bytes]:
    """Everything that is sent, by its path in static/, the bundles too; read once, when the application starts."""
    found = {
        str(path.relative_to(STATIC)): path.read_bytes()
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and path.suffix not in NEVER_SENT
    }
    icons = {name: png(size, scale) for name, (size, scale) in ICONS.items()}
    return found | {name: bundle(parts) for name, parts in BUNDLES.items()} | icons


def bundle(parts: tuple[str, ...]) -> bytes:
    """The stylesheets behind one another, without their comments; a pattern stands for its files by name."""
    paths = [path for part in parts for path in sorted(STATIC.glob(part))]
    return b"".join(_COMMENT.sub(b"", path.read_bytes()).strip() + b"\n" for path in paths)


@cache
def digest() -> str:
    """Of all files that are sent."""
    total = hashlib.sha256()
    for path, content in files().items():
        total.update(path.encode() + b"\0" + content + b"\0")
    return total.hexdigest()[:12]


def asset(path: str) -> str:
    """The address of a static file, such as `css/portal.css`."""
    return f"/static/{digest()}/{path}"


@cache
def _compressed(path: str) -> bytes:
    return gzip.compress(files()[path], 9, mtime=0)


def static_files() -> Router:
    """The routes that serve them."""

    @get("/{file_path:path}", include_in_schema=False, cache_control=FOR_EVER)
    async def send(request: Request[Any, Any, Any], file_path: FromPath[Path]) -> Response[bytes]:
        """A file as it is, or compressed once for all."""
        path = str(file_path).lstrip("/")
        content = files().get(path)
        if content is None:
            raise NotFoundException
        kind = mimetypes.guess_type(path.replace(".mjs", ".js"))[0] or "application/octet-stream"
        headers = {}
        if kind.startswith(TEXT) and len(content) >= WORTH_IT:
            headers["Vary"] = "Accept-Encoding"
            if takes_gzip(request.headers.get("accept-encoding", "")):
                headers["Content-Encoding"] = "gzip"
                content = _compressed(path)
        return Response(content, media_type=kind, headers=headers)

    return Router(path=f"/static/{digest()}", route_handlers=[send], include_in_schema=False)
