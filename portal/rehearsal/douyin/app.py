"""What stands for Douyin's app: the page that its address opens."""

import time
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Template

from courses.tokens import Keyring
from portal.rehearsal.composing import came_from, composer, refusal
from portal.rehearsal.douyin.share import SLUG, parameters, read_share
from portal.rehearsal.fetching import Fetcher
from portal.rehearsal.shares import ShareRefused


@get("/douyin/share")
async def share_page(
    request: Request[Any, Any, Any], keyring: NamedDependency[Keyring], fetcher: NamedDependency[Fetcher]
) -> Template | Response[bytes]:
    """The composer, or why not, in the app's words."""
    back = came_from(request)
    try:
        share = read_share(keyring, parameters(request.scope["query_string"].decode("latin-1")), back, time.time())
        if share.fault != "no-app":
            await fetcher.check(share)
        return composer(keyring, share)
    except ShareRefused as refused:
        return refusal(SLUG, str(refused), back)


routes = [share_page]
