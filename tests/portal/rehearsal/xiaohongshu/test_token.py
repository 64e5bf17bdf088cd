"""The adapter against the rehearsal's token endpoint, well and unwell."""

import time

import httpx
import pytest

from portal.platforms import PlatformFailure, XiaoHongShu
from portal.platforms.xiaohongshu.token import AccessTokens
from portal.rehearsal import APP_SECRET
from portal.rehearsal.faults import fault_of

pytestmark = pytest.mark.anyio


async def ask(live, app_key: str, secret: str = APP_SECRET) -> str:
    async with httpx.AsyncClient(trust_env=False) as http:
        return await AccessTokens(app_key, secret, live.settings.xhs_api_url, http).current()


async def test_right_key_gets_a_token(live) -> None:
    assert len(await ask(live, "rehearsal")) > 20
    assert await ask(live, "rehearsal") == await ask(live, "rehearsal")


async def test_wrong_secret_and_unknown_application_are_refused(live) -> None:
    with pytest.raises(PlatformFailure, match="签名校验失败，非法参数-signature") as caught:
        await ask(live, "rehearsal", "wrong")
    assert caught.value.permanent
    with pytest.raises(PlatformFailure, match="应用不存在"):
        await ask(live, "someone-else")


@pytest.mark.parametrize(
    ("fault", "words", "permanent"),
    [
        ("refuse", "应用未审核通过", True),
        ("signature", "签名校验失败", True),
        ("html", "could not be read", False),
        ("truncated", "could not be read", False),
        ("types", "already ended", False),
        ("huge", "could not be read", False),
        ("expired", "already ended", False),
        ("redirect", "not answering properly", True),
        ("429", "请求过于频繁", False),
        ("500", "系统繁忙", False),
    ],
)
async def test_fault_becomes_a_typed_failure(live, fault: str, words: str, permanent: bool) -> None:
    with pytest.raises(PlatformFailure, match=words) as caught:
        await ask(live, f"rehearsal+{fault}")
    assert caught.value.permanent is permanent


@pytest.mark.parametrize("fault", ["slow5", "drip", "hang"])
async def test_slow_platform_is_left_at_the_deadline(live, fault: str) -> None:
    started = time.monotonic()
    with pytest.raises(PlatformFailure, match="in time"):
        await ask(live, f"rehearsal+{fault}")
    assert time.monotonic() - started < 4


async def test_slow_within_the_deadline_and_seconds_for_ms_still_work(live) -> None:
    assert await ask(live, "rehearsal+slow1")
    assert await ask(live, "rehearsal+seconds")


async def test_stale_token_is_refused_on_the_phone_and_then_doubted(live, hand_over, draft) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        platform = XiaoHongShu("rehearsal+stale", APP_SECRET, live.settings.xhs_api_url, "", http)
        reply = hand_over(await platform.handoff(draft))
        assert reply == {"success": False, "msg": "签名校验失败，非法参数-signature"}
        assert not platform.note_refusal(reply["msg"])  # a new one would be no better


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 50_000, b'{"app_key": ["rehearsal"]}', b"\xff"])
async def test_nonsense_is_answered_in_words(live, body: bytes) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(live.settings.xhs_api_url + "/api/sns/v1/ext/access/token", content=body)
    assert (answer.status_code, answer.json()["success"]) == (200, False)


async def test_long_request_is_refused(live) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        for name in ("access", "check"):
            answer = await http.post(live.settings.xhs_api_url + f"/api/sns/v1/ext/{name}/token", content=b" " * 70_000)
            assert answer.status_code == 413
            assert "That is too large to be taken." in answer.text


def test_only_known_faults_are_keys() -> None:
    assert fault_of("rehearsal", "xiaohongshu") == ""
    assert fault_of("rehearsal+slow5", "xiaohongshu") == "slow5"
    assert (fault_of("rehearsal+ms", "douyin"), fault_of("rehearsal+ms", "xiaohongshu")) == ("ms", None)
    for key in ("", "other", "rehearsal+", "rehearsal+slow", "rehearsal+slow500", "rehearsal+nonsense", "xrehearsal"):
        assert fault_of(key, "xiaohongshu") is None
