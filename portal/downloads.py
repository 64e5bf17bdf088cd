"""Names of files that browsers save."""

import re
import unicodedata
from urllib.parse import quote

NAME_MAX = 80
# What Windows, macOS and Linux together do not take in a name.
_UNFIT = re.compile(r'[\\/:*?"<>|;%]+')


def disposition(name: str, extension: str, *, fallback: str, inline: bool = False) -> str:
    """A Content-Disposition (RFC 6266): `name` in any script, cleaned and cut; `fallback` (ASCII) for old browsers."""
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name)
    stem = " ".join(_UNFIT.sub(" ", kept).split())[:NAME_MAX].strip(" .")
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{fallback}.{extension}\"; filename*=UTF-8''{quote(f'{stem or fallback}.{extension}', safe='')}"
