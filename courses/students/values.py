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


@dataclass(frozen=True)
class Standing:
    """How far a phone is believed to be the student's that it says.

    `let_in`: it sees what other phones reported of the student. `knows_name`: it sees the full name, which it typed itself or
    was let see.
    """

    let_in: bool = True
    knows_name: bool = True


#: of a personal slip, which nobody types
OWN = Standing()


@dataclass(frozen=True)
class Known:
    """Who comes, and how far that is believed."""

    student: StudentInfo
    standing: Standing = OWN

    @property
    def shown_name(self) -> str:
        """The name as the phone may see it; where it typed only the number so much that its owner knows it: 2026001 林**."""
        return self.student.name if self.standing.knows_name else f"{self.student.number} {self.student.name[:1]}**"
