"""Where a short link leads: redirects are followed one by one, to hosts of its platform alone, and no page is read.

The name is looked up once for each hop and the call goes to that very address, which must be public; only https is called,
three seconds in all. OWASP SSRF Prevention; ASVS 5.0 1.3.6.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import parse_qs, urljoin

import httpx

from portal.platforms.links.notes import read_link
from portal.platforms.links.pasted import platform_of
from portal.platforms.protocol import LinkRefused, NoteLink
from portal.web.outside import is_public

SECONDS = 3.0
HOPS = 5
#: characters of an address that is followed
LENGTH = 2_000
REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: why a link stays unresolved
REASONS = ("host", "scheme", "address", "no_note", "hops", "slow", "network")
_TLS = httpx.create_ssl_context(trust_env=False)
#: the addresses of a host, each with its port
Find = Callable[[str], Awaitable[list[tuple[str, int]]]]


class Unresolved(Exception):
    """The link leads to no note that we could find; `reason` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def dns(host: str) -> list[tuple[str, int]]:
    """By the system's resolver. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [(str(entry[4][0]).partition("%")[0], int(entry[4][1])) for entry in found]


async def leads_to(
    slug: str,
    url: str,
    *,
    find: Find = dns,
    allowed: Callable[[IPv4Address | IPv6Address], bool] = is_public,
    tls: ssl.SSLContext = _TLS,
    seconds: float = SECONDS,
) -> NoteLink:
    """The note behind a short link of a platform. Raises Unresolved, and nothing else for what the other side does."""
    # Share texts still write http; the hosts of short links all have https.
    url = "https://" + url.partition("://")[2]
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(verify=tls, trust_env=False, follow_redirects=False, timeout=seconds) as http,
        ):
            for _ in range(HOPS):
                url = await _next(http, slug, url, find, allowed)
                if note := _note(slug, url):
                    return note
    except (TimeoutError, httpx.TimeoutException) as error:
        raise Unresolved("slow") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise Unresolved("network") from error
    raise Unresolved("hops")


async def _next(
    http: httpx.AsyncClient, slug: str, url: str, find: Find, allowed: Callable[[IPv4Address | IPv6Address], bool]
) -> str:
    """One hop. Only the head of the answer is read: a body of any size costs nothing."""
    target = httpx.URL(url)
    _check_host(slug, target)
    if target.scheme != "https":
        raise Unresolved("scheme")
    addresses = await find(target.host)
    if not addresses or not all(allowed(ip_address(address)) for address, _ in addresses):
        raise Unresolved("address")
    address, port = addresses[0]
    async with http.stream(
        "GET", target.copy_with(host=address, port=port), headers={"Host": target.host, "User-Agent": "Lessonlink"},
        extensions={"sni_hostname": target.host},
    ) as answer:  # fmt: skip
        location: str = answer.headers.get("location", "") if answer.status_code in REDIRECTS else ""
    if not location or len(location) > LENGTH or re.search(r"[\s\x00-\x1f\\]", location):
        raise Unresolved("no_note")
    return urljoin(url, location)


def _note(slug: str, url: str) -> NoteLink | None:
    """The note at an address of the platform, also behind its sign-in page; None for any other page of it."""
    target = httpx.URL(url)
    _check_host(slug, target)
    for text in (url, *(urljoin(url, path) for path in parse_qs(target.query.decode()).get("redirectPath", []))):
        try:
            found = read_link(slug, text)
        except LinkRefused:
            continue
        if found.note_id is not None:
            return found
    return None


def _check_host(slug: str, target: httpx.URL) -> None:
    if target.userinfo or target.port not in (None, 443) or platform_of(f"https://{target.host}/") != slug:
        raise Unresolved("host")
