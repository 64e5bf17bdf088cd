"""Pages of thousands of cells, read and drawn beside the event loop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from litestar import MediaType, Request, Response
from litestar.response import Template

from courses.database import apart
from portal.web.fragments import template_of


async def page_apart(
    request: Request[Any, Any, Any], work: Callable[[], Coroutine[Any, Any, Template]]
) -> Response[bytes]:
    """The page that `work` reads for; it may not write. Raises what it raises."""
    page = await apart(work)

    def drawn() -> bytes:
        html: str = template_of(request, page.template_name or "").render(**page.create_template_context(request))
        return html.encode()

    return Response(
        await asyncio.to_thread(drawn), status_code=page.status_code, media_type=MediaType.HTML, headers=page.headers
    )
