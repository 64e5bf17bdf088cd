"""The access token against a server on loopback: stampede, outage, slowness, nonsense, secrecy."""

import asyncio
import gzip
import json
import logging
import time
import traceback
from email.utils import formatdate

import httpx
import pytest

from portal.platforms.calling.circuit import MOST_FAILURES, OPEN, PAUSE
from portal.platforms.protocol import PlatformFailure
from portal.platforms.xiaohongshu.signature import sign
from portal.platforms.xiaohongshu.token import DOUBT_AFTER, AccessTokens

pytestmark = pytest.mark.anyio
SECRET = "canary-app-secret"


class Clock:
    ahead = 0.0

    def wall(self) -> float:
        return time.time() + self.ahead

    def steady(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(server, http: httpx.AsyncClient, clock: Clock) -> AccessTokens:
    return AccessTokens("app-key", SECRET, server.url + "/", http, wall=clock.wall, clock=clock.steady, deadline=0.5)


async def failure_of(tokens: AccessTokens) -> PlatformFailure:
    with pytest.raises(PlatformFailure) as caught:
        await tokens.current()
    return caught.value


async def landed(tokens: AccessTokens) -> None:
    await asyncio.wait([tokens._flight])


async def test_request_is_signed_with_the_app_secret(server, tokens: AccessTokens) -> None:
    assert await tokens.current() == "token-1"
    (asked,) = server.asked
    assert set(asked) == {"app_key", "nonce", "timestamp", "signature"}
    assert isinstance(asked["timestamp"], int)
    assert abs(asked["timestamp"] / 1000 - time.time()) < 5
    assert asked["signature"] == sign("app-key", asked["nonce"], str(asked["timestamp"]), SECRET)


async def test_500_phones_make_one_request(server, tokens: AccessTokens) -> None:
    server.grant("token-1", after=0.1)
    assert set(await asyncio.gather(*(tokens.current() for _ in range(500)))) == {"token-1"}
    assert server.connections == 1


async def test_a_phone_that_leaves_does_not_cancel_the_others(server, tokens: AccessTokens) -> None:
    server.grant("token-1", after=0.1)
    first, second = asyncio.create_task(tokens.current()), asyncio.create_task(tokens.current())
    await asyncio.sleep(0.02)
    first.cancel()
    assert await second == "token-1"
    assert server.connections == 1


async def test_request_cut_off_by_a_shutdown_leaves_the_next_one_free(server, tokens: AccessTokens) -> None:
    server.grant("token-1", after=0.2)
    waiting = asyncio.create_task(tokens.current())
    await asyncio.sleep(0.02)
    tokens._flight.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    server.grant("token-2")
    assert await tokens.current() == "token-2"


async def test_token_is_kept_for_23_hours_then_renewed_behind_the_back(server, tokens, clock: Clock) -> None:
    server.grant("token-1", expires_in=int((time.time() + 30 * 86400) * 1000))
    await tokens.current()
    clock.ahead = 23 * 3600 - 10
    assert await tokens.current() == "token-1"
    assert server.connections == 1
    server.grant("token-2", expires_in=int((clock.wall() + 86400) * 1000))
    clock.ahead += 20
    assert await tokens.current() == "token-1"  # nobody waits
    await landed(tokens)
    assert await tokens.current() == "token-2"
    assert server.connections == 2


async def test_token_is_renewed_five_minutes_before_its_end(server, tokens, clock: Clock) -> None:
    server.grant("token-1", expires_in=int((time.time() + 3600) * 1000))
    await tokens.current()
    server.grant("token-2")
    clock.ahead = 3600 - 310
    await tokens.current()
    assert server.connections == 1
    clock.ahead = 3600 - 290
    await tokens.current()
    await landed(tokens)
    assert await tokens.current() == "token-2"


async def test_short_lived_token_is_still_used_more_than_once(server, tokens: AccessTokens) -> None:
    server.grant("token-1", expires_in=240)
    for _ in range(20):
        await tokens.current()
    assert server.connections == 1


async def test_ended_token_is_never_given_out(server, tokens, clock: Clock) -> None:
    server.grant("token-1", expires_in=240)
    await tokens.current()
    clock.ahead = 241
    server.answer("", status=500)
    await failure_of(tokens)
    clock.ahead += PAUSE
    server.grant("token-2", expires_in=240)
    assert await tokens.current() == "token-2"


async def test_living_token_outlasts_an_outage(server, tokens, clock: Clock) -> None:
    await tokens.current()
    server.answer("down", status=503)
    clock.ahead = 24 * 3600 - 600
    assert [await tokens.current() for _ in range(50)] == ["token-1"] * 50
    await landed(tokens)
    assert server.connections == 2


async def test_dead_platform_is_asked_five_times_then_left_alone_then_probed_once(server, tokens, clock: Clock) -> None:
    server.answer("down", status=503)
    for _ in range(MOST_FAILURES):
        await asyncio.gather(*(failure_of(tokens) for _ in range(20)))
        clock.ahead += PAUSE
    assert server.connections == MOST_FAILURES
    await asyncio.gather(*(failure_of(tokens) for _ in range(100)))
    assert server.connections == MOST_FAILURES
    clock.ahead += OPEN
    await asyncio.gather(*(failure_of(tokens) for _ in range(100)))
    assert server.connections == MOST_FAILURES + 1
    server.grant("token-2")
    clock.ahead += OPEN
    assert set(await asyncio.gather(*(tokens.current() for _ in range(100)))) == {"token-2"}
    assert server.connections == MOST_FAILURES + 2


async def test_signature_refusal_is_tried_once_more_with_a_fresh_nonce(server, tokens: AccessTokens) -> None:
    server.refuse("签名校验失败，非法参数-signature")
    failure = await failure_of(tokens)
    assert (failure.message, failure.permanent) == ("签名校验失败，非法参数-signature", True)
    assert len(server.asked) == 2
    assert server.asked[0]["nonce"] != server.asked[1]["nonce"]


async def test_wrong_clock_follows_the_platforms_date(server, tokens, clock: Clock) -> None:
    clock.ahead = 86_400
    date = f"Date: {formatdate(usegmt=True)}\r\n"
    server.refuse("签名校验失败，非法参数-signature", headers=date)
    await failure_of(tokens)
    assert server.asked[0]["timestamp"] / 1000 > time.time() + 86_000
    assert abs(server.asked[1]["timestamp"] / 1000 - time.time()) < 5
    assert abs(tokens.now_ms() / 1000 - time.time()) < 5


async def test_right_clock_keeps_its_milliseconds(server, tokens: AccessTokens) -> None:
    server.grant("token-1", headers=f"Date: {formatdate(time.time() - 30, usegmt=True)}\r\n")
    await tokens.current()
    assert abs(tokens.now_ms() / 1000 - time.time()) < 5
    server.grant("token-1", headers="Date: tomorrow\r\n")


@pytest.mark.parametrize("pace", ["never", "byte by byte", "head only"])
async def test_slow_platform_costs_no_more_than_the_deadline(server, tokens: AccessTokens, pace: str) -> None:
    async def script(writer: asyncio.StreamWriter) -> None:
        if pace == "never":
            await asyncio.sleep(5)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100 if pace == "byte by byte" else 0):
            writer.write(b"{")
            await writer.drain()
            await asyncio.sleep(0.05)
        await asyncio.sleep(5)

    server.script = script
    started = time.monotonic()
    failures = await asyncio.gather(*(failure_of(tokens) for _ in range(1000)))
    assert time.monotonic() - started < 4.5, "the platform takes five"
    assert {failure.message for failure in failures} == {"XiaoHongShu did not answer in time."}
    assert len({id(failure) for failure in failures}) == 1000
    assert server.connections == 1


@pytest.mark.parametrize("body", [b"x" * 10_000_000, gzip.compress(b'{"success":true}' + b" " * 50_000_000)])
async def test_huge_answer_is_cut(server, tokens: AccessTokens, body: bytes) -> None:
    packed = "Content-Encoding: gzip\r\n" if body[:2] == b"\x1f\x8b" else ""
    server.answer(body, headers=packed)
    assert (await failure_of(tokens)).message == "XiaoHongShu's answer could not be read."


async def test_packed_answer_is_read_although_not_asked_for(server, tokens: AccessTokens) -> None:
    body = json.dumps({"success": True, "data": {"access_token": "zipped", "expires_in": 86_400}}).encode()
    server.answer(gzip.compress(body), headers="Content-Encoding: gzip\r\n")
    assert await tokens.current() == "zipped"


@pytest.mark.parametrize("encoding", ["br", "gzip"])
async def test_packing_that_cannot_be_read_is_a_failure(server, tokens: AccessTokens, encoding: str) -> None:
    server.answer(b"not packed at all", headers=f"Content-Encoding: {encoding}\r\n")
    assert not (await failure_of(tokens)).permanent


async def test_redirect_is_not_followed(server, tokens: AccessTokens) -> None:
    server.answer("", status=307, headers=f"Location: {server.url}/elsewhere\r\n")
    assert (await failure_of(tokens)).permanent
    assert server.connections == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no-such-host.invalid", "http://[bad", "ftp://127.0.0.1"])
async def test_unreachable_platform_is_a_passing_failure(http: httpx.AsyncClient, url: str) -> None:
    failure = await failure_of(AccessTokens("app-key", SECRET, url, http, deadline=2))
    assert (failure.message, failure.permanent) == ("XiaoHongShu cannot be reached now.", False)


async def test_server_without_tls_is_a_passing_failure(server, http: httpx.AsyncClient) -> None:
    url = server.url.replace("http://", "https://")
    assert not (await failure_of(AccessTokens("app-key", SECRET, url, http, deadline=0.5))).permanent


async def test_dropped_connection_is_a_passing_failure(server, tokens: AccessTokens) -> None:
    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")

    server.script = script
    assert (await failure_of(tokens)).message == "XiaoHongShu cannot be reached now."


@pytest.mark.parametrize("body", ["<html>502</html>", '{"success":true,"data":{"acc', "[]"])
async def test_nonsense_is_not_kept(server, tokens, clock: Clock, body: str) -> None:
    server.answer(body)
    await failure_of(tokens)
    clock.ahead += PAUSE
    server.grant("token-1")
    assert await tokens.current() == "token-1"


async def test_doubted_token_is_replaced_before_the_next_use(server, tokens, clock: Clock) -> None:
    assert not tokens.doubt()  # nothing to doubt
    await tokens.current()
    assert not tokens.doubt()  # so young that the token is not the reason
    clock.ahead = DOUBT_AFTER + 1
    server.grant("token-2")
    assert tokens.doubt()
    assert tokens.doubt()
    assert await tokens.current() == "token-2"
    assert not tokens.doubt()
    assert server.connections == 2


async def test_doubted_token_still_serves_while_the_platform_is_down(server, tokens, clock: Clock) -> None:
    await tokens.current()
    clock.ahead = DOUBT_AFTER + 1
    server.answer("down", status=503)
    tokens.doubt()
    assert [await tokens.current() for _ in range(20)] == ["token-1"] * 20
    assert server.connections == 2


@pytest.mark.parametrize("words", [f"cannot sign with {SECRET}", "your token canary-token-9 is bad"])
async def test_secrets_reach_no_log_repr_or_traceback(server, tokens, caplog, clock: Clock, words: str) -> None:
    caplog.set_level(logging.DEBUG)
    server.grant("canary-token-9", expires_in=240)
    await tokens.current()
    clock.ahead = 300
    server.refuse(words)
    failure = await failure_of(tokens)
    written = "".join(traceback.format_exception(failure)) + repr(failure) + repr(tokens) + repr(tokens._token)
    assert "canary" not in caplog.text + written
    assert "canary" not in repr(vars(failure))
    assert failure.__context__ is None
