"""Whether a new password stands in a list of stolen ones, asked of a service that learns five characters of its hash.

k-anonymity as Have I Been Pwned's range API does it: the service sends the rest of every hash with that beginning, some
hundreds, and with padding, so that not even the length says which was asked for.
"""

import asyncio
import hashlib
import logging

import httpx

from courses.errors import Invalid, Message
from courses.people.passwords import PASSWORD_MAX, PASSWORD_MIN
from portal.settings import Settings
from portal.web.outside import CLOSED, call

SECONDS = 2.0
ANSWER_BYTES = 500_000
#: characters of the hash that are sent
SENT = 5
HEADERS = {"User-Agent": "Lessonlink", "Add-Padding": "true", "Accept-Encoding": "identity"}
logger = logging.getLogger("portal.passwords")


async def refuse_leaked(settings: Settings, password: str) -> None:
    """Raises Invalid for `password`. Asks nobody without PORTAL_LEAKED_PASSWORDS_URL, and for what is refused anyway.

    A service that does not answer within two seconds stops nobody; the log says so, without a part of the hash.
    """
    if not settings.leaked_passwords_url or not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        return
    digest = hashlib.sha1(password.encode("utf-8", "replace"), usedforsecurity=False).hexdigest().upper()
    try:
        async with asyncio.timeout(SECONDS):
            lines = await _range(f"{settings.leaked_passwords_url}/{digest[:SENT]}")
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        logger.warning("The service of stolen passwords did not help: %s", type(error).__name__)
        return
    if any(_names(line, digest[SENT:]) for line in lines):
        raise Invalid(
            {
                "password": Message(
                    "This password is in a list of stolen passwords. Choose another one, such as four or five words "
                    "that do not belong together."
                )
            }
        )


async def _range(url: str) -> list[str]:
    answered = b""
    async with call("GET", url, HEADERS, seconds=SECONDS, network=CLOSED) as answer:
        if answer.status_code != httpx.codes.OK:
            raise ValueError
        async for part in answer.aiter_raw():
            answered += part
            if len(answered) > ANSWER_BYTES:
                raise ValueError
    return answered.decode("ascii").splitlines()


def _names(line: str, rest: str) -> bool:
    """`HASH:COUNT`; padding has the count 0."""
    suffix, _, count = line.strip().partition(":")
    return suffix.upper() == rest and count.isdigit() and int(count) > 0
