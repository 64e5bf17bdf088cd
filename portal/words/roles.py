"""The roles as people read them."""

from courses.catalogue.roles import ROLES
from portal.i18n import gettext as _


def role_name(role: str) -> str:
    """A role in the language of the request."""
    return {
        "owner": _("Owner"), "editor": _("Editor"), "assistant": _("Assistant"), "viewer": _("Viewer"),
    }.get(role, role)  # fmt: skip


def role_meaning(role: str) -> str:
    """What somebody in this role may do."""
    return {
        "owner": _("Everything, and decides who works on the course"),
        "editor": _("Writes lessons, shares them, keeps the list of students"),
        "assistant": _("Sees everything, confirms and refuses what students say"),
        "viewer": _("Sees everything, changes nothing"),
    }.get(role, "")


def roles() -> list[tuple[str, str, str]]:
    """Role, name and meaning, the least first: as one chooses."""
    return [(role, role_name(role), role_meaning(role)) for role in ROLES]
