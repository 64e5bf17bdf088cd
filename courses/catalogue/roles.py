"""What each role may do in a course."""

from typing import Literal

from courses.errors import Message, NotAllowed

#: read: look at everything; mark: say what became of a publication; write: lessons, links, students, sheets;
#: own: who works on the course, its settings, its end
Right = Literal["read", "mark", "write", "own"]

RIGHTS: dict[str, tuple[Right, ...]] = {
    "viewer": ("read",),
    "assistant": ("read", "mark"),
    "editor": ("read", "mark", "write"),
    "owner": ("read", "mark", "write", "own"),
}
ROLES = tuple(RIGHTS)


def may(role: str, right: Right) -> bool:
    """Whether the role has the right; a role that is not known has none."""
    return right in RIGHTS.get(role, ())


def check_right(role: str, right: Right) -> None:
    """Raises NotAllowed."""
    if not may(role, right):
        raise NotAllowed(Message("Your role in this course does not allow this. Ask its owner."))
