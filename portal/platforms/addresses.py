"""Which addresses a platform's servers can fetch from."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from portal.web import public_addresses

#: names that no public name server knows (RFC 6761, RFC 6762, RFC 8375)
_LOCAL = ("localhost", "local", "internal", "home.arpa", "test", "invalid")


def is_address(url: str) -> bool:
    """Whether it can be fetched at all: neither data: nor blob: nor a path."""
    return url.startswith(("https://", "http://"))


def is_public(url: str) -> bool:
    """Whether it is https with a name or number that all the internet can reach, as far as it tells."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme != "https":
        return False
    try:
        return public_addresses.is_public(ip_address(host))
    except ValueError:
        return "." in host and not any(host == name or host.endswith(f".{name}") for name in _LOCAL)


def same_host(url: str, other: str) -> bool:
    """Whether two addresses are of one host and port."""
    try:
        return urlsplit(url).netloc == urlsplit(other).netloc
    except ValueError:
        return False
