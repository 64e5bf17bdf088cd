"""Pages of thousands of cells, read and drawn beside the event loop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from litestar import MediaType, Request, Response
from litestar.response import Template

from courses.database import apart
from portal.web.fragments import template_of
from portal.web.frame import framed
from portal.workers.threads import thread_place


async def page_apart(
    request: Request[Any, Any, Any], work: Callable[[], Coroutine[Any, Any, Template]]
) -> Response[bytes]:
    """The page that `work` reads for; it may not write. Of one person one is made at a time. Raises Busy, and what it raises."""

    async def read() -> Template:
        page = await work()
        await framed(page)
        return page

    async with thread_place("page"):
        page = await apart(read)

        def drawn() -> bytes:
            html: str = template_of(request, page.template_name or "").render(**page.create_template_context(request))
            return html.encode()

        content = await asyncio.to_thread(drawn)
    return Response(content, status_code=page.status_code, media_type=MediaType.HTML, headers=page.headers)
