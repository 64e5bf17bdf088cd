"""Known answers: any change here breaks every real hand-off."""

import hashlib

from portal.platforms.xiaohongshu.signature import new_nonce, sign

TIMESTAMP = "1780653600000"


def test_first_step_is_signed_with_the_app_secret() -> None:
    assert sign("app-key", "nonce-1", TIMESTAMP, "app-secret") == (
        "9ab507fcd550854ec3040168643bbeccab898f4dd99abe97ee8d384d2ee5f95f"
    )


def test_second_step_is_signed_with_the_access_token() -> None:
    assert sign("app-key", "nonce-1", TIMESTAMP, "access-token") == (
        "5ff3eefb8367eea4db578745ef498ffd83cdf0836fd153a5859c0c1c2f773ee6"
    )


def test_lower_case_timestamp_is_the_known_mistake() -> None:
    mistaken = hashlib.sha256(f"appKey=app-key&nonce=nonce-1&timestamp={TIMESTAMP}app-secret".encode()).hexdigest()
    assert mistaken == "b7c2cfe6fc2b034594cb319e40fdddb18fa42f362e417dca2163cfdbfd46ed1d"
    assert sign("app-key", "nonce-1", TIMESTAMP, "app-secret") != mistaken


def test_values_are_signed_raw() -> None:
    text = "appKey=a+b c&nonce=%20&timeStamp=1秘密"
    assert sign("a+b c", "%20", "1", "秘密") == hashlib.sha256(text.encode()).hexdigest()


def test_nonces_are_fresh_and_at_most_32_characters() -> None:
    nonces = {new_nonce() for _ in range(100)}
    assert len(nonces) == 100
    assert {len(nonce) for nonce in nonces} == {32}
    assert all(nonce.isalnum() for nonce in nonces)
