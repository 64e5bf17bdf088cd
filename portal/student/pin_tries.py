"""How often a PIN may be tried: a few times on one phone, far more often for one student, so that nobody is kept out by others."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request

from courses.errors import PinLocked, TooMany
from courses.people.attempts import Tries, count_try, give_back, out_of_tries
from courses.people.slow_hashes import SlowHashes
from courses.students.pin_hashes import digits_of, is_old, is_slow, kept, pin_is
from courses.students.pins import keep_anew
from portal.settings import Settings
from portal.web.networks import network_tries, visitor_line
from portal.web.security import subject

#: wrong PINs of one phone for one student and for all, which may take turns on it, and of one network, which may be a school
PHONE_LIMIT, SHARED_PHONE_LIMIT, NETWORK_LIMIT, WINDOW = 5, 15, 300, timedelta(minutes=15)
#: wrong PINs for one student from everywhere: of a million PINs, and of the dozen phones that somebody would need
STUDENT_LIMIT, DAY = 60, timedelta(days=1)


def student_tries(settings: Settings, student: UUID) -> Tries:
    """What is counted for a student; forgotten when an instructor unlocks it or gives a new PIN."""
    return Tries(subject(settings, "pins-of", str(student)), STUDENT_LIMIT, DAY)


async def locked(settings: Settings, students: Iterable[UUID]) -> set[UUID]:
    """Those whose PIN nobody may try now."""
    by_subject = {student_tries(settings, student): student for student in students}
    return {by_subject[tries] for tries in await out_of_tries(by_subject)}


async def try_pin(
    request: Request[Any, Any, Any],
    settings: Settings,
    hashes: SlowHashes,
    device: str,
    student: UUID,
    hashed: str,
    typed: str,
) -> bool:
    """Whether it is the PIN; a wrong one stays counted. A new PIN is tried anew. Raises TooMany, PinLocked, Busy."""
    here = (
        Tries(subject(settings, "pin", device, str(student), hashed), PHONE_LIMIT, WINDOW),
        Tries(subject(settings, "pins", device), SHARED_PHONE_LIMIT, WINDOW),
        *network_tries(request, settings, NETWORK_LIMIT, WINDOW, "pins"),
    )
    if is_slow(hashed):
        async with hashes.turn(visitor_line(request)) as hashing:
            right = await _counted(settings, here, student, lambda: hashing(pin_is, settings.keyring, hashed, typed))
    else:
        right = await _counted(settings, here, student, lambda: _checked(settings, hashed, typed))
    if right and is_old(settings.keyring, hashed):
        await keep_anew(student, hashed, kept(settings.keyring, digits_of(typed)))
    return right


async def _counted(
    settings: Settings, here: Iterable[Tries], student: UUID, check: Callable[[], Awaitable[bool]]
) -> bool:
    counted = await count_try(*here)
    try:
        of_student = await count_try(student_tries(settings, student))
    except TooMany as error:
        await give_back(counted)
        raise PinLocked from error
    right = await check()
    if right:
        await give_back(counted, of_student)
    return right


async def _checked(settings: Settings, hashed: str, typed: str) -> bool:
    return pin_is(settings.keyring, hashed, typed)
