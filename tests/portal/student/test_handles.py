"""The handle of a page: whole, of this purpose and of these keys, or none."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from courses.errors import TokenInvalid
from courses.tokens import Keyring, seal
from portal.student.handles import PURPOSE, Handle, read_handle, seal_handle

KEYS = Keyring.parse(f"1:{'5a' * 32}")
BEFORE = Handle("00112233aabbccdd", datetime(2026, 11, 3, 8, 0, 0, 123_000, UTC), b"lesso")
ADA = UUID("3b0c8a52-6f3c-4a55-9d51-7a1f1c2e9b10")
HANDLES = [BEFORE, replace(BEFORE, seat=0), replace(BEFORE, seat=65_535), replace(BEFORE, student=ADA)]


@pytest.mark.parametrize("handle", HANDLES, ids=["nobody", "first seat", "last seat", "student"])
def test_handle_comes_back_as_it_was(handle: Handle) -> None:
    text = seal_handle(KEYS, handle)
    assert read_handle(KEYS, text) == handle
    assert len(text) <= 80
    assert read_handle(Keyring.parse(f"2:{'6b' * 32},1:{'5a' * 32}"), text) == handle
    assert handle.public_id == "NRSXG43P"


@pytest.mark.parametrize("handle", HANDLES, ids=["nobody", "first seat", "last seat", "student"])
def test_handle_that_was_changed_is_none(handle: Handle) -> None:
    text = seal_handle(KEYS, handle)
    changed = [
        text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :] for place in range(len(text) - 1)
    ]
    cut = [text[:length] for length in range(len(text))]
    for bad in [*changed, *cut, f"{text}AAAA", f"{text} ", text.swapcase(), "茶"]:
        with pytest.raises(TokenInvalid):
            read_handle(KEYS, bad)


@pytest.mark.parametrize("purpose", ["phone-v1", "refusal-v1", "share-v1", "media-v1", ""])
def test_what_was_sealed_for_something_else_is_none(purpose: str) -> None:
    payload = bytes.fromhex(BEFORE.device) + bytes(6) + BEFORE.code
    with pytest.raises(TokenInvalid):
        read_handle(KEYS, seal(KEYS, purpose, payload))
    assert read_handle(KEYS, seal(KEYS, PURPOSE, payload)).device == BEFORE.device


@pytest.mark.parametrize("length", [0, 8, 18, 20, 34, 36])
def test_payload_of_another_length_is_none(length: int) -> None:
    with pytest.raises(TokenInvalid):
        read_handle(KEYS, seal(KEYS, PURPOSE, bytes(length)))


def test_other_keys_make_none() -> None:
    with pytest.raises(TokenInvalid):
        read_handle(KEYS, seal_handle(Keyring.parse(f"1:{'5b' * 32}"), BEFORE))
