"""The fake platform takes what is signed exactly, and nothing else."""

import pytest

from courses.tokens import Keyring
from portal.platforms.xiaohongshu.signature import sign
from portal.rehearsal.xiaohongshu.signing import (
    APP_SECRET,
    WORDS_APP,
    WORDS_NONCE,
    WORDS_SIGNATURE,
    WORDS_TIMESTAMP,
    issue_token,
    refuse_share,
    refuse_token_request,
)

NOW = 1_780_000_000.0
MS = str(int(NOW * 1000))
RING = Keyring({1: b"k" * 32})


def question(
    secret: str, app_key: str = "rehearsal", timestamp: str = MS, nonce: str = "n1", **changes: object
) -> dict:
    signed = {"app_key": app_key, "nonce": nonce, "timestamp": timestamp}
    return signed | {"signature": sign(app_key, nonce, timestamp, secret)} | changes


def test_the_known_answer_is_taken() -> None:
    """The vector of the public clients, so that both sides are held to the same outside fact."""
    asked = {
        "app_key": "app-key",
        "nonce": "nonce-1",
        "timestamp": 1780653600000,
        "signature": "9ab507fcd550854ec3040168643bbeccab898f4dd99abe97ee8d384d2ee5f95f",
    }
    from portal.rehearsal.xiaohongshu.signing import _refuse_signature

    assert _refuse_signature(asked, ["app-secret"]) is None
    lower = "b7c2cfe6fc2b034594cb319e40fdddb18fa42f362e417dca2163cfdbfd46ed1d"
    assert _refuse_signature(asked | {"signature": lower}, ["app-secret"]) == WORDS_SIGNATURE


def test_token_request_is_taken_with_number_or_text() -> None:
    assert refuse_token_request(question(APP_SECRET), NOW) is None
    assert refuse_token_request(question(APP_SECRET, timestamp=MS) | {"timestamp": int(MS)}, NOW) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signature": "0" * 64}, WORDS_SIGNATURE),
        ({"signature": None}, WORDS_SIGNATURE),
        ({"signature": "签名"}, WORDS_SIGNATURE),
        ({"signature": sign("rehearsal", "n1", MS, APP_SECRET).upper()}, WORDS_SIGNATURE),
        ({"nonce": "n2"}, WORDS_SIGNATURE),
        ({"timestamp": str(int(MS) + 1)}, WORDS_SIGNATURE),
        ({"app_key": "rehearsal+x"}, WORDS_SIGNATURE),
        ({"app_key": "other"}, WORDS_APP),
        ({"app_key": None}, WORDS_APP),
        ({"nonce": ""}, WORDS_NONCE),
        ({"nonce": "n" * 33}, WORDS_NONCE),
        ({"nonce": 7}, WORDS_NONCE),
        ({"timestamp": True}, WORDS_TIMESTAMP),
        ({"timestamp": None}, WORDS_TIMESTAMP),
        ({"timestamp": "1780000000"}, WORDS_TIMESTAMP),
        ({"timestamp": "１７８００００００００００"}, WORDS_TIMESTAMP),
        ({"timestamp": str(int(MS) - 1_801_000)}, WORDS_TIMESTAMP),
        ({"timestamp": str(int(MS) + 1_801_000)}, WORDS_TIMESTAMP),
    ],
)
def test_anything_else_is_refused_in_words(changes: dict, words: str) -> None:
    assert refuse_token_request(question(APP_SECRET) | changes, NOW) == words


def test_empty_request_is_refused() -> None:
    assert refuse_token_request({}, NOW) == WORDS_APP


def test_token_signs_shares_until_it_ends_in_any_process() -> None:
    token, ends = issue_token(RING, "rehearsal", NOW)
    assert NOW + 23 * 3600 < ends / 1000 <= NOW + 24 * 3600
    for moment in (NOW, NOW + 12 * 3600, ends / 1000 - 1):
        asked = question(token, timestamp=str(int(moment * 1000)))
        assert refuse_share(Keyring({1: b"k" * 32}), asked, moment) is None
    asked = question(token, timestamp=str(ends))
    assert refuse_share(RING, asked, ends / 1000) == WORDS_SIGNATURE


def test_token_of_another_key_portal_or_step_is_refused() -> None:
    token, _ = issue_token(RING, "rehearsal", NOW)
    assert refuse_share(Keyring({1: b"x" * 32}), question(token), NOW) == WORDS_SIGNATURE
    assert refuse_share(RING, question(token, app_key="rehearsal+slow1"), NOW) == WORDS_SIGNATURE
    assert refuse_share(RING, question(APP_SECRET), NOW) == WORDS_SIGNATURE
    assert refuse_token_request(question(token), NOW) == WORDS_SIGNATURE
