"""Recovery codes: each stands in once for a second factor that is lost."""

import base64
import secrets
from uuid import UUID

from courses.audit import record
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import Invalid, Message
from courses.people.one_use_links import hashed
from courses.signed_in import SignedIn
from courses.tables.people import RecoveryCode

COUNT = 10
#: 120 bits, so that a plain hash is enough (ASVS 5.0 6.5.2)
BYTES = 15
GROUP = 4


async def make_codes(person: SignedIn) -> list[str]:
    """Ten new ones, ending earlier ones; inside a transaction. Shown for the only time: `ABCD-EFGH-…`, 24 characters."""
    codes = [base64.b32encode(secrets.token_bytes(BYTES)).decode() for _ in range(COUNT)]
    moment = now()
    await RecoveryCode.delete().where(RecoveryCode.person == person.id)
    await RecoveryCode.insert(
        *(RecoveryCode(person=person.id, code_hash=hashed(code), created_at=moment) for code in codes)
    )
    await record("person.recovery_codes", person, course=None, object=person.id, label=person.name)
    return ["-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP)) for code in codes]


@unit_of_work
async def use_recovery_code(person: SignedIn, code: str) -> None:
    """Take a code, as letters and digits alone; of two at the same moment one gets it. Raises Invalid for `code`."""
    mine = RecoveryCode.person == person.id, RecoveryCode.code_hash == hashed(code), RecoveryCode.used_at.is_null()
    async with writing():
        if not await RecoveryCode.update({RecoveryCode.used_at: now()}).where(*mine).returning(RecoveryCode.id):
            raise Invalid({"code": Message("This recovery code is not right, or was used before.")})
        await record("person.recovery_code", person, course=None, object=person.id, label=person.name)


async def codes_left(person: UUID) -> int:
    """How many are unused."""
    left: int = await RecoveryCode.count().where(RecoveryCode.person == person, RecoveryCode.used_at.is_null())
    return left


async def forget_codes(person: UUID) -> None:
    """At the end of the last second factor; inside a transaction."""
    await RecoveryCode.delete().where(RecoveryCode.person == person)
