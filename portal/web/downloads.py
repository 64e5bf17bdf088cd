"""Names of files that browsers save."""

import re
import unicodedata
from urllib.parse import quote

NAME_MAX = 80
# What Windows, macOS and Linux together do not take in a name.
_UNFIT = re.compile(r'[\\/:*?"<>|;%]+')
# Names of devices, which Windows takes with any extension.
_DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))


def disposition(name: str, extension: str, *, fallback: str, inline: bool = False) -> str:
    """A Content-Disposition (RFC 6266): `name` in any script, cleaned and cut; `fallback` (ASCII) for old browsers."""
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name)
    stem = " ".join(_UNFIT.sub(" ", kept).split())[:NAME_MAX].strip(" .")
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{fallback}.{extension}\"; filename*=UTF-8''{quote(f'{stem or fallback}.{extension}', safe='')}"


class FileNames:
    """Names for the files of one folder: each is given once, also where capitals make no difference."""

    def __init__(self) -> None:
        self._taken = set(_DEVICES)

    def give(self, stem: str) -> str:
        """The stem, or the first of `stem-2`, `stem-3`, … that is free."""
        name, number = stem, 1
        while unicodedata.normalize("NFKC", name).casefold() in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(unicodedata.normalize("NFKC", name).casefold())
        return name
