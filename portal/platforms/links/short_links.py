"""Where a short link leads: redirects are followed one by one, to hosts of its platform alone, and no page is read.

Each hop is a call of its own, by the rules for addresses that people gave; three seconds in all.
"""

import asyncio
import re
from urllib.parse import urljoin

import httpx

from portal.platforms.links.notes import read_link
from portal.platforms.links.pasted import platform_of
from portal.platforms.protocol import LinkRefused, NoteLink
from portal.web.outside import HTTPS, INTERNET, Forbidden, Network, call

SECONDS = 3.0
HOPS = 5
#: characters of an address that is followed
LENGTH = 2_000
REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: why a link stays unresolved
REASONS = ("host", "scheme", "address", "no_note", "hops", "slow", "network")


class Unresolved(Exception):
    """The link leads to no note that we could find; `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def leads_to(slug: str, url: str, *, network: Network = INTERNET, seconds: float = SECONDS) -> NoteLink:
    """The note behind a short link of a platform. Raises Unresolved, and nothing else for what the other side does."""
    # Share texts still write http; the hosts of short links all have https.
    url = "https://" + url.partition("://")[2]
    try:
        async with asyncio.timeout(seconds):
            for _ in range(HOPS):
                url = await _next(slug, url, network, seconds)
                if note := _note(slug, url):
                    return note
    except Forbidden as error:
        raise Unresolved(error.reason) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise Unresolved("slow") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise Unresolved("network") from error
    raise Unresolved("hops")


async def _next(slug: str, url: str, network: Network, seconds: float) -> str:
    """One hop. Only the head of the answer is read: a body of any size costs nothing."""
    _check_host(slug, httpx.URL(url))
    async with call("GET", url, {"User-Agent": "Lessonlink"}, seconds=seconds, network=network) as answer:
        location: str = answer.headers.get("location", "") if answer.status_code in REDIRECTS else ""
    if not location or len(location) > LENGTH or re.search(r"[\s\x00-\x1f\\]", location):
        raise Unresolved("no_note")
    return urljoin(url, location)


def _note(slug: str, url: str) -> NoteLink | None:
    """The note at an address of the platform, also behind its sign-in page; None for any other page of it."""
    _check_host(slug, httpx.URL(url))
    try:
        found = read_link(slug, url)
    except LinkRefused:
        return None
    return found if found.note_id is not None else None


def _check_host(slug: str, target: httpx.URL) -> None:
    if target.userinfo or target.port not in (None, HTTPS) or platform_of(f"https://{target.host}/") != slug:
        raise Unresolved("host")
