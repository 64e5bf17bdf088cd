"""The network that a visitor comes from: what limits count. Who has one address of IPv6 has all of its network."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Interface, ip_address
from typing import Any

from litestar import Request

from courses.people.attempts import Tries
from portal.settings import Settings
from portal.web.limits import Limit
from portal.web.security import subject

#: prefixes of IPv6 and how many times the limit each has: a phone or a house, a house or a firm, a firm or a campus (RFC 6177)
TIERS = ((64, 1), (56, 4), (48, 16))


def networks_of(address: str) -> list[tuple[str, int]]:
    """The networks of an address, the narrowest first, and how many times the limit each has; no address counts as it is."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return [(address, 1)]
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is None:
            return [(str(IPv6Interface((ip, prefix)).network), times) for prefix, times in TIERS]
        ip = ip.ipv4_mapped
    return [(str(ip), 1)]


def widest_network(address: str) -> str:
    """What takes turns with others: however many addresses somebody has, it is one."""
    return networks_of(address)[-1][0]


def visitor_networks(request: Request[Any, Any, Any]) -> list[tuple[str, int]]:
    """Those of who asks."""
    return networks_of(_address(request))


def visitor_line(request: Request[Any, Any, Any]) -> str:
    """The network of who asks, where it takes turns with others."""
    return widest_network(_address(request))


def network_tries(
    request: Request[Any, Any, Any], settings: Settings, limit: int, window: timedelta, *what: str
) -> list[Tries]:
    """What to count for the network of who asks: `limit` tries at `what` in each window, more in wider networks."""
    return [Tries(subject(settings, *what, name), limit * times, window) for name, times in visitor_networks(request)]


class NetworkLimit:
    """The same in this process: at most `count` hits of a network in each window of `seconds`, more in wider ones."""

    def __init__(self, count: int, seconds: int = 60) -> None:
        self._limits = {times: Limit(count * times, seconds) for _, times in TIERS}

    def hit(self, request: Request[Any, Any, Any], *subject: str) -> None:
        """Count one. Raises TooMany."""
        for name, share in visitor_networks(request):
            self._limits[share].hit(*subject, name)

    @contextmanager
    def keeping(self, request: Request[Any, Any, Any], *subject: str, times: int = 1) -> Iterator[None]:
        """As that of `Limit`. Raises TooMany."""
        with ExitStack() as counted:
            for name, share in visitor_networks(request):
                counted.enter_context(self._limits[share].keeping(*subject, name, times=times))
            yield

    def look(self, request: Request[Any, Any, Any], *subject: str) -> None:
        """Count nothing. Raises TooMany where there is none left."""
        for name, share in visitor_networks(request):
            self._limits[share].look(*subject, name)


def _address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""
