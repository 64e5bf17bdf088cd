"""For whom work is done: told where somebody is let in, asked where work waits for its turn."""

from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID


@dataclass
class Asker:
    """Of one request, for all tasks of it; `who` is known once somebody was let in."""

    who: UUID | None = None


_asker: ContextVar[Asker | None] = ContextVar("asker", default=None)


def new_asker() -> None:
    """A request begins; nobody has been let in yet."""
    _asker.set(Asker())


def working_for(who: UUID) -> None:
    """The request's work from now on is this person's; of a background task, this course's."""
    asker = _asker.get()
    if asker is None:
        _asker.set(Asker(who))
    else:
        asker.who = who


def asker() -> UUID | None:
    """Whose work is done now; None is the portal's own."""
    known = _asker.get()
    return known.who if known else None
