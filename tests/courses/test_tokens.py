"""Tokens: what we signed is read, anything else is refused before a database could be asked."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.errors import TokenInvalid
from courses.tokens import (
    SHARE,
    Keyring,
    ShareToken,
    public_id,
    read_public_id,
    read_share_token,
    seal,
    share_token,
    unseal,
)

RING = Keyring.parse(f"1:{'11' * 32}")
CODES = st.binary(min_size=5, max_size=5)
SEATS = st.none() | st.integers(0, 65535)


@given(CODES, SEATS)
def test_share_token_comes_back_in_either_case(code: bytes, seat: int | None) -> None:
    token = share_token(RING, code, seat)
    assert len(token) == (36 if seat is None else 39)
    assert token == token.upper()
    assert read_share_token(RING, token) == read_share_token(RING, token.lower()) == ShareToken(code, seat)


@pytest.mark.parametrize("seat", [None, 7])
def test_share_token_refuses_every_flipped_bit(seat: int | None) -> None:
    token = share_token(RING, b"abcde", seat)
    sealed = base64.b32decode(token + "=" * (-len(token) % 8))
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(TokenInvalid):
            read_share_token(RING, base64.b32encode(bytes(flipped)).rstrip(b"=").decode())


@pytest.mark.parametrize("seat", [None, 7])
def test_share_token_has_one_spelling(seat: int | None) -> None:
    token = share_token(RING, b"abcde", seat)
    others = [token[:-1] + letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if letter != token[-1]]
    for other in [*others, token + "=", token + "A", token[:-1], token[1:], token + " ", "\n" + token]:
        with pytest.raises(TokenInvalid):
            read_share_token(RING, other)


@pytest.mark.parametrize("text", ["", "A", "=" * 8, "1" * 36, "ß" * 36, "A" * 10_000, "A" * 36, "%00", "ſ" * 36])
def test_share_token_refuses_what_is_none(text: str) -> None:
    with pytest.raises(TokenInvalid):
        read_share_token(RING, text)


def test_share_token_refuses_another_portals_key() -> None:
    other = Keyring.parse(f"1:{'22' * 32}")
    with pytest.raises(TokenInvalid):
        read_share_token(RING, share_token(other, b"abcde"))


def test_share_token_refuses_another_purpose_and_length() -> None:
    for purpose, payload in (("invite-v1", b"abcde"), (SHARE, b"abcd"), (SHARE, b"abcdef"), (SHARE, b"abcdefgh")):
        text = base64.b32encode(RING.seal(purpose, payload)).rstrip(b"=").decode()
        with pytest.raises(TokenInvalid):
            read_share_token(RING, text)


def test_keyring_rotates_and_retires() -> None:
    old, both = Keyring.parse(f"1:{'11' * 32}"), Keyring.parse(f"2:{'22' * 32},1:{'11' * 32}")
    new = Keyring.parse(f"2:{'22' * 32}")
    printed = share_token(old, b"abcde")
    assert read_share_token(both, printed).code == b"abcde"
    assert read_share_token(new, share_token(both, b"abcde")).code == b"abcde"
    with pytest.raises(TokenInvalid):
        read_share_token(new, printed)


@pytest.mark.parametrize(
    "text", ["", "1", "1:xy", "x:" + "11" * 32, "1:" + "11" * 31, f"1:{'11' * 32},1:{'22' * 32}", f"256:{'11' * 32}"]
)
def test_keyring_refuses_what_is_no_ring(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Keyring.parse(text)


def test_keyring_makes_rings_and_hides_keys() -> None:
    made = Keyring.generate()
    assert Keyring.parse(made) is not None
    assert made != Keyring.generate()
    assert made.split(":")[1] not in repr(Keyring.parse(made))
    assert Keyring.parse(made).export() == made


def test_macs_are_of_each_key_the_signing_one_first() -> None:
    old, both = Keyring.parse(f"1:{'5a' * 32}"), Keyring.parse(f"2:{'a5' * 32},1:{'5a' * 32}")
    new, kept = both.macs("room-v1", b"x")
    assert [kept] == old.macs("room-v1", b"x")
    assert (len(new), new != kept) == (16, True)
    assert old.macs("media-v1", b"x") != [kept]


def test_name_of_a_secret_says_whether_its_key_still_signs() -> None:
    old, both = Keyring.parse(f"1:{'5a' * 32}"), Keyring.parse(f"2:{'a5' * 32},1:{'5a' * 32}")
    name = old.new_name()
    assert (old.is_current(name), both.is_current(name), both.is_current(both.new_name())) == (True, False, True)
    assert both.derive("pin-v1", name) == old.derive("pin-v1", name)


@given(st.binary(max_size=60))
def test_seal_comes_back_for_its_purpose_only(payload: bytes) -> None:
    text = seal(RING, "phone-v1", payload)
    assert unseal(RING, "phone-v1", text) == payload
    with pytest.raises(TokenInvalid):
        unseal(RING, "media-v1", text)


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", "ü", "A" * 21])
def test_unseal_refuses_what_was_not_sealed(text: str) -> None:
    with pytest.raises(TokenInvalid):
        unseal(RING, "phone-v1", text)


def test_public_id_is_base32_of_the_code() -> None:
    assert public_id(b"\x00\x01\x02\xfe\xff") == base64.b32encode(b"\x00\x01\x02\xfe\xff").decode()
    assert len(public_id(b"abcde")) == 8


@given(CODES)
def test_public_id_is_read_back_in_either_case(code: bytes) -> None:
    assert read_public_id(public_id(code)) == read_public_id(public_id(code).lower()) == code


@pytest.mark.parametrize("text", ["", "MFRGG===", "MFRGGZD", "MFRGGZDFMFRGGZDF", "MFRGG1DF", "é" * 8])
def test_public_id_of_another_shape_is_none(text: str) -> None:
    with pytest.raises(TokenInvalid):
        read_public_id(text)
