"""The rehearsal: a fake platform that verifies as the real one does, and can be told to fail.

The adapters do not know it. Only addresses and keys differ; `stand_in` fills them in where real ones are missing.
"""

from dataclasses import replace
from typing import Any

from litestar import Router
from litestar.di import Provide

from portal.rehearsal import api, pages
from portal.rehearsal.fetching import Fetcher
from portal.rehearsal.signing import APP_KEY, APP_SECRET
from portal.settings import Settings

__all__ = ["APP_KEY", "APP_SECRET", "PATH", "routes", "stand_in"]

PATH = "/rehearsal"


def stand_in(settings: Settings) -> Settings:
    """The settings with the rehearsal in place of every platform that has no keys, if rehearsal is on."""
    if not settings.rehearsal or settings.xhs_app_key:
        return settings
    address = f"{settings.public_url}{PATH}/xiaohongshu"
    return replace(
        settings,
        xhs_app_key=APP_KEY,
        xhs_app_secret=APP_SECRET,
        xhs_api_url=address,
        xhs_sdk_url=f"{address}/sdk.js",
    )


def routes(settings: Settings) -> list[Any]:
    """Everything under /rehearsal."""
    fetcher = Fetcher([settings.public_url])
    return [
        Router(
            PATH,
            route_handlers=[*api.routes, *pages.routes],
            dependencies={
                "settings": Provide(lambda: settings, sync_to_thread=False),
                "keyring": Provide(lambda: settings.keyring, sync_to_thread=False),
                "fetcher": Provide(lambda: fetcher, sync_to_thread=False),
            },
            include_in_schema=False,
        )
    ]
