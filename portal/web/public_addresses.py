"""Which IP addresses are on the public internet: what the portal may call, and what a platform can fetch from."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

#: all of IPv6 that is given out; outside it are the addresses that carry an IPv4 one (mapped, NAT64) and local ones,
#: also those that `is_global` does not know (fec0::/10, RFC 3879; 64:ff9b:1::/48, RFC 8215)
_GIVEN_OUT = IPv6Network("2000::/3")
#: public by `is_global`, and nobody's: relays of 6to4 (RFC 7526), examples (RFC 9637)
_NOBODYS = (IPv4Network("192.88.99.0/24"), IPv6Network("3fff::/20"))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address, and the one it may carry, is on the public internet, by the registries of IANA."""
    if not address.is_global or address.is_multicast or address.is_reserved or any(address in net for net in _NOBODYS):
        return False
    if isinstance(address, IPv4Address):
        return True
    if address not in _GIVEN_OUT or address.teredo is not None:
        return False
    return address.sixtofour is None or is_public(address.sixtofour)
