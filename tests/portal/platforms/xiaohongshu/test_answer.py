"""Whatever the token endpoint answers, it is a token with a sane life or a typed failure."""

import json

import pytest

from portal.platforms.protocol import PlatformFailure
from portal.platforms.xiaohongshu.answer import SignatureRefused, epoch_seconds, read_token

NOW = 1_780_000_000.0


def read(body: object, status: int = 200) -> tuple[str, float]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_token(status, raw, NOW, ("canary-secret", ""))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_780_000_100_000, NOW + 100),  # absolute ms, as documented
        ("1780000100000", NOW + 100),
        (1_780_000_100, NOW + 100),  # absolute seconds
        (86_400, NOW + 86_400),  # seconds left
        (0.5, NOW + 0.5),
        (0, None),
        (-5, None),
        (True, None),
        (None, None),
        ("soon", None),
        ("", None),
        ("9" * 400, None),
        ([1], None),
        (float("inf"), None),
        (float("nan"), None),
    ],
)
def test_expiry_is_read_in_every_unit_met(value: object, expected: float | None) -> None:
    assert epoch_seconds(value, NOW) == expected


def test_token_is_read_under_data_and_at_the_top() -> None:
    fields = {"access_token": "t", "expires_in": 1_780_000_100_000}
    assert read({"success": True, "data": fields}) == ("t", NOW + 100)
    assert read({"code": 0, "success": True, "msg": "成功", "data": fields}) == ("t", NOW + 100)
    assert read({"success": True, **fields}) == ("t", NOW + 100)
    assert read({"code": 0, "data": fields}) == ("t", NOW + 100)


GOOD = {"access_token": "t", "expires_in": 1_780_000_100_000}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>bad gateway</html>",
        b'{"success": true, "data": {"access_tok',
        b"[" * 60_000,
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b'"token"',
        {},
        {"success": True},
        {"success": True, "data": None},
        {"success": True, "data": []},
        {"success": True, "data": {"access_token": "t"}},
        {"success": True, "data": {"expires_in": 1_780_000_100_000}},
        {"success": True, "data": {**GOOD, "access_token": ""}},
        {"success": True, "data": {**GOOD, "access_token": 7}},
        {"success": True, "data": {**GOOD, "access_token": "a\r\nb"}},
        {"success": True, "data": {**GOOD, "access_token": "x" * 5000}},
        {"success": True, "data": {**GOOD, "expires_in": 1_779_999_999_000}},
        {"success": True, "data": {**GOOD, "expires_in": 0}},
        {"success": True, "data": {**GOOD, "expires_in": -86_400}},
        {"success": True, "data": {**GOOD, "expires_in": {}}},
        {"success": "true", "data": GOOD},
        {"success": 1, "data": GOOD},
        {"code": 500, "data": GOOD},
    ],
)
def test_nonsense_is_a_passing_failure(body: object) -> None:
    with pytest.raises(PlatformFailure) as caught:
        read(body)
    assert not caught.value.permanent
    assert caught.value.message


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(301, True), (400, True), (404, True), (408, False), (429, False), (500, False), (503, False)],
)
def test_status_decides_whether_waiting_helps(status: int, permanent: bool) -> None:
    with pytest.raises(PlatformFailure) as caught:
        read({"success": True, "data": GOOD}, status)
    assert caught.value.permanent is permanent


def test_refusal_keeps_the_platforms_words() -> None:
    with pytest.raises(SignatureRefused) as caught:
        read({"success": False, "msg": "签名校验失败，非法参数-signature"})
    assert (caught.value.message, caught.value.permanent) == ("签名校验失败，非法参数-signature", True)
    with pytest.raises(PlatformFailure, match="应用未审核通过") as caught:
        read({"success": False, "msg": "应用未审核通过"})
    assert caught.value.permanent
    with pytest.raises(PlatformFailure, match="系统繁忙") as caught:
        read({"success": False, "msg": "系统繁忙"})
    assert not caught.value.permanent


def test_words_are_one_short_line_without_secrets() -> None:
    echoed = "bad\r\nline \x1b[31m canary-secret canary-token " + "长" * 500
    with pytest.raises(PlatformFailure) as caught:
        read({"success": False, "msg": echoed, "data": {"access_token": "canary-token"}})
    assert "canary" not in caught.value.message
    assert caught.value.message.startswith("bad line [31m … … 长")
    assert len(caught.value.message) == 200


@pytest.mark.parametrize("words", [None, 7, ["签名"], "", "  \n "])
def test_refusal_without_words_has_ours(words: object) -> None:
    with pytest.raises(PlatformFailure, match="XiaoHongShu refused"):
        read({"success": False, "msg": words})
