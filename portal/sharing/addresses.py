"""The addresses that codes and copy buttons carry."""

from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from courses.lessons.links import LinkInfo
from courses.lessons.room_codes import room_code
from courses.tokens import share_token
from portal.settings import Settings


def share_url(settings: Settings, link: LinkInfo, seat: int | None = None) -> str:
    """For QR codes: `https://HOST/S/TOKEN`, all upper case but the scheme, so that the code stays small.

    `seat` makes it one student's; a personal link has its own.
    """
    return address_of(settings, token_of(settings, link, seat))


def address_of(settings: Settings, token: str) -> str:
    """What a code of this token holds."""
    parts = urlsplit(settings.public_url)
    return f"{parts.scheme}://{parts.netloc.upper()}/S/{token}"


def room_url(settings: Settings, link: LinkInfo, moment: datetime) -> str:
    """For the projector's QR code where the course asks for the code of the room: good for a minute and a half."""
    return f"{share_url(settings, link)}/{room_code(settings.keyring, link.code_bytes, moment).scanned}"


def share_url_lower(settings: Settings, link: LinkInfo, seat: int | None = None) -> str:
    """The same address as people copy and paste it."""
    return settings.public_url + share_path(settings, link, seat)


def share_path(settings: Settings, link: LinkInfo, seat: int | None = None) -> str:
    """The same within the portal, for those who are on one of its pages."""
    return f"/s/{token_of(settings, link, seat).lower()}"


def typed_address(settings: Settings) -> str:
    """Where the spoken code is typed, such as `class.example.com/go`."""
    return f"{settings.host}/go"


def only_here(settings: Settings) -> bool:
    """Whether the public address is of this machine alone, so that no phone can open what is printed."""
    host = urlsplit(settings.public_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def token_of(settings: Settings, link: LinkInfo, seat: int | None = None) -> str:
    """The share token of a link; `seat` makes it one student's."""
    return share_token(settings.keyring, link.code_bytes, link.seat if seat is None else seat)
