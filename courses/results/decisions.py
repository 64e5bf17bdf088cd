"""How much a person has looked at."""

from datetime import datetime

from courses.signed_in import SignedIn
from courses.tables.audit import AuditEntry

WORDS = ("publication.confirm", "publication.refuse", "publication.excuse")


async def decided_since(person: SignedIn, since: datetime) -> int:
    """How many decisions the person made since then."""
    count: int = await AuditEntry.count().where(
        AuditEntry.person == person.id, AuditEntry.action.is_in(list(WORDS)), AuditEntry.at >= since
    )
    return count
