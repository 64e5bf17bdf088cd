"""Which IP addresses are on the public internet: what the portal may call, and what a platform can fetch from."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from portal.web.special_addresses import BLOCKS

#: what is given out at all of IPv6; the rest is nobody's (https://www.iana.org/assignments/ipv6-address-space/)
_GIVEN_OUT = IPv6Network("2000::/3")
#: IPv6 that is IPv4 on its way: the last 32 bits are where it goes (RFC 4291, RFC 6052)
_MAPPED, _NAT64 = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address, and each that it carries, is on the public internet, by the registries of IANA."""
    if isinstance(address, IPv6Address):
        if address in _MAPPED or address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
        if address.sixtofour is not None:
            return is_public(address.sixtofour)
        # A Teredo address carries two; none is called, as whoever has one cannot be told from the relay before it.
        if address not in _GIVEN_OUT:
            return False
    block = next((block for block in BLOCKS if _holds(block.network, address)), None)
    return block is None or block.reachable


def _holds(network: IPv4Network | IPv6Network, address: IPv4Address | IPv6Address) -> bool:
    return network.version == address.version and address in network
