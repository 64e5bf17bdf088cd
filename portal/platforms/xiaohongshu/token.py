"""XiaoHongShu's access token."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import httpx

from portal.platforms.calling.lent_tokens import DEADLINE, DOUBT_AFTER, LentToken, Token, call
from portal.platforms.xiaohongshu.answer import read_token
from portal.platforms.xiaohongshu.signature import new_nonce, sign

__all__ = ["DOUBT_AFTER", "AccessTokens"]

TOKEN_PATH = "/api/sns/v1/ext/access/token"  # noqa: S105 - an address
CLOCK_TOLERANCE = 60.0


class AccessTokens(LentToken):
    """The access token of one application."""

    name = "XiaoHongShu"

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
        super().__init__(clock=clock, deadline=deadline)
        self._app_key = app_key
        self._app_secret = app_secret
        self._url = api_url.rstrip("/") + TOKEN_PATH
        self._http = http
        self._wall = wall
        self._clock_off = 0.0

    def __repr__(self) -> str:
        return f"AccessTokens({self._app_key!r})"

    def now_ms(self) -> int:
        """The platform's time; ours where the two agree."""
        return int((self._wall() + self._clock_off) * 1000)

    async def _ask(self) -> Token:
        timestamp, nonce = self.now_ms(), new_nonce()
        question = {
            "app_key": self._app_key,
            "nonce": nonce,
            "timestamp": timestamp,
            "signature": sign(self._app_key, nonce, str(timestamp), self._app_secret),
        }
        # Asked again after a refused signature: with a fresh nonce and, where our clock is off, by then the platform's time.
        status, body, headers = await call(
            self._http, self.name, "POST", self._url, json=question, deadline=self._deadline
        )  # fmt: skip
        self._clock_off = self._difference(headers.get("date", ""))
        now = self._wall() + self._clock_off
        known = self._token.value if self._token is not None else ""
        value, dies_at = read_token(status, body, now, (self._app_secret, known))
        return self._from_now(value, dies_at - now)

    def _difference(self, date: str) -> float:
        """Seconds that the platform's clock is ahead of ours; 0 where they agree or it does not say."""
        try:
            difference = parsedate_to_datetime(date).timestamp() - self._wall()
        except (TypeError, ValueError, OverflowError):
            return 0.0
        return difference if abs(difference) > CLOCK_TOLERANCE else 0.0
