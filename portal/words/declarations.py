"""What declarations are called."""

from collections.abc import Callable

from portal.i18n import gettext as _

DECLARATIONS: dict[str, Callable[[], str]] = {
    "ai": lambda: _("Made with AI"),
    "fiction": lambda: _("Fiction or acted"),
    "opinion": lambda: _("Own opinion"),
    "advertising": lambda: _("Advertising or a commercial interest"),
    "in_text": lambda: _("Also say so in the text"),
}


def declaration_name(name: str) -> str:
    """In the language of the request."""
    return DECLARATIONS[name]() if name in DECLARATIONS else name
