"""Checks of what a lesson declares: whether the platform has a place for it."""

from collections.abc import Iterator

from courses.errors import Message
from portal.platforms.declarations import SENTENCES, steps
from portal.platforms.protocol import Draft, Named, Ruled
from portal.preflight.findings import Finding


def declaration_findings(draft: Draft, platform: Ruled, name: Named) -> Iterator[Finding]:
    """Only doubts: nobody knows the apps for sure."""
    known = platform.declarations
    found = steps(known, draft.declarations)
    if found is None:
        return
    if found.sentences and not found.text:
        message = Message(
            "As far as we know {platform} has no choice for this declaration: {what}. Let the text say it, too.",
            platform=name,
            what="；".join(found.sentences),
        )
        yield Finding("declaration_no_place", "warning", "declarations", message)
    if found.one:
        message = Message(
            "As far as we know {platform} takes only one declaration; the lesson has {count}. Let the text say the others.",
            platform=name,
            count=sum(each in SENTENCES for each in draft.declarations),
        )
        yield Finding("declarations_too_many", "warning", "declarations", message)
