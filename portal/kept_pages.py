"""Pages rendered once for many phones: what differs between phones is left blank and filled in for each."""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping

from markupsafe import escape

#: nobody can write it into a lesson: it is made anew in every process
_MARK = secrets.token_hex(8)
_BLANK = re.compile(f"{_MARK}_([a-z_]+)_")
KEPT = 500


def blank(name: str) -> str:
    """What a template gets in place of a value that is filled in later."""
    return f"{_MARK}_{name}_"


class KeptPages:
    """Rendered pages by key, each for as long as what it was made of is the same object."""

    def __init__(self) -> None:
        self._pages: dict[Hashable, tuple[object, list[str]]] = {}

    def page(self, key: Hashable, made_of: object, render: Callable[[], str], values: Mapping[str, object]) -> str:
        """The page with its blanks filled; rendered when it is not there or was made of something else."""
        known = self._pages.get(key)
        if known is None or known[0] is not made_of:
            if len(self._pages) >= KEPT:
                self._pages.clear()
            known = self._pages[key] = (made_of, _BLANK.split(render()))
        parts = known[1].copy()
        parts[1::2] = [str(escape(values[name])) for name in parts[1::2]]
        return "".join(parts)
