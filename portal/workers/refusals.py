"""What print refuses, as the domain says it. Imports little, as each worker waits for it at its start."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from courses.errors import Conflict, Message
from print.layouts import SheetRefused


class Reason(Protocol):
    """A text with `{names}` and what fills them: a sheet that is refused, a problem of a grid, a code that was not read."""

    @property
    def reason(self) -> str: ...
    @property
    def values(self) -> Mapping[str, object]: ...


def message_of(refused: Reason) -> Message:
    """The same for people."""
    return Message(refused.reason, **refused.values)


@contextmanager
def refusals_as_conflicts() -> Iterator[None]:
    """Raises Conflict, which finds its way out of a worker, where print refuses."""
    try:
        yield
    except SheetRefused as error:
        raise Conflict(message_of(error)) from error
