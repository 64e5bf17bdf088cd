"""XiaoHongShu's access token: fetched by one request however many phones ask, kept until it ends."""

import asyncio
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime

import httpx

from portal.platforms.circuit import Circuit
from portal.platforms.protocol import PlatformFailure
from portal.platforms.xhs_answer import SignatureRefused, read_token
from portal.platforms.xhs_signature import new_nonce, sign

TOKEN_PATH = "/api/sns/v1/ext/access/token"  # noqa: S105 - an address
DEADLINE = 3.0  # seconds for everything, so that a slow platform never holds up a class
MOST_BYTES = 64 * 1024
LONGEST_LIFE = 24 * 3600.0
RENEW_AFTER = 23 * 3600.0
MARGIN = 300.0  # stop signing with a token that could end between the tap and the app
CLOCK_TOLERANCE = 60.0
DOUBT_AFTER = 60.0  # a phone's complaint about a younger token is not about the token


@dataclass(frozen=True)
class _Token:
    """Times on the monotonic clock."""

    value: str = field(repr=False)
    born: float
    refresh_at: float
    dies_at: float
    doubted: bool = False


class AccessTokens:
    """The access token of one application."""

    def __init__(
        self,
        app_key: str,
        app_secret: str,
        api_url: str,
        http: httpx.AsyncClient,
        *,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
        deadline: float = DEADLINE,
    ) -> None:
        self._app_key = app_key
        self._app_secret = app_secret
        self._url = api_url.rstrip("/") + TOKEN_PATH
        self._http = http
        self._wall = wall
        self._clock = clock
        self._deadline = deadline
        self._clock_off = 0.0
        self._token: _Token | None = None
        self._flight: asyncio.Task[_Token | PlatformFailure] | None = None
        self._circuit = Circuit(clock)

    def __repr__(self) -> str:
        return f"AccessTokens({self._app_key!r})"

    async def current(self) -> str:
        """A token to sign with. Raises PlatformFailure."""
        token = self._living()
        if token is None or token.doubted:
            return (await self._renewed(token)).value
        if self._clock() >= token.refresh_at and self._circuit_closed():
            self._launch()  # nobody waits: the old token serves until the new one is there
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

    def now_ms(self) -> int:
        """The platform's time; ours where the two agree."""
        return int((self._wall() + self._clock_off) * 1000)

    def _living(self) -> _Token | None:
        return self._token if self._token is not None and self._clock() < self._token.dies_at else None

    async def _renewed(self, fallback: _Token | None) -> _Token:
        if self._flight is None:
            if fallback is not None and not self._circuit_closed():
                return fallback
            self._circuit.check()
        # A phone that goes away must not cancel the request that the others wait for.
        outcome = await asyncio.shield(self._launch())
        if isinstance(outcome, _Token):
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

    def _launch(self) -> "asyncio.Task[_Token | PlatformFailure]":
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew())
            self._flight.add_done_callback(self._landed)
        return self._flight

    def _landed(self, flight: "asyncio.Task[_Token | PlatformFailure]") -> None:
        self._flight = None
        if not flight.cancelled():
            flight.exception()  # a background refresh has no other reader

    async def _renew(self) -> "_Token | PlatformFailure":
        """Returned, not raised: one exception raised in every waiting request would be shared by all of them."""
        try:
            async with asyncio.timeout(self._deadline):
                try:
                    token = await self._ask()
                except SignatureRefused:
                    # Fresh nonce and, where our clock is off, by now the platform's time.
                    token = await self._ask()
        except PlatformFailure as failure:
            # Without its traceback, whose frames hold the answer.
            outcome = PlatformFailure(failure.message, permanent=failure.permanent)
        except TimeoutError:
            outcome = PlatformFailure("XiaoHongShu did not answer in time.")
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL):
            outcome = PlatformFailure("XiaoHongShu cannot be reached now.")
        else:
            self._circuit.succeeded()
            self._token = token
            return token
        self._circuit.failed(outcome)
        return outcome

    async def _ask(self) -> _Token:
        timestamp, nonce = self.now_ms(), new_nonce()
        question = {
            "app_key": self._app_key,
            "nonce": nonce,
            "timestamp": timestamp,
            "signature": sign(self._app_key, nonce, str(timestamp), self._app_secret),
        }
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        async with self._http.stream(
            "POST", self._url, json=question, headers=headers, timeout=self._deadline, follow_redirects=False
        ) as response:
            body = await _read(response)
        self._clock_off = self._difference(response.headers.get("date", ""))
        now = self._wall() + self._clock_off
        known = self._token.value if self._token is not None else ""
        value, dies_at = read_token(response.status_code, body, now, (self._app_secret, known))
        return self._from_now(value, dies_at - now)

    def _difference(self, date: str) -> float:
        """Seconds that the platform's clock is ahead of ours; 0 where they agree or it does not say."""
        try:
            difference = parsedate_to_datetime(date).timestamp() - self._wall()
        except (TypeError, ValueError, OverflowError):
            return 0.0
        return difference if abs(difference) > CLOCK_TOLERANCE else 0.0

    def _from_now(self, value: str, life: float) -> _Token:
        born = self._clock()
        life = min(life, LONGEST_LIFE)
        # Half of a short life, so that a token of four minutes is still used and not fetched by each phone.
        renew = min(max(life - MARGIN, life / 2), RENEW_AFTER)
        return _Token(value, born, born + renew, born + life)


async def _read(response: httpx.Response) -> bytes:
    """The body, at most MOST_BYTES of it on the wire and unpacked. Raises PlatformFailure."""
    body = bytearray()
    async for chunk in response.aiter_raw(4096):
        body += chunk
        if len(body) > MOST_BYTES:
            raise PlatformFailure("XiaoHongShu's answer could not be read.")
    if response.headers.get("content-encoding", "identity").lower() == "identity":
        return bytes(body)
    try:  # some gateways compress although we asked them not to
        return zlib.decompressobj(wbits=47).decompress(body, MOST_BYTES)
    except zlib.error:
        return b""
