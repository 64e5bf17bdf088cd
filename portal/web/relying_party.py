"""Where passkeys of this portal are good, by its public address."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from courses.errors import Conflict, Message
from courses.people.passkey_ceremonies import RelyingParty
from portal.settings import Settings

_PORTS = {"https": 443, "http": 80}


def relying_party(settings: Settings) -> RelyingParty | None:
    """None where browsers have no passkeys: at an address of numbers, and over http but for localhost (WebAuthn §5.1.3)."""
    parts = urlsplit(settings.public_url)
    host = parts.hostname or ""
    local = host == "localhost" or host.endswith(".localhost")
    if _is_numbers(host) or not (settings.https or local):
        return None
    port = f":{parts.port}" if parts.port and parts.port != _PORTS[parts.scheme] else ""
    return RelyingParty(host, f"{parts.scheme}://{host}{port}")


def needed_party(settings: Settings) -> RelyingParty:
    """The same for what is of no use without. Raises Conflict."""
    party = relying_party(settings)
    if party is None:
        raise Conflict(
            Message("There are no passkeys at this address: they need a name instead of numbers, and https.")
        )
    return party


def _is_numbers(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
