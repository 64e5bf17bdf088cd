"""Calls to addresses that people typed: https alone, no private network, no redirect, little time and little answer.

The name is looked up once and the call goes to that very address, so that a name which changes its mind between the check
and the call (DNS rebinding) gains nothing. What counts as private follows the IANA registries (ipaddress.is_global) and
looks into IPv6 addresses that carry an IPv4 one. OWASP SSRF Prevention; ASVS 5.0 1.3.6.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

SECONDS = 10.0
ANSWER_BYTES = 2_048
_NAT64 = IPv6Network("64:ff9b::/96")
_TLS = httpx.create_ssl_context(trust_env=False)


class Forbidden(Exception):
    """An address that is not called; says why, in English, for the log of deliveries."""


@dataclass(frozen=True)
class OutsideAnswer:
    """`status` is 0 where there was no answer; `words` are its first bytes as text, or what went wrong."""

    status: int
    words: str


async def post_outside(url: str, body: bytes, headers: Mapping[str, str], *, private: bool = False) -> OutsideAnswer:
    """POST to an address; with `private` also to private ones and over http. Never raises for what the other side does."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _post(url, body, headers, private)
    except TimeoutError:
        return OutsideAnswer(0, f"no answer within {SECONDS:.0f} seconds")
    except Forbidden as error:
        return OutsideAnswer(0, str(error))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ssl.SSLError, UnicodeError) as error:
        return OutsideAnswer(0, f"{type(error).__name__}: {error}")


async def _post(url: str, body: bytes, headers: Mapping[str, str], private: bool) -> OutsideAnswer:
    target = httpx.URL(url)
    if target.scheme != "https" and not (private and target.scheme == "http"):
        raise Forbidden("only https is called")
    address = await _look_up(target.host, target.port or (443 if target.scheme == "https" else 80), private)
    names = {"Host": target.netloc.decode("ascii"), **headers}
    async with (
        httpx.AsyncClient(verify=_TLS, trust_env=False, follow_redirects=False, timeout=SECONDS) as http,
        http.stream(
            "POST", target.copy_with(host=address), content=body, headers=names, extensions={"sni_hostname": target.host}
        ) as answer,
    ):  # fmt: skip
        words = b""
        async for part in answer.aiter_raw(ANSWER_BYTES):
            words += part
            if len(words) >= ANSWER_BYTES:
                break
        return OutsideAnswer(answer.status_code, words[:ANSWER_BYTES].decode("utf-8", "replace"))


async def _look_up(host: str, port: int, private: bool) -> str:
    """One address of a name, all of which may be called. Raises Forbidden, OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        if not private and not is_public(ip_address(address)):
            raise Forbidden(f"{host} is at {address}, which is not a public address")
    if not addresses:
        raise Forbidden(f"{host} is nowhere")
    return addresses[0]


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address, and the one it may carry, is on the public internet."""
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        return all(is_public(each) for each in carried if each is not None)
    return True
