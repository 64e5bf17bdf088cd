"""Which addresses that people gave are called, in one table for all callers; the rest goes to a real server on loopback."""

import ast
import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from portal.platforms.links.short_links import Unresolved, leads_to
from portal.web.outside import CLOSED, Forbidden, Network, call, post_outside
from tests.portal.web.test_public_addresses import NOT_PUBLIC, PUBLIC

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[3]
#: a key and its self-signed certificate for xhslink.com, www.xiaohongshu.com and t.cn; they open nothing
PEM = Path(__file__).parents[1] / "platforms" / "links" / "loopback.pem"
Find = Callable[[str, int], Awaitable[list[tuple[str, int]]]]
Caller = Callable[[str, Network], Awaitable[str]]


@dataclass
class Server:
    """Speaks TLS on loopback; `got` are the heads of what it was asked."""

    port: int = 0
    got: list[str] = field(default_factory=list)
    trusted: ssl.SSLContext = field(default_factory=lambda: ssl.create_default_context(cafile=str(PEM)))

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.got.append((await reader.readuntil(b"\r\n\r\n")).decode())
            moved = b"302 Found\r\nLocation: https://t.cn/elsewhere" if "/moved" in self.got[-1] else b"200 OK"
            writer.write(b"HTTP/1.1 " + moved + b"\r\nContent-Length: 6\r\n\r\nthanks")
            await writer.drain()
        finally:
            writer.close()

    def at(self, *addresses: str, asked: list[tuple[str, int]] | None = None) -> Find:
        """Every name is at these addresses, and at this server's port."""

        async def find(host: str, port: int) -> list[tuple[str, int]]:
            if asked is not None:
                asked.append((host, port))
            return [(address, self.port) for address in addresses]

        return find

    def here(self, asked: list[tuple[str, int]] | None = None) -> Network:
        """An internet of this server alone."""
        return Network(self.at("127.0.0.1", asked=asked), lambda address: address.is_loopback, self.trusted)


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    server = Server()
    async with await asyncio.start_server(server.answer, "127.0.0.1", 0, ssl=context) as listening:
        server.port = listening.sockets[0].getsockname()[1]
        yield server


async def told(url: str, network: Network) -> str:
    """What a webhook's log says."""
    answer = await post_outside(url, b"{}", {}, network=network)
    assert answer.status == 0
    return answer.words


async def followed(url: str, network: Network, platform: str = "xiaohongshu") -> str:
    """Why a short link stays unresolved."""
    with pytest.raises(Unresolved) as unresolved:
        await leads_to(platform, url, network=network)
    assert unresolved.value.__cause__
    return f"{unresolved.value.reason}: {unresolved.value.__cause__}"


async def called(url: str, network: Network) -> str:
    with pytest.raises(Forbidden) as forbidden:
        async with call("GET", url, {}, seconds=5, network=network):
            raise AssertionError("called")
    return f"{forbidden.value.reason}: {forbidden.value}"


CALLERS = {"webhooks": told, "short links": followed}
ADDRESSES = {name: [address] for name, address in NOT_PUBLIC.items()} | {
    "nowhere": [],
    "a public and a private one": [PUBLIC["IPv4"], "127.0.0.1"],
    "a private and a public one": ["127.0.0.1", PUBLIC["IPv4"]],
    "two families, one of them private": [PUBLIC["IPv6"], PUBLIC["IPv4"], "::1"],
}


@pytest.mark.parametrize("addresses", ADDRESSES.values(), ids=ADDRESSES)
@pytest.mark.parametrize("caller", CALLERS.values(), ids=CALLERS)
async def test_name_at_an_address_that_is_not_public_is_not_called(
    server: Server, caller: Caller, addresses: list[str]
) -> None:
    words = await caller("https://xhslink.com/a/noteA", Network(server.at(*addresses), tls=server.trusted))
    assert "which is not a public address" in words or (not addresses and "xhslink.com is nowhere" in words)
    assert server.got == []


URLS = {
    "http": ("http://xhslink.com/", "scheme"),
    "another scheme": ("ftp://xhslink.com/", "scheme"),
    "a file": ("file:///etc/passwd", "scheme"),
    "no scheme": ("//xhslink.com/", "scheme"),
    "a name": ("https://bob@xhslink.com/", "host"),
    "a name and a password": ("https://bob:secret@xhslink.com/", "host"),
    "a host before the host": ("https://xhslink.com:443@t.cn/", "host"),
}


@pytest.mark.parametrize(("url", "reason"), URLS.values(), ids=URLS)
async def test_address_of_another_form_is_not_called(server: Server, url: str, reason: str) -> None:
    asked: list[tuple[str, int]] = []
    assert (await called(url, server.here(asked))).startswith(f"{reason}: ")
    assert (asked, server.got) == ([], [])


@pytest.mark.parametrize("host", [
    "127.0.0.1", "localhost", "[::1]", "0.0.0.0", "10.0.0.1", "169.254.169.254", "2130706433", "0x7f000001", "0177.0.0.1", "127.1",
    "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[fd00::1]", "[fe80::1]", "[2002:7f00:1::]", "[::]", "255.255.255.255",
])  # fmt: skip
async def test_number_in_the_place_of_a_name_is_no_way_round(host: str) -> None:
    """As the system's resolver reads it."""
    words = await told(f"https://{host}/", Network())
    assert "which is not a public address" in words or "gaierror" in words or "InvalidURL" in words


async def test_name_is_asked_once_and_what_it_said_is_called(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    asked: list[tuple[str, int]] = []
    answer = await post_outside("https://xhslink.com:443/a?b=c", b"{}", {"User-Agent": "L"}, network=server.here(asked))
    assert (answer.status, answer.words) == (200, "thanks")
    assert asked == [("xhslink.com", 443)]
    (head,) = server.got
    assert head.startswith("POST /a?b=c HTTP/1.1\r\nHost: xhslink.com\r\n")
    assert "User-Agent: L\r\n" in head


async def test_name_that_changes_its_mind_gains_nothing(server: Server) -> None:
    """DNS rebinding: each call goes to the address that was looked at, and what it leads to is looked at anew."""
    said = iter(["127.0.0.1", "169.254.169.254", "127.0.0.1", "10.0.0.7"])

    async def find(_: str, __: int) -> list[tuple[str, int]]:
        return [(next(said), server.port)]

    network = Network(find, lambda address: address.is_loopback, server.trusted)
    assert (await post_outside("https://t.cn/", b"{}", {}, network=network)).status == 200
    assert "t.cn is at 169.254.169.254" in await told("https://t.cn/", network)
    assert "t.cn is at 10.0.0.7" in await followed("https://t.cn/moved", network, "weibo")
    assert len(server.got) == 2


def test_whoever_calls_others_is_known() -> None:
    """An address that people gave is called by `call` alone; the rest calls what whoever runs the portal has set."""
    callers = {
        "portal/app.py": "platforms, at the addresses of the settings",
        "portal/commands/figures.py": "platforms, from the command line",
        "portal/commands/sheet.py": "makes the platforms, whose limits are read",
        "portal/mail/sending.py": "the mail's server of the settings",
        "portal/rehearsal/douyin/webhook.py": "the portal itself",
        "portal/rehearsal/fetching.py": "the portal itself: no origin but its own",
        "portal/web/outside.py": "what people gave",
    }
    opening = {"AsyncClient", "Client", "SMTP", "SMTP_SSL", "create_connection", "open_connection", "urlopen", "HTTPSConnection",
               "HTTPConnection"}  # fmt: skip
    found = {
        path.relative_to(ROOT).as_posix()
        for top in ("portal", "courses", "print")
        for path in (ROOT / top).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in opening
    }
    assert found == set(callers)


async def test_port_of_the_address_is_called(server: Server) -> None:
    asked: list[tuple[str, int]] = []
    await post_outside("https://xhslink.com:8443/", b"{}", {}, network=server.here(asked))
    assert asked == [("xhslink.com", 8443)]


async def test_name_is_asked_as_it_is_written(server: Server) -> None:
    """`straße.de`, which an older encoding makes `strasse.de`, somebody else's."""
    asked: list[tuple[str, int]] = []
    answer = await post_outside("https://xn--strae-oqa.de/", b"{}", {}, network=server.here(asked))
    assert asked == [("xn--strae-oqa.de", 443)]
    assert "certificate is not valid for 'xn--strae-oqa.de'" in answer.words


async def test_redirect_is_not_followed_unasked(server: Server) -> None:
    asked: list[tuple[str, int]] = []
    answer = await post_outside("https://xhslink.com/moved", b"{}", {}, network=server.here(asked))
    assert (answer.status, answer.words) == (302, "thanks")
    assert asked == [("xhslink.com", 443)]


async def test_certificate_is_of_the_name_and_of_somebody_known(server: Server) -> None:
    network = Network(server.at("127.0.0.1"), lambda _: True)
    for words in (
        await told("https://xhslink.com/", network),
        await told("https://example.org/", server.here()),
    ):
        assert "CERTIFICATE_VERIFY_FAILED" in words
    assert server.got == []


async def test_closed_network_takes_a_private_address_but_no_password(server: Server) -> None:
    network = Network(tls=server.trusted, allowed=CLOSED.allowed, find=server.at("127.0.0.1"), closed=CLOSED.closed)
    assert (await post_outside(f"https://t.cn:{server.port}/", b"{}", {}, network=network)).status == 200
    assert f"Host: t.cn:{server.port}\r\n" in server.got[0]
    assert "no address with a name or password" in await told("https://bob:secret@t.cn/", network)
    assert "only https is called" in await told("ftp://t.cn/", network)
    assert len(server.got) == 1
