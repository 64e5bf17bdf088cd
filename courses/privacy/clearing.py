"""What is left of an event, and of an entry of the log, when a student is erased."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

import msgspec

from courses.changes import Changes
from courses.events.causes import cause_of
from courses.privacy.rewriting import New
from courses.tables.audit import AuditEntry
from courses.tables.events import Event

#: columns that may hold words
EVENT_WORDS = Event.kind, Event.device, Event.detail
ENTRY_WORDS = AuditEntry.object, AuditEntry.label, AuditEntry.detail


def without_words(event: dict[str, Any]) -> Changes:
    """Of what a phone said only what is out of our own list of causes stays; all else may be a name."""
    said = msgspec.json.decode(event["detail"])
    kept = {"cause": cause_of(said)} if event["kind"] == "fail" else {}
    if said == kept and event["device"] is None:
        return {}
    return {Event.device: None, Event.detail: msgspec.json.encode(kept).decode()}


def forgotten_in_log(students: Collection[UUID], names: Collection[str], numbers: Collection[str]) -> New:
    """Of an entry about one of the students all words go; of one that only names them, that word."""
    # A number, or a name of one letter, is theirs only where nothing else stands.
    exact, long = {*names, *numbers}, [name for name in names if len(name) > 1]

    def named(text: str) -> bool:
        return text in exact or any(word in text for word in long)

    def forgotten(entry: dict[str, Any]) -> Changes:
        detail = msgspec.json.decode(entry["detail"])
        about = entry["object"] in students
        clean = _without(detail, named)
        if about:
            for name in ("changes", "reason", "from"):
                clean.pop(name, None)
        label = "" if about or named(entry["label"]) else entry["label"]
        if clean == detail and label == entry["label"]:
            return {}
        return {AuditEntry.label: label, AuditEntry.detail: msgspec.json.encode(clean).decode()}

    return forgotten


def _without(value: Any, named: Callable[[str], bool]) -> Any:
    match value:
        case str():
            return "" if named(value) else value
        case list():
            return [_without(each, named) for each in value]
        case dict():
            return {key: _without(each, named) for key, each in value.items() if not named(key)}
    return value
