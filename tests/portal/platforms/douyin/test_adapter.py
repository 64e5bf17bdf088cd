"""The Douyin adapter against a Douyin on loopback: its chain, its outages, its address, its webhook."""

import asyncio
import dataclasses
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from portal.platforms import Douyin, Draft, Picture, PlatformFailure, Video
from portal.platforms.calling.circuit import PAUSE
from portal.platforms.douyin.signature import sign_share, sign_webhook
from portal.platforms.protocol import WebhookRefused

pytestmark = pytest.mark.anyio
SECRET = "canary-client-secret"
DRAFT = Draft(
    id="1",
    type="normal",
    title="水的三态",
    content="冰 & 水+水蒸气",
    topics=("科学", "课堂"),
    images=(Picture("https://class.example/m/1.jpg"), Picture("https://class.example/m/2.jpg")),
)


class FakeDouyin:
    """Answers by path; `answers` replaces one, `seconds` delays all."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.seconds = 0.0
        #: methods that a path does not take
        self.refused: dict[str, tuple[str, ...]] = {}
        self.answers: dict[str, Any] = {
            "/oauth/client_token/": {"data": {"access_token": "token-1", "expires_in": 7200, "error_code": 0}},
            "/open/getticket/": {"data": {"ticket": "ticket-1", "expires_in": 7200, "error_code": 0}},
            "/share-id/": {"data": {"share_id": "9007199254740993", "error_code": 0}},
        }

    def paths(self) -> list[str]:
        return [urlsplit(path).path for _, path, _, _ in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            method, path, _ = first.split(" ")
            self.asked.append((method, path, headers, body))
            await asyncio.sleep(self.seconds)
            answer = self.answers[urlsplit(path).path]
            answer = answer.pop(0) if isinstance(answer, list) else answer
            status = 405 if method in self.refused.get(urlsplit(path).path, ()) else 200
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            writer.write(
                f"HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {len(raw)}\r\n\r\n".encode() + raw
            )
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def fake(anyio_backend: str) -> AsyncIterator[FakeDouyin]:
    fake = FakeDouyin()
    listening = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield fake
    listening.close()


@pytest.fixture
def douyin(fake: FakeDouyin, http: httpx.AsyncClient) -> Douyin:
    return Douyin("client-key", SECRET, fake.url, "snssdk1128://openplatform/share", http)


def parameters(url: str) -> dict[str, str]:
    scheme, _, query = url.partition("?")
    assert scheme == "snssdk1128://openplatform/share"
    assert "+" not in query
    return dict(parse_qsl(query, strict_parsing=True))


async def test_chain_ends_in_a_signed_address(fake: FakeDouyin, douyin: Douyin) -> None:
    handoff = await douyin.handoff(DRAFT)
    assert (handoff.launch, handoff.share) == ("scheme", "9007199254740993")
    given = parameters(handoff.url)
    assert given.pop("signature") == sign_share(given["nonce_str"], "ticket-1", given["timestamp"])
    assert abs(int(given.pop("timestamp")) - time.time()) < 5
    assert len(given.pop("nonce_str")) == 16
    assert json.loads(given.pop("image_list_path")) == [picture.url for picture in DRAFT.images]
    assert json.loads(given.pop("hashtag_list")) == ["科学", "课堂"]
    assert given == {
        "share_type": "h5", "client_key": "client-key", "state": "9007199254740993", "title": "水的三态\n冰 & 水+水蒸气",
        "short_title": "水的三态",
    }  # fmt: skip
    assert fake.paths() == ["/oauth/client_token/", "/open/getticket/", "/share-id/"]
    token, ticket, share = fake.asked
    assert json.loads(token[3]) == {
        "client_key": "client-key", "client_secret": SECRET, "grant_type": "client_credential"
    }  # fmt: skip
    assert (ticket[0], ticket[2]["access-token"], share[0], share[2]["access-token"]) == (
        "GET", "token-1", "POST", "token-1"
    )  # fmt: skip
    assert dict(parse_qsl(urlsplit(share[1]).query)) == {"need_callback": "true", "default_hashtag": "科学"}


async def test_one_picture_and_a_video_have_parameters_of_their_own(douyin: Douyin) -> None:
    one = parameters((await douyin.handoff(dataclasses.replace(DRAFT, images=DRAFT.images[:1], topics=()))).url)
    assert one["image_path"] == DRAFT.images[0].url
    assert not {"image_list_path", "hashtag_list", "share_to_publish"} & set(one)
    film = dataclasses.replace(DRAFT, type="video", video=Video("https://class.example/m/v.mp4"), title="长" * 13)
    given = parameters((await douyin.handoff(film)).url)
    assert (given["video_path"], given["share_to_publish"]) == ("https://class.example/m/v.mp4", "1")
    assert not {"image_path", "image_list_path", "short_title"} & set(given)


async def test_500_phones_ask_for_one_token_and_one_ticket(fake: FakeDouyin, douyin: Douyin) -> None:
    fake.seconds = 0.02
    handoffs = await asyncio.gather(*(douyin.handoff(DRAFT) for _ in range(500)))
    assert {handoff.launch for handoff in handoffs} == {"scheme"}
    paths = fake.paths()
    assert (paths.count("/oauth/client_token/"), paths.count("/open/getticket/")) == (1, 1)


async def test_ended_client_token_is_replaced_once(fake: FakeDouyin, douyin: Douyin) -> None:
    stale = {"data": {"error_code": 28001008, "description": "access_token过期"}, "message": "error"}
    fake.answers["/open/getticket/"] = [stale, fake.answers["/open/getticket/"]]
    fake.answers["/oauth/client_token/"] = [
        {"data": {"access_token": f"token-{number}", "expires_in": 7200}} for number in (1, 2)
    ]
    assert (await douyin.handoff(DRAFT)).launch == "scheme"
    assert [headers.get("access-token") for _, _, headers, _ in fake.asked] == [
        None, "token-1", None, "token-2", "token-2"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "words", "permanent"),
    [
        (
            {"data": {"error_code": 10003, "description": "client_key错误 canary-client-secret"}},
            "client_key错误 …",
            True,
        ),
        ({"data": {"error_code": 2190001, "description": "quota"}}, "quota", False),
        (b"<html>502</html>", "could not be read", False),
        (b'{"data": {"access_tok', "could not be read", False),
        (b" " * 10_000_000, "could not be read", False),
        ({"data": {"access_token": "t", "expires_in": -3600}}, "already ended", False),
        ({"data": {"access_token": "t", "expires_in": 1_500_000_000_000}}, "already ended", False),
        ({"data": {"access_token": ["t"], "expires_in": 7200}}, "could not be read", False),
        ([], "could not be read", False),
    ],
)
async def test_nonsense_and_refusals_are_typed_failures(
    fake: FakeDouyin, douyin: Douyin, answer: Any, words: str, permanent: bool
) -> None:
    fake.answers["/oauth/client_token/"] = {"x": 1} if answer == [] else answer
    with pytest.raises(PlatformFailure, match=words) as caught:
        await douyin.handoff(DRAFT)
    assert caught.value.permanent is permanent
    assert "canary" not in str(caught.value) + repr(douyin)


async def test_hanging_token_ends_within_three_seconds_for_everybody(fake: FakeDouyin, douyin: Douyin) -> None:
    fake.seconds = 30
    started = time.monotonic()
    outcomes = await asyncio.gather(*(douyin.handoff(DRAFT) for _ in range(300)), return_exceptions=True)
    assert time.monotonic() - started < 3
    assert {str(outcome) for outcome in outcomes} == {"Douyin did not answer in time."}
    assert fake.paths() == ["/oauth/client_token/"]


async def test_share_goes_on_without_an_id(fake: FakeDouyin, douyin: Douyin) -> None:
    fake.answers["/share-id/"] = b"<html>"
    for _ in range(3):
        handoff = await douyin.handoff(DRAFT)
        assert (handoff.launch, handoff.share) == ("scheme", "")
        assert "state" not in parameters(handoff.url)
    assert fake.paths().count("/share-id/") == 1
    assert PAUSE < 3


async def test_share_id_is_asked_for_by_either_method(fake: FakeDouyin, douyin: Douyin) -> None:
    fake.refused["/share-id/"] = ("POST",)
    for _ in range(2):
        assert (await douyin.handoff(DRAFT)).share == "9007199254740993"
    asked = [(method, path) for method, path, _, _ in fake.asked if path.startswith("/share-id/")]
    assert [method for method, _ in asked] == ["POST", "GET", "GET"]
    assert len({path for _, path in asked}) == 1


async def test_without_keys_it_helps_by_hand(fake: FakeDouyin, http: httpx.AsyncClient) -> None:
    handoff = await Douyin("", "", fake.url, "", http).handoff(DRAFT)
    assert (handoff.launch, handoff.reason, fake.asked) == ("assist", "no_keys", [])


def webhook(douyin: Douyin, news: dict, **headers: str) -> Any:
    body = json.dumps(news).encode()
    given = {"x-douyin-signature": sign_webhook(SECRET, body), "msg-id": "m1"} | headers
    return douyin.read_webhook({name.replace("_", "-"): value for name, value in given.items()}, body)


async def test_webhook_is_read_when_it_is_signed(douyin: Douyin) -> None:
    challenge = {"event": "verify_webhook", "client_key": "client-key", "content": {"challenge": 12345}}
    assert webhook(douyin, challenge).challenge == 12345
    # as the documentation writes it
    assert webhook(douyin, challenge | {"client_key": ""}).challenge == 12345
    content = {"share_id": "s1", "item_id": "@9V", "video_id": "7", "has_default_hashtag": True}
    for given in (content, json.dumps(content)):
        news = webhook(douyin, {"event": "create_video", "client_key": "client-key", "content": given})
        assert (news.id, news.share, news.published) == ("m1", "s1", True)
        assert news.detail == {"item_id": "@9V", "video_id": "7"}
    assert not webhook(douyin, {"event": "create_video", "content": {}}).published
    assert not webhook(douyin, {"event": "authorize", "content": content}).published
    for wrong in (
        lambda: webhook(douyin, challenge, x_douyin_signature="0" * 40),
        lambda: webhook(douyin, challenge, x_douyin_signature="签"),
        lambda: webhook(douyin, challenge | {"client_key": "another"}),
        lambda: Douyin("", "", "", "", douyin._http).read_webhook(
            {"x-douyin-signature": sign_webhook("", b"{}")}, b"{}"
        ),
    ):
        with pytest.raises(WebhookRefused):
            wrong()
