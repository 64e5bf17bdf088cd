"""What a passkey is to sign: random, good once and for some minutes, in the browser that asked and for one person.

At a sign-in by the passkey alone nobody knows yet for whom.
"""

import secrets
from datetime import timedelta
from typing import Literal
from uuid import UUID

from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Invalid, Message
from courses.people.one_use_links import hashed
from courses.tables.people import PasskeyChallenge

#: WebAuthn §13.4.3 asks for 16 bytes or more
BYTES = 32
#: as long as a browser waits for somebody's finger, and the way to a security key in the next room
LIFE = timedelta(minutes=5)
Purpose = Literal["add", "use"]


async def make_challenge(person: UUID | None, purpose: Purpose, browser: str) -> str:
    """A new one (base64url), in the place of an earlier one of this browser, which the secret of its cookie names."""
    challenge = secrets.token_urlsafe(BYTES)
    row = PasskeyChallenge(
        browser_hash=hashed(browser), person=person, purpose=purpose, challenge=challenge,
        expires_at=now() + LIFE,
    )  # fmt: skip
    await PasskeyChallenge.insert(row).on_conflict(
        target=PasskeyChallenge.browser_hash,
        action="DO UPDATE",
        values=[
            PasskeyChallenge.person, PasskeyChallenge.purpose, PasskeyChallenge.challenge, PasskeyChallenge.expires_at,
        ],
    )  # fmt: skip
    return challenge


@unit_of_work
async def take_challenge(person: UUID | None, purpose: Purpose, browser: str) -> str:
    """Good for one answer, right or wrong; of two at the same moment one gets it. Raises Invalid for `passkey`."""
    mine = (
        PasskeyChallenge.browser_hash == hashed(browser),
        PasskeyChallenge.person.is_null() if person is None else PasskeyChallenge.person == person,
        PasskeyChallenge.purpose == purpose,
        PasskeyChallenge.expires_at > now(),
    )
    async with writing():
        rows = await PasskeyChallenge.delete().where(*mine).returning(PasskeyChallenge.challenge)
    if not rows:
        raise Invalid({"passkey": Message("That took too long, or was sent twice. Please try again.")})
    challenge: str = rows[0]["challenge"]
    return challenge
