"""Whether all letters and digits of one text are in another, in the same order, and which are not."""

import re
from collections.abc import Iterable, Iterator

from diff_match_patch import diff_match_patch

#: marks that have letters and are no words: characters by their names, breaks, boxes of tasks
_MARKS = re.compile(
    r"&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);|</?br\s*/?>|\[[xX]\](?=\s)", re.IGNORECASE | re.ASCII
)
_DELETED, _EQUAL = -1, 0


def missing(source: str, text: str) -> Iterator[tuple[int, str]]:
    """Runs of letters and digits of the source that the text has not, each with the number of its line."""
    source = _MARKS.sub(lambda mark: " " * len(mark[0]), source)
    places = [place for place, character in enumerate(source) if character.isalnum()]
    wanted = _small(source[place] for place in places)
    there = _small(filter(str.isalnum, text))
    if _follows(wanted, there):
        return
    differ = diff_match_patch()
    differ.Diff_Timeout = 0.5
    at = 0
    for change, run in differ.diff_main(wanted, there, False):
        if change == _DELETED:
            first, last = places[at], places[at + len(run) - 1]
            yield source.count("\n", 0, first) + 1, source[first : last + 1]
        if change in (_DELETED, _EQUAL):
            at += len(run)


def _small(characters: Iterable[str]) -> str:
    """One character for each: names of definitions come back in another case."""
    return "".join(character.lower()[0] for character in characters)


def _follows(wanted: str, there: str) -> bool:
    """Whether the characters are among the others, in their order."""
    rest = iter(there)
    return all(character in rest for character in wanted)
