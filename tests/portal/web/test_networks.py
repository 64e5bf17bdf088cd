"""The visitor's network: one of IPv4, and of IPv6 a narrow one and those around it."""

from collections.abc import Callable
from typing import Any

import pytest

from courses.errors import TooMany
from portal.web.networks import NetworkLimit, networks_of, widest_network


class Asks:
    """A request as far as its visitor's address goes."""

    def __init__(self, host: str) -> None:
        self.client = type("Address", (), {"host": host})()


@pytest.mark.parametrize(
    ("address", "networks"),
    [
        ("203.0.113.7", [("203.0.113.7", 1)]),
        ("::ffff:203.0.113.7", [("203.0.113.7", 1)]),
        ("::FFFF:CB00:7107", [("203.0.113.7", 1)]),
        ("2001:db8:1:2:3::4", [("2001:db8:1:2::/64", 1), ("2001:db8:1::/56", 4), ("2001:db8:1::/48", 16)]),
        ("2001:DB8:1:ff02::1", [("2001:db8:1:ff02::/64", 1), ("2001:db8:1:ff00::/56", 4), ("2001:db8:1::/48", 16)]),
        ("fe80::1%eth0", [("fe80::/64", 1), ("fe80::/56", 4), ("fe80::/48", 16)]),
        ("testclient", [("testclient", 1)]),
        ("", [("", 1)]),
    ],
)
def test_networks_of_an_address(address: str, networks: list[tuple[str, int]]) -> None:
    assert networks_of(address) == networks
    assert widest_network(address) == networks[-1][0]


def refused(limit: NetworkLimit, host: Callable[[int], str], most: int) -> int:
    """After how many hits of hosts it refuses, `most` if never."""
    for place in range(most):
        asks: Any = Asks(host(place))
        try:
            limit.hit(asks)
        except TooMany:
            return place
    return most


def test_wider_networks_have_wider_limits() -> None:
    assert refused(NetworkLimit(3, 3600), lambda place: f"2001:db8::{place:x}", 100) == 3
    assert refused(NetworkLimit(3, 3600), lambda place: f"2001:db8:0:{place:x}::1", 100) == 12
    assert refused(NetworkLimit(3, 3600), lambda place: f"2001:db8:0:{place:x}00::1", 100) == 48
    assert refused(NetworkLimit(3, 3600), lambda place: f"2001:db8:{place:x}::1", 100) == 100
    assert refused(NetworkLimit(3, 3600), lambda place: f"203.0.113.{place}", 100) == 100
