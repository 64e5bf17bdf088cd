"""Which IP addresses are on the public internet: each kind of the registries, and those that carry another."""

import ipaddress
from datetime import timedelta
from ipaddress import ip_address, ip_network

import pytest

from portal.web.public_addresses import is_public
from portal.web.special_addresses import BLOCKS, FRESH_FOR, REGISTRIES_OF, are_fresh

PUBLIC = {
    "IPv4": "93.184.215.14",
    "IPv4, last before private": "9.255.255.255",
    "IPv4, first after private": "11.0.0.0",
    "IPv4, anycast of the name system": "192.31.196.1",
    "IPv6": "2606:4700::1111",
    "IPv6 of Asia": "240e::1",
    "6to4 of a public address": "2002:5db8:d70e::1",
    "mapped public": "::ffff:93.184.215.14",
    "NAT64 of public": "64:ff9b::5db8:d70e",
    "neighbour of the host of Azure": "168.63.129.17",
    "IPv6 after the protocols": "2001:200::1",
    "IPv6 of the name system": "2620:4f:8000::1",
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
    "mapped private": "::ffff:10.0.0.1",
    "mapped host of Azure": "::ffff:168.63.129.16",
    "host of a machine in Azure": "168.63.129.16",
    "site-local IPv6, last": "feff:ffff::1",
    "relay of 6a44": "192.88.99.2",
    "dummy IPv4": "192.0.0.8",
    "dummy IPv6": "100:0:0:1::1",
    "metadata of Oracle": "192.0.0.192",
    "metadata of Alibaba": "100.100.100.200",
    "metadata of AWS, IPv6": "fd00:ec2::254",
    "benchmarks IPv6": "2001:2::1",
    "ORCHID": "2001:10::1",
    "protocols IPv6": "2001:100::1",
    "compatible loopback": "::127.0.0.1",
    "translated loopback": "::ffff:0:127.0.0.1",
    "6to4 of loopback": "2002:7f00:1::1",
    "6to4 of link-local": "2002:a9fe:a9fe::",
    "6to4 of private": "2002:c0a8:101::1",
    "NAT64 of loopback": "64:ff9b::7f00:1",
    "NAT64 of link-local": "64:ff9b::169.254.169.254",
    "NAT64 of the host of Azure": "64:ff9b::a83f:8110",
    "6to4 of the host of Azure": "2002:a83f:8110::1",
    "6to4 of a relay": "2002:c058:6301::1",
    "NAT64 of a network": "64:ff9b:1::7f00:1",
    "Teredo": "2001:0:5db8:d70e:0:3f57:a247:28f1",
    "Teredo of loopback": "2001:0:7f00:1::80ff:fffe",
}


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC)
def test_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_address_of_any_other_network_is_not(address: str) -> None:
    assert not is_public(ip_address(address))


def test_every_block_of_the_table_is_what_it_says_at_both_ends() -> None:
    for block in (block for block in BLOCKS if block.network != ip_network("64:ff9b::/96")):  # as what it carries
        inner = [other.network for other in BLOCKS if other.network != block.network]
        for address in (block.network[0], block.network[-1]):
            if not any(address.version == net.version and address in net for net in inner):
                assert is_public(address) == block.reachable, (block, address)


def test_every_row_has_its_source_and_month_and_stands_once() -> None:
    assert len(BLOCKS) == len({block.network for block in BLOCKS}) == 57
    for block in BLOCKS:
        assert block.source.startswith(("RFC ", "Microsoft")), block
        assert "1980-01" < block.since <= f"{REGISTRIES_OF:%Y-%m}", block


def test_table_has_every_block_that_a_newer_python_knows() -> None:
    known = [*ipaddress._IPv4Constants._private_networks, *ipaddress._IPv6Constants._private_networks]
    known += [ipaddress._IPv4Constants._public_network, ipaddress._IPv6Constants._sitelocal_network]
    table = [block.network for block in BLOCKS]
    missing = [net for net in known if not any(net.version == row.version and net.subnet_of(row) for row in table)]
    assert not missing, f"IANA has new blocks: bring portal/web/special_addresses.py up to date with {missing}"


def test_table_is_old_after_its_time() -> None:
    assert are_fresh(REGISTRIES_OF + timedelta(days=FRESH_FOR))
    assert not are_fresh(REGISTRIES_OF + timedelta(days=FRESH_FOR + 1))
