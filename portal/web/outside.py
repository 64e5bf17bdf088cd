"""Calls to addresses that people gave: https alone, no private network, no redirect unasked.

The name is looked up once and the call goes to that very address, so that a name which changes its mind between the check
and the call (DNS rebinding) gains nothing. OWASP SSRF Prevention; ASVS 5.0 1.3.6.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from portal.web.public_addresses import is_public

SECONDS = 10.0
ANSWER_BYTES = 2_048
HTTPS = 443
_TLS = httpx.create_ssl_context(trust_env=False)


class Forbidden(Exception):
    """An address that is not called: `reason` is "scheme", "host" or "address"; says why, in English, for logs."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason = reason


async def look_up(host: str, port: int) -> list[tuple[str, int]]:
    """The addresses of a name by the system's resolver, each with its port. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(entry[4][0]).partition("%")[0], int(entry[4][1])) for entry in found]


@dataclass(frozen=True)
class Network:
    """How names are looked up in it, which of its addresses are called, and whose certificates are believed.

    With `closed` also over http.
    """

    find: Callable[[str, int], Awaitable[list[tuple[str, int]]]] = look_up
    allowed: Callable[[IPv4Address | IPv6Address], bool] = is_public
    tls: ssl.SSLContext = _TLS
    closed: bool = False


INTERNET = Network()
CLOSED = Network(allowed=lambda _: True, closed=True)


@dataclass(frozen=True)
class OutsideAnswer:
    """`status` is 0 where there was no answer; `words` are its first bytes as text, or what went wrong."""

    status: int
    words: str


async def post_outside(
    url: str, body: bytes, headers: Mapping[str, str], *, network: Network = INTERNET
) -> OutsideAnswer:
    """POST to an address. Never raises for what the other side does."""
    try:
        async with (
            asyncio.timeout(SECONDS),
            call("POST", url, headers, body, seconds=SECONDS, network=network) as answer,
        ):
            words = b""
            async for part in answer.aiter_raw(ANSWER_BYTES):
                words += part
                if len(words) >= ANSWER_BYTES:
                    break
            return OutsideAnswer(answer.status_code, words[:ANSWER_BYTES].decode("utf-8", "replace"))
    except TimeoutError:
        return OutsideAnswer(0, f"no answer within {SECONDS:.0f} seconds")
    except Forbidden as error:
        return OutsideAnswer(0, str(error))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return OutsideAnswer(0, f"{type(error).__name__}: {error}")


@asynccontextmanager
async def call(
    method: str, url: str, headers: Mapping[str, str], body: bytes = b"", *, seconds: float, network: Network = INTERNET
) -> AsyncIterator[httpx.Response]:
    """An answer whose head has come; where it redirects to is for the caller to call.

    Raises Forbidden, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError.
    """
    target = httpx.URL(url)
    # As it is written in the name system: a decoded name could be encoded another way, to another's name.
    host = target.raw_host.decode("ascii")
    address, port = await _place(target, host, network)
    async with (
        httpx.AsyncClient(verify=network.tls, trust_env=False, follow_redirects=False, timeout=seconds) as http,
        http.stream(
            method, target.copy_with(host=address, port=port), content=body or None,
            headers={"Host": target.netloc.decode("ascii"), **headers}, extensions={"sni_hostname": host},
        ) as answer,
    ):  # fmt: skip
        yield answer


async def _place(target: httpx.URL, host: str, network: Network) -> tuple[str, int]:
    """The address and port that are called for a URL: one of those of its name, all of which may be called."""
    if target.scheme != "https" and not (network.closed and target.scheme == "http"):
        raise Forbidden("scheme", "only https is called")
    if target.userinfo:
        raise Forbidden("host", "no address with a name or password is called")
    found = await network.find(host, target.port or (HTTPS if target.scheme == "https" else 80))
    for address, _ in found:
        if not network.allowed(ip_address(address)):
            raise Forbidden("address", f"{host} is at {address}, which is not a public address")
    if not found:
        raise Forbidden("address", f"{host} is nowhere")
    return found[0]
