"""What was read back from the parts of a run, as the run keeps it."""

from collections.abc import Mapping, Sequence
from typing import Any

from courses.printing.values import ProblemRecord, ProofRecord, UnreadRecord
from portal.workers.run_parts import Drawn
from print.sheets import Slip

#: of the codes that could not be read, so many are kept with their reasons
TOLD = 200


def with_part(proof: ProofRecord, drawn: Drawn, slips: Sequence[Slip]) -> ProofRecord:
    """The record with one more part, whose slips these are."""
    unread = tuple(
        UnreadRecord(slips[each.slip].serial, slips[each.slip].title, ProblemRecord(each.reason, _plain(each.values)))
        for each in drawn.unread
    )
    return ProofRecord(
        proof.read + drawn.looked_at - len(unread), proof.looked_at + drawn.looked_at, proof.codes + drawn.codes,
        (*proof.unread, *unread)[:TOLD],
    )  # fmt: skip


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | float | str) else str(value) for name, value in values.items()}
