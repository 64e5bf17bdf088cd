"""A student as read, apart from the database that keeps the roster."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class StudentInfo:
    """A student; `seat` is 0..65535, `left` says that the student is no longer enrolled, `group` is "" for none."""

    id: UUID
    number: str
    name: str
    seat: int
    left: bool
    group: str = ""
