"""Bodies that take long to read: what they mean is known before it is asked for on the event loop."""

import asyncio

from portal.lessons.markdown import render_markdown
from portal.lessons.published_text import published

#: characters that are read in less than 50 ms, whatever they are; most lessons have fewer
SHORT = 1_000


async def read_body(body: str) -> None:
    """Read a long one in a thread; the page's HTML and the text to be published are kept then."""
    if len(body) > SHORT:
        await asyncio.to_thread(_read, body)


def _read(body: str) -> None:
    render_markdown(body)
    published(body)
