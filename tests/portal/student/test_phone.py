"""The phone's cookies: signed, nameless, bounded."""

import pytest
from litestar import Request
from litestar.testing import RequestFactory

from courses.tokens import Keyring, ShareToken, public_id, seal
from portal.settings import Settings
from portal.student.phone import (
    KEPT,
    PURPOSE,
    PhoneUnknown,
    arrive,
    known_phone,
    link_of,
    phone_at,
    phones,
    visitor_of,
)

SETTINGS = Settings(public_url="https://class.example.com", keyring=Keyring.parse(f"1:{'5a' * 32}"))
CODE = b"abcde"


def request(*cookies: tuple[str, str]) -> Request:
    made = RequestFactory().get("/")
    made.scope["headers"].append((b"cookie", "; ".join(f"{name}={value}" for name, value in cookies).encode()))
    return made


def scanned(*tokens: ShareToken) -> list[tuple[str, str]]:
    """The cookies of a phone that scanned these links, one after the other."""
    jar: dict[str, str] = {}
    for token in tokens:
        for cookie in arrive(request(*jar.items()), SETTINGS, token):
            jar[cookie.key] = cookie.value or ""
            if cookie.max_age == 0:
                del jar[cookie.key]
    return list(jar.items())


@pytest.mark.parametrize("seat", [None, 0, 65535])
def test_phone_comes_back_with_its_link_and_seat(seat: int | None) -> None:
    phone = phone_at(request(*scanned(ShareToken(CODE, seat))), SETTINGS, public_id(CODE))
    assert phone is not None
    assert (phone.code, phone.seat, phone.public_id) == (CODE, seat, public_id(CODE))


def test_phone_is_the_same_device_at_every_link_and_keeps_a_bounded_number() -> None:
    tokens = [ShareToken(number.to_bytes(5, "big"), None) for number in range(KEPT + 5)]
    known = phones(request(*scanned(*tokens)), SETTINGS)
    assert len(known) == KEPT
    assert len({phone.device for phone in known}) == 1


def test_phone_cookie_is_secure_and_bound_to_the_host() -> None:
    (cookie,) = arrive(request(), SETTINGS, ShareToken(CODE, None))
    assert cookie.key.startswith("__Host-")
    assert (cookie.secure, cookie.httponly, cookie.samesite, cookie.path) == (True, True, "lax", "/")


@pytest.mark.parametrize("payload", [b"", bytes(16), bytes(18), bytes(20)])
def test_phone_cookie_of_another_shape_is_none(payload: bytes) -> None:
    name = f"__Host-l-{public_id(CODE)}"
    assert phone_at(request((name, seal(SETTINGS.keyring, PURPOSE, payload))), SETTINGS, public_id(CODE)) is None


def test_phone_cookie_of_another_link_or_forger_is_none() -> None:
    ((_, value),) = scanned(ShareToken(CODE, None))
    other = public_id(b"fghij")
    assert phone_at(request((f"__Host-l-{other}", value)), SETTINGS, other) is None
    assert phone_at(request((f"__Host-l-{public_id(CODE)}", value.swapcase())), SETTINGS, public_id(CODE)) is None
    assert phone_at(request(), SETTINGS, public_id(CODE)) is None


def test_phone_at_a_clean_address_is_known_by_its_cookie_and_the_request_keeps_the_link() -> None:
    came = request(*scanned(ShareToken(CODE, 3)))
    assert link_of(came) is None
    assert known_phone(came, SETTINGS, public_id(CODE).lower()).seat == 3
    assert link_of(came) == ShareToken(CODE, 3)


@pytest.mark.parametrize(("address", "link"), [(public_id(CODE), ShareToken(CODE, None)), ("X", None), ("é" * 8, None)])
def test_phone_that_did_not_scan_is_unknown_whatever_the_address(address: str, link: ShareToken | None) -> None:
    stranger = request()
    with pytest.raises(PhoneUnknown):
        known_phone(stranger, SETTINGS, address)
    assert link_of(stranger) == link


def test_phone_takes_turns_by_its_device_and_a_forger_by_the_network() -> None:
    own, forged = scanned(ShareToken(CODE, None)), (f"__Host-l-{public_id(b'fghij')}", "made-up")
    (phone,) = phones(request(*own), SETTINGS)
    assert visitor_of(SETTINGS, request(forged, *own).scope) == phone.device
    network = visitor_of(SETTINGS, request().scope)
    assert visitor_of(SETTINGS, request(forged).scope) == network != phone.device
    assert visitor_of(SETTINGS, request(*[(f"{forged[0]}{n}", "x") for n in range(KEPT)], *own).scope) == network
