"""The rehearsal: fake platforms that verify as the real ones do, and can be told to fail.

The adapters do not know it. Only addresses and keys differ; `stand_in` fills them in where real ones are missing.
"""

from dataclasses import replace
from typing import Any

from litestar import Router
from litestar.di import Provide

from portal.rehearsal import apps, pages, weibo
from portal.rehearsal.douyin import api as douyin_api
from portal.rehearsal.douyin import app as douyin
from portal.rehearsal.douyin.signing import client_secret
from portal.rehearsal.faults import APP_KEY, LINK_FAULTS
from portal.rehearsal.fetching import Fetcher
from portal.rehearsal.xiaohongshu import api as xhs_api
from portal.rehearsal.xiaohongshu.signing import APP_SECRET
from portal.settings import Settings

__all__ = ["APP_KEY", "APP_SECRET", "PATH", "routes", "stand_in"]

PATH = "/rehearsal"


def stand_in(settings: Settings) -> Settings:
    """The settings with the rehearsal in place of every platform that has no keys, if rehearsal is on."""
    if not settings.rehearsal:
        return settings
    address = f"{settings.public_url}{PATH}"
    changes: dict[str, Any] = {}
    if not settings.xhs_app_key:
        changes |= {
            "xhs_app_key": APP_KEY,
            "xhs_app_secret": APP_SECRET,
            "xhs_api_url": f"{address}/xiaohongshu",
            "xhs_sdk_url": f"{address}/xiaohongshu/sdk.js",
        }
    if not settings.douyin_client_key:
        changes |= {
            "douyin_client_key": APP_KEY,
            "douyin_client_secret": client_secret(settings.keyring),
            "douyin_api_url": f"{address}/douyin",
            "douyin_share_url": f"{address}/douyin/share",
        }
    if not settings.weibo_app_key:
        changes |= {"weibo_app_key": APP_KEY, "weibo_share_url": f"{address}/weibo"}
    real = {
        "xiaohongshu": settings.xhs_app_key, "douyin": settings.douyin_client_key, "weibo": settings.weibo_app_key,
    }  # fmt: skip
    return replace(
        settings, app_urls={slug: f"{address}/app/{slug}" for slug in LINK_FAULTS if not real.get(slug)}, **changes
    )


def routes(settings: Settings) -> list[Router]:
    """Everything under /rehearsal."""
    fetcher = Fetcher([settings.public_url])
    return [
        Router(
            PATH,
            route_handlers=[
                *pages.routes, *xhs_api.routes, *douyin_api.routes, *douyin.routes, *weibo.routes, *apps.routes,
            ],
            dependencies={
                "settings": Provide(lambda: settings, sync_to_thread=False),
                "keyring": Provide(lambda: settings.keyring, sync_to_thread=False),
                "fetcher": Provide(lambda: fetcher, sync_to_thread=False),
            },
            include_in_schema=False,
        )
    ]  # fmt: skip
