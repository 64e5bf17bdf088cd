"""A visitor who says that he is somebody else: without a proxy that is believed, nobody else's limits are his."""

import secrets
from typing import Any

import httpx

from portal.pages.account.sign_in import ACCOUNT_LIMIT


def test_forged_address_gives_no_more_tries(portal: Any) -> None:
    email = f"{secrets.token_hex(4)}@example.org"
    with httpx.Client(base_url=portal.url, timeout=60) as http:
        statuses = []
        for number in range(ACCOUNT_LIMIT + 2):
            forged = {
                "x-forwarded-for": f"198.51.100.{number}", "x-real-ip": f"198.51.100.{number}",
                "forwarded": f"for=198.51.100.{number};proto=https", "x-forwarded-proto": "https",
            }  # fmt: skip
            answer = http.post("/sign-in", data={"email": email, "password": "wrong"}, headers=forged)
            statuses.append(answer.status_code)
        assert statuses == [401] * ACCOUNT_LIMIT + [429] * 2
        assert int(answer.headers["retry-after"]) > 0
