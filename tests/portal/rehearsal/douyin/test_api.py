"""Douyin's three addresses in rehearsal: what is right is given, each wrong part refused, and the adapter's whole chain."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from courses.errors import TokenInvalid
from courses.tokens import Keyring
from portal.platforms import Douyin, PlatformFailure, build
from portal.platforms.douyin.api import ClientTokens
from portal.platforms.douyin.signature import sign_share
from portal.rehearsal.douyin import signing as signing

pytestmark = pytest.mark.anyio
NOW = 1_780_000_000.0
RING = Keyring({1: b"k" * 32})
OTHER = Keyring({1: b"x" * 32})


@pytest.fixture
def question(live: Any) -> dict[str, str]:
    secret = signing.client_secret(live.settings.keyring)
    return {"client_key": "rehearsal", "client_secret": secret, "grant_type": "client_credential"}


@pytest.fixture
def ask(phone: httpx.Client) -> Callable[..., dict[str, Any]]:
    def ask(method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = phone.request(method, f"/rehearsal/douyin{path}", **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


def refusal(code: int, words: str) -> dict[str, Any]:
    return {"data": {"error_code": code, "description": words}, "message": "error"}


def test_chain_gives_what_the_documentation_names(ask: Any, question: dict[str, str]) -> None:
    token = ask("POST", "/oauth/client_token/", json=question)
    assert token["message"] == "success"
    assert (token["data"]["error_code"], token["data"]["expires_in"]) == (0, 7200)
    headers = {"access-token": token["data"]["access_token"]}
    ticket = ask("GET", "/open/getticket/", headers=headers)["data"]
    assert ticket["ticket"].startswith("@")
    assert 6600 < ticket["expires_in"] <= 7200
    shares = {
        ask("POST", "/share-id/?need_callback=true&default_hashtag=%E8%8C%B6", headers=headers)["data"]["share_id"]
        for _ in range(3)
    }
    assert all(share.isdigit() for share in shares)
    assert len(shares) == 3


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"client_key": "other"}, 10003, "client_key 不存在"),
        ({"client_key": "rehearsal+nonsense"}, 10003, "client_key 不存在"),
        ({"client_secret": "wrong"}, 10013, "client_key 或者 client_secret 报错"),
        ({"client_secret": "密"}, 10013, "client_key 或者 client_secret 报错"),
        ({"grant_type": "authorization_code"}, 10002, "参数错误"),
        ({"scope": "h5.share"}, 10002, "参数错误"),
        ({"client_key": 7}, 10002, "参数错误"),
    ],
)
def test_client_token_refuses_each_wrong_part(ask: Any, question: Any, changes: Any, code: int, words: str) -> None:
    assert ask("POST", "/oauth/client_token/", json=question | changes) == refusal(code, words)


def test_client_token_refuses_what_is_no_question(ask: Any, question: dict[str, str]) -> None:
    for missing in question:
        given = {name: value for name, value in question.items() if name != missing}
        assert ask("POST", "/oauth/client_token/", json=given)["data"]["error_code"] == 10002
    assert ask("POST", "/oauth/client_token/", data=question)["data"]["error_code"] == 10002
    for body in (b"", b"[]", b"[" * 40_000, b"\xff"):
        answer = ask("POST", "/oauth/client_token/", content=body, headers={"content-type": "application/json"})
        assert answer == refusal(10002, "参数错误")


def test_ticket_and_share_id_need_a_living_token(ask: Any, live: Any) -> None:
    ring = live.settings.keyring
    old = signing.new_client_token(ring, "rehearsal", time.time() - 7200)
    good = {"access-token": signing.new_client_token(ring, "rehearsal", time.time())}
    for method, path in (("GET", "/open/getticket/"), ("POST", "/share-id/?need_callback=true")):
        for header in ({}, {"access-token": "clt.x"}, {"access-token": "x"}, {"Authorization": good["access-token"]}):
            assert ask(method, path, headers=header) == refusal(28001003, "access_token无效")
        assert ask(method, path, headers={"access-token": old})["data"]["error_code"] == 28001008
    for path in ("/share-id/", "/share-id/?need_callback=false", "/share-id/?need_callback=true&hashtag=x"):
        assert ask("POST", path, headers=good) == refusal(10002, "参数错误")


def test_documents_example_is_signed_as_it_says() -> None:
    """The official vector, by the rehearsal's own reading of the rule."""
    ticket = "@ml6sqYBGgTKmQNajnKNkaj8yksCAY++adIhlGIqfTiKyvBqOIkzdJ6WRgP+nO+wtVItqKbX4iZ+mFIYkyPJjpQ=="
    given = {"nonce_str": "Wm3WZYTPz0wzccnW", "ticket": ticket, "timestamp": "1650941858"}
    assert signing._md5(given) == "3f7b739a91a52cb7d85c4f89c5f611fe"


def test_ticket_signs_until_it_ends_and_a_little_longer_in_any_process() -> None:
    ticket, seconds = signing.new_ticket(RING, "rehearsal", NOW)
    signature = sign_share("n1", ticket, str(int(NOW)))
    for later in (0, 3600, seconds - 1, seconds + 299):
        ring = Keyring({1: b"k" * 32})
        assert signing.is_signed(ring, "rehearsal", "n1", str(int(NOW)), signature, NOW + later), later
    assert not signing.is_signed(RING, "rehearsal", "n1", str(int(NOW)), signature, NOW + seconds + 301)
    for wrong in ((RING, "rehearsal+lie", "n1"), (RING, "rehearsal", "n2"), (OTHER, "rehearsal", "n1")):
        assert not signing.is_signed(*wrong, str(int(NOW)), signature, NOW)


def test_share_id_is_known_again_within_the_hour_only() -> None:
    share = signing.new_share_id(RING, "rehearsal", NOW)
    assert signing.is_share_id(RING, "rehearsal", share, NOW + 3599)
    assert not signing.is_share_id(RING, "rehearsal", share, NOW + 3600)
    forged = f"{share[:-1]}{(int(share[-1]) + 1) % 10}"
    for wrong in (
        (OTHER, "rehearsal", share),
        (RING, "rehearsal+lie", share),
        (RING, "rehearsal", forged),
        (RING, "rehearsal", "１" * 28),
    ):
        assert not signing.is_share_id(*wrong, NOW)


def test_secret_is_of_this_portal_alone() -> None:
    assert signing.client_secret(RING) == signing.client_secret(Keyring({1: b"k" * 32})) != signing.client_secret(OTHER)
    with pytest.raises(TokenInvalid):
        signing.application_of(OTHER, signing.new_client_token(RING, "rehearsal", NOW), NOW)


@pytest.mark.parametrize(
    ("fault", "words", "permanent"),
    [
        ("refuse", "应用未获得该能力", True),
        ("html", "could not be read", False),
        ("truncated", "could not be read", False),
        ("types", "already ended", False),
        ("huge", "could not be read", False),
        ("expired", "already ended", False),
        ("negative", "already ended", False),
        ("redirect", "not answering properly", True),
        ("429", "请求过于频繁", False),
        ("500", "系统繁忙", False),
        ("slow5", "in time", False),
        ("drip", "in time", False),
    ],
)
async def test_fault_becomes_a_typed_failure(live: Any, fault: str, words: str, permanent: bool) -> None:
    secret = live.settings.douyin_client_secret
    async with httpx.AsyncClient(trust_env=False) as http:
        tokens = ClientTokens(f"rehearsal+{fault}", secret, live.settings.douyin_api_url, http, deadline=0.7)
        with pytest.raises(PlatformFailure, match=words) as caught:
            await tokens.current()
    assert caught.value.permanent is permanent


@pytest.mark.parametrize("fault", ["", "+signature", "+ms", "+lie", "+untold", "+no-app", "+rejected"])
async def test_adapter_gets_through_where_the_servers_are_well(live: Any, draft: Any, fault: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        platform = build(live.settings, http)["douyin"]
        assert isinstance(platform, Douyin)
        handoff = await platform.with_key(f"rehearsal{fault}").handoff(draft)
    assert handoff.launch == "scheme"
    assert handoff.url.startswith(f"{live.url}/rehearsal/douyin/share?")
    assert signing.is_share_id(live.settings.keyring, f"rehearsal{fault}", handoff.share, time.time())
