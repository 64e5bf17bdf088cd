"""One text out of two that were changed apart, where both changes can be kept as they are."""

from collections.abc import Sequence

from diff_match_patch import diff_match_patch

#: a change is placed only where the text around it is letter for letter what its author saw; how far it has moved is no matter
_EXACT, _ANYWHERE = 0.01, 1_000_000


def merged(base: str, theirs: str, mine: str) -> str | None:
    """`theirs` with what `mine` changed in `base`; None where a change has lost its place. For people to look at."""
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    patcher = diff_match_patch()
    patcher.Match_Threshold, patcher.Match_Distance, patcher.Patch_DeleteThreshold = _EXACT, _ANYWHERE, 0.0
    text, placed = patcher.patch_apply(patcher.patch_make(base, mine), theirs)
    return text if all(placed) else None


def merged_list(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> list[str]:
    """What both kept or one of them added: theirs first, in its order."""
    left = set(base) - set(mine)
    return [*(each for each in theirs if each not in left), *(each for each in mine if each not in {*base, *theirs})]
