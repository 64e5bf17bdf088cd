"""Douyin's API: client token, then the ticket that signs shares, then an id for each share."""

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from portal.platforms.calling.answers import clean_words, json_object
from portal.platforms.calling.circuit import Circuit
from portal.platforms.calling.lent_tokens import DEADLINE, LentToken, Token, TryAgain, call
from portal.platforms.protocol import PlatformFailure
from portal.platforms.xiaohongshu.answer import epoch_seconds

NAME = "Douyin"
SHARE_WITHIN = 0.8  # seconds: a share works without an id, and is then confirmed by hand
# Of the 20 sockets that all platforms have together; carries 500 taps in five seconds at 50 ms each.
SHARES_AT_ONCE = 12
#: answers that say that the client token is no longer good
STALE = frozenset({"10008", "2190008", "28001003", "28001008"})
_FOR_THE_OPERATOR = re.compile(r"client_?key|secret|scope|应用|权限|审核", re.IGNORECASE)


class StaleToken(TryAgain):
    """The client token ended before its time."""


class ClientTokens(LentToken):
    """The client token of one application: good for about two hours."""

    name = NAME

    def __init__(self, client_key: str, client_secret: str, api_url: str, http: httpx.AsyncClient, **more: Any) -> None:
        super().__init__(**more)
        self._client_key = client_key
        self._client_secret = client_secret
        self._url = f"{api_url.rstrip('/')}/oauth/client_token/"
        self._http = http

    def drop(self, value: str) -> None:
        """Douyin no longer takes this token."""
        if self._token is not None and self._token.value == value:
            self._token = None

    async def _ask(self) -> Token:
        question = {
            "client_key": self._client_key,
            "client_secret": self._client_secret,
            "grant_type": "client_credential",
        }
        status, body, _ = await call(self._http, NAME, "POST", self._url, json=question, deadline=self._deadline)
        data = read_data(status, body, (self._client_secret,))
        return self._from_now(*_lent(data, "access_token"))


class Tickets(LentToken):
    """The ticket that signs shares: good for two hours."""

    name = NAME

    def __init__(self, tokens: ClientTokens, api_url: str, http: httpx.AsyncClient, **more: Any) -> None:
        super().__init__(**more)
        self._tokens = tokens
        self._url = f"{api_url.rstrip('/')}/open/getticket/"
        self._http = http

    async def _ask(self) -> Token:
        token = await self._tokens.current()
        status, body, _ = await call(
            self._http, NAME, "GET", self._url, headers={"access-token": token}, deadline=self._deadline
        )
        try:
            return self._from_now(*_lent(read_data(status, body, (token,)), "ticket"))
        except StaleToken:
            self._tokens.drop(token)
            raise


class ShareIds:
    """An id for each share, by which Douyin's webhook names it later."""

    def __init__(
        self, tokens: ClientTokens, api_url: str, http: httpx.AsyncClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tokens = tokens
        self._url = f"{api_url.rstrip('/')}/share-id/"
        self._http = http
        # Programs that publish through it POST (AiToEarn); the SDKs made from Douyin's own description ask with GET.
        self._method = "POST"
        self._circuit = Circuit(clock)
        self._turns = asyncio.Semaphore(SHARES_AT_ONCE)

    async def new(self, hashtag: str) -> str:
        """The id, or "" where Douyin gives none in time: sharing goes on without."""
        try:
            self._circuit.check()
            async with asyncio.timeout(SHARE_WITHIN), self._turns:
                self._circuit.check()  # the last one may have failed while this one waited
                share = await self._ask(hashtag)
        except PlatformFailure as failure:
            self._circuit.failed(PlatformFailure(failure.message))
            return ""
        except (TimeoutError, httpx.HTTPError, httpx.StreamError, httpx.InvalidURL):
            self._circuit.failed(PlatformFailure(f"{NAME} did not answer in time."))
            return ""
        self._circuit.succeeded()
        return share

    async def _ask(self, hashtag: str) -> str:
        token = await self._tokens.current()
        query = {"need_callback": "true"} | ({"default_hashtag": hashtag} if hashtag else {})
        url = f"{self._url}?{urlencode(query, quote_via=quote)}"
        headers = {"access-token": token}
        status, body, _ = await call(self._http, NAME, self._method, url, headers=headers, deadline=DEADLINE)
        if status in (404, 405) and self._method == "POST":
            self._method = "GET"
            status, body, _ = await call(self._http, NAME, self._method, url, headers=headers, deadline=DEADLINE)
        try:
            share = read_data(status, body, (token,)).get("share_id")
        except StaleToken:
            self._tokens.drop(token)
            raise
        if isinstance(share, int) and not isinstance(share, bool):
            share = str(share)
        if not isinstance(share, str) or not re.fullmatch(r"[!-~]{1,100}", share):
            raise PlatformFailure(f"{NAME}'s answer could not be read.")
        return share


def read_data(status: int, body: bytes, secrets: tuple[str, ...]) -> dict[str, Any]:
    """The `data` of a good answer. Raises StaleToken, PlatformFailure with none of `secrets` in it."""
    answer = json_object(body)
    data = answer.get("data") if answer else None
    data = data if isinstance(data, dict) else {}
    words = clean_words(
        data.get("description") or (answer or {}).get("message"),
        (*secrets, data.get("access_token"), data.get("ticket")),
    )
    code = str(data.get("error_code") or "0")
    if code in STALE:
        raise StaleToken(words or f"{NAME} refused.")
    if code != "0":
        raise PlatformFailure(words or f"{NAME} refused.", permanent=bool(_FOR_THE_OPERATOR.search(words)))
    if status != 200:
        permanent = 300 <= status < 500 and status not in (408, 429)
        raise PlatformFailure(words or f"{NAME} is not answering properly now.", permanent=permanent)
    if not data:
        raise PlatformFailure(f"{NAME}'s answer could not be read.")
    return data


def _lent(data: dict[str, Any], field: str) -> tuple[str, float]:
    """The secret and the seconds that it is good for."""
    value, now = data.get(field), time.time()
    dies_at = epoch_seconds(data.get("expires_in"), now)
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]{1,4096}", value):
        raise PlatformFailure(f"{NAME}'s answer could not be read.")
    if dies_at is None or dies_at <= now:
        raise PlatformFailure(f"{NAME} gave an access that has already ended.")
    return value, dies_at - now
