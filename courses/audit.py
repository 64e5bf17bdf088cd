"""The audit log: every change of an instructor, written in the transaction of the change itself."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from courses.clock import now
from courses.people import SignedIn
from courses.tables.audit import AuditEntry

LABEL_LENGTH = 200


async def record(
    action: str,
    by: SignedIn | None,
    *,
    course: UUID | None,
    object: UUID | None = None,  # the column's name
    label: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down a change; call it inside the change's own transaction. `by` is None for the portal's command.

    `action` is the noun and the verb ("lesson.edit"), `label` what the object is called now.
    """
    await AuditEntry.insert(
        AuditEntry(
            course=course, person=by.id if by else None, at=now(), via=by.via if by else "command",
            action=action, object=object,
            label=label[:LABEL_LENGTH], detail=msgspec.json.encode(detail or {}).decode(),
        )
    )  # fmt: skip
