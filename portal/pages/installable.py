"""What a browser is told so that teachers can install the portal. There is no service worker: nothing private is kept."""

from typing import Any

import msgspec
from litestar import Response, get

from portal.i18n import gettext as _
from portal.i18n import language
from portal.web.assets import ICONS, asset

#: of a bar and of the screen while it starts
PAPER = "#ffffff"


@get("/manifest.webmanifest", include_in_schema=False)
async def manifest() -> Response[bytes]:
    """The same for everybody: a browser asks for it without saying who it is."""
    pictures = [
        {
            "src": asset(name),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": "maskable" if scale < 1 else "any",
        }
        for name, (size, scale) in ICONS.items()
    ]
    body: dict[str, Any] = {
        "id": "/today", "name": "Lessonlink", "short_name": "Lessonlink",
        "description": _("Lessons as codes on paper: students scan, preview and publish; instructors see who did."),
        "lang": "zh-CN" if language() == "zh" else "en", "start_url": "/today", "scope": "/", "display": "standalone",
        "theme_color": PAPER, "background_color": PAPER,
        "icons": [{"src": asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"}, *pictures],
    }  # fmt: skip
    return Response(msgspec.json.encode(body), media_type="application/manifest+json")


routes = [manifest]
