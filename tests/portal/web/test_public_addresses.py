"""Which IP addresses are on the public internet: each kind of the registries, and those that carry another."""

from ipaddress import ip_address

import pytest

from portal.web.public_addresses import is_public

PUBLIC = {
    "IPv4": "93.184.215.14",
    "IPv4, last before private": "9.255.255.255",
    "IPv4, first after private": "11.0.0.0",
    "IPv4, anycast of the name system": "192.31.196.1",
    "IPv6": "2606:4700::1111",
    "IPv6 of Asia": "240e::1",
    "6to4 of a public address": "2002:5db8:d70e::1",
}
NOT_PUBLIC = {
    "loopback": "127.0.0.1",
    "loopback, last": "127.255.255.255",
    "loopback IPv6": "::1",
    "private 10": "10.0.0.7",
    "private 172": "172.31.255.255",
    "private 192": "192.168.1.1",
    "unique local IPv6": "fd00::1",
    "site-local IPv6": "fec0::1",
    "link-local": "169.254.169.254",
    "link-local IPv6": "fe80::1",
    "shared by a provider": "100.64.0.1",
    "unspecified": "0.0.0.0",
    "this network": "0.1.2.3",
    "unspecified IPv6": "::",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "reserved IPv6": "4000::1",
    "multicast": "224.0.0.1",
    "multicast of all the internet": "239.255.255.250",
    "multicast IPv6": "ff0e::1",
    "multicast IPv6 of a link": "ff02::1",
    "benchmarks": "198.18.0.1",
    "examples": "203.0.113.9",
    "examples IPv6": "2001:db8::1",
    "examples IPv6, newer": "3fff::1",
    "protocols": "192.0.0.170",
    "relay of 6to4": "192.88.99.1",
    "discard only": "100::1",
    "segment routing": "5f00::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped link-local": "::ffff:169.254.169.254",
    "mapped public": "::ffff:93.184.215.14",
    "compatible loopback": "::127.0.0.1",
    "translated loopback": "::ffff:0:127.0.0.1",
    "6to4 of loopback": "2002:7f00:1::1",
    "6to4 of link-local": "2002:a9fe:a9fe::",
    "6to4 of private": "2002:c0a8:101::1",
    "NAT64 of loopback": "64:ff9b::7f00:1",
    "NAT64 of link-local": "64:ff9b::169.254.169.254",
    "NAT64 of public": "64:ff9b::5db8:d70e",
    "NAT64 of a network": "64:ff9b:1::7f00:1",
    "Teredo": "2001:0:5db8:d70e:0:3f57:a247:28f1",
}


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC)
def test_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_address_of_any_other_network_is_not(address: str) -> None:
    assert not is_public(ip_address(address))
