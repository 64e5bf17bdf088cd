"""A secret that a platform lends for a time: fetched by one request however many phones ask, kept until it ends."""

import asyncio
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from portal.platforms.calling.circuit import Circuit
from portal.platforms.protocol import PlatformFailure

DEADLINE = 2.5  # seconds for everything, so that a slow platform never holds up a class
MOST_BYTES = 64 * 1024
LONGEST_LIFE = 24 * 3600.0
RENEW_AFTER = 23 * 3600.0
MARGIN = 300.0  # stop signing with a token that could end between the tap and the app
DOUBT_AFTER = 60.0  # a phone's complaint about a younger token is not about the token


class TryAgain(PlatformFailure):
    """A failure that one more request may end at once."""


@dataclass(frozen=True)
class Token:
    """Times on the monotonic clock."""

    value: str = field(repr=False)
    born: float
    refresh_at: float
    dies_at: float
    doubted: bool = False


class LentToken:
    """The base: what is asked for, and how, is the platform's."""

    #: of the platform, in failures' English sentences
    name = ""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, deadline: float = DEADLINE) -> None:
        self._clock = clock
        self._deadline = deadline
        self._token: Token | None = None
        self._flight: asyncio.Task[Token | PlatformFailure] | None = None
        self._circuit = Circuit(clock)

    async def current(self) -> str:
        """A token to sign with. Raises PlatformFailure."""
        token = self._living()
        if token is None or token.doubted:
            return (await self._renewed(token)).value
        if self._clock() >= token.refresh_at and self._circuit_closed():
            self._flight = self._launch()  # nobody waits: the old token serves until the new one is there
        return token.value

    def doubt(self) -> bool:
        """The platform refused what this token signed: fetch another before the next use, unless it is quite new."""
        token = self._living()
        if token is None or token.doubted:
            return token is not None
        if self._clock() - token.born < DOUBT_AFTER:
            return False
        # Not dropped: were the platform down as well, an anonymous complaint would take the class's token away.
        self._token = replace(token, doubted=True)
        return True

    def _living(self) -> Token | None:
        return self._token if self._token is not None and self._clock() < self._token.dies_at else None

    async def _renewed(self, fallback: Token | None) -> Token:
        if self._flight is None:
            if fallback is not None and not self._circuit_closed():
                return fallback
            self._circuit.check()
        # A phone that goes away must not cancel the request that the others wait for.
        outcome = await asyncio.shield(self._launch())
        if isinstance(outcome, Token):
            return outcome
        if fallback is not None:
            return fallback
        raise PlatformFailure(outcome.message, permanent=outcome.permanent)

    def _circuit_closed(self) -> bool:
        try:
            self._circuit.check()
        except PlatformFailure:
            return False
        return True

    def _launch(self) -> "asyncio.Task[Token | PlatformFailure]":
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew())
            self._flight.add_done_callback(self._landed)
        return self._flight

    def _landed(self, flight: "asyncio.Task[Token | PlatformFailure]") -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # a background refresh has no other reader

    async def _renew(self) -> "Token | PlatformFailure":
        """Returned, not raised: one exception raised in every waiting request would be shared by all of them."""
        try:
            async with asyncio.timeout(self._deadline):
                try:
                    token = await self._ask()
                except TryAgain:
                    token = await self._ask()
        except PlatformFailure as failure:
            # Without its traceback, whose frames hold the answer.
            outcome = PlatformFailure(failure.message, permanent=failure.permanent)
        except TimeoutError:
            outcome = PlatformFailure(f"{self.name} did not answer in time.")
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL):
            outcome = PlatformFailure(f"{self.name} cannot be reached now.")
        else:
            self._circuit.succeeded()
            self._token = token
            return token
        self._circuit.failed(outcome)
        return outcome

    async def _ask(self) -> Token:
        """One request. Raises PlatformFailure, TryAgain, and what httpx raises."""
        raise NotImplementedError

    def _from_now(self, value: str, life: float) -> Token:
        born = self._clock()
        life = min(life, LONGEST_LIFE)
        # Half of a short life, so that a token of four minutes is still used and not fetched by each phone.
        renew = min(max(life - MARGIN, life / 2), RENEW_AFTER)
        return Token(value, born, born + renew, born + life)


async def call(
    http: httpx.AsyncClient, name: str, method: str, url: str, *, deadline: float, headers: Mapping[str, str] | None = None,
    json: Any = None,
) -> tuple[int, bytes, httpx.Headers]:  # fmt: skip
    """Status, body and headers of an answer, at most MOST_BYTES. Raises PlatformFailure, and what httpx raises."""
    given = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
    async with http.stream(method, url, json=json, headers=given, timeout=deadline, follow_redirects=False) as response:
        return response.status_code, await _read(name, response), response.headers


async def _read(name: str, response: httpx.Response) -> bytes:
    """The body, at most MOST_BYTES of it on the wire and unpacked. Raises PlatformFailure."""
    body = bytearray()
    async for chunk in response.aiter_raw(4096):
        body += chunk
        if len(body) > MOST_BYTES:
            raise PlatformFailure(f"{name}'s answer could not be read.")
    if response.headers.get("content-encoding", "identity").lower() == "identity":
        return bytes(body)
    try:  # some gateways compress although we asked them not to
        return zlib.decompressobj(wbits=47).decompress(body, MOST_BYTES)
    except zlib.error:
        return b""
