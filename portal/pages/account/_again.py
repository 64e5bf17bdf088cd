"""Who is signed in says the password again before what an open browser should not be enough for."""

from datetime import timedelta

from courses.people.accounts import check_password, has_password
from courses.people.attempts import Tries, count_try, give_back
from courses.people.slow_hashes import Hashing
from courses.signed_in import SignedIn
from portal.parts import Parts
from portal.settings import Settings
from portal.web.security import subject

#: wrong present passwords before the form must wait: whoever sits down at an open browser guesses no further
LIMIT, WINDOW = 10, timedelta(minutes=15)


async def ask_password(parts: Parts, person: SignedIn, password: str) -> None:
    """Whoever has a password says it again. Raises Invalid for `old`, TooMany, Busy."""
    if await has_password(person):
        async with parts.password_hashes.turn(str(person.id)) as hashing:
            await ask_again(parts.settings, person, password, hashing)


async def ask_again(settings: Settings, person: SignedIn, password: str, hashing: Hashing) -> None:
    """For the password of who is signed in. Raises Invalid for `old`, TooMany."""
    counted = await count_try(Tries(subject(settings, "password", str(person.id)), LIMIT, WINDOW))
    await check_password(person, password, hashing)
    await give_back(counted)
