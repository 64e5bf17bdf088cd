"""The audit log in sentences, with links to what they are about."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from markupsafe import Markup

from courses.audit import Entry, living_lessons
from portal.i18n import gettext as _
from portal.i18n import language
from portal.settings import Settings
from portal.words.audit import FIELDS, ONE_CHANGE, SENTENCES, channel_name
from portal.words.looking import LOOKING
from portal.words.roles import role_name

#: characters of a value
SHOWN = 80


@dataclass(frozen=True)
class Line:
    """An entry as people read it; `changes` has what the sentence does not say, `version` the address of a revision."""

    id: UUID
    at: datetime
    day: str
    clock: str
    sentence: Markup
    changes: list[tuple[str, str, str]]
    reason: str
    via: str
    version: str | None
    number: int | None

    @property
    def text(self) -> str:
        """The sentence without markup."""
        return self.sentence.striptags()


async def lines(settings: Settings, entries: Sequence[Entry]) -> list[Line]:
    """The entries as people read them, in one query."""
    living = await living_lessons(list(entries))
    zone = ZoneInfo(settings.time_zone)
    return [_line(entry, living, zone) for entry in entries]


def _line(entry: Entry, living: set[UUID], zone: ZoneInfo) -> Line:
    changes = [
        (FIELDS[name]() if name in FIELDS else name, _value(name, old, zone), _value(name, new, zone))
        for name, (old, new) in entry.changes.items()
    ]
    single = len(changes) == 1 and entry.action in ONE_CHANGE
    local = entry.at.astimezone(zone)
    number = entry.detail.get("version") if entry.object in living else None
    return Line(
        id=entry.id,
        at=entry.at,
        day=format_date(local, "full", locale=language()),
        clock=local.strftime("%H:%M"),
        sentence=_sentence(entry, living, changes[0] if single else None),
        changes=[] if single else changes,
        reason=str(entry.detail.get("reason") or ""),
        via=channel_name(entry.via),
        version=f"/lessons/{entry.object}/history/{number}" if number else None,
        number=number,
    )


def _sentence(entry: Entry, living: set[UUID], change: tuple[str, str, str] | None) -> Markup:
    """The texts are ours; what stands in them is escaped."""
    known = SENTENCES.get(entry.action)
    text = ONE_CHANGE[entry.action]() if change else known() if known else "{who}: {action} {what}"
    values: dict[str, Any] = {name: value for name, value in entry.detail.items() if name != "changes"}
    values |= {"who": _who(entry), "what": _what(entry, living), "action": entry.action}
    values |= {"role": role_name(str(entry.detail.get("role", "")))}
    if change:
        values |= dict(zip(("field", "old", "new"), change, strict=True))
    return Markup(text).format_map(defaultdict(str, values))  # noqa: S704 -- escapes the values


def _who(entry: Entry) -> Markup:
    if entry.person_name is not None:
        name = entry.person_name
    else:
        name = _("The portal’s command") if entry.via == "command" else _("Somebody whose account is gone")
    return Markup("<b>{}</b>").format(name)


def _what(entry: Entry, living: set[UUID]) -> str:
    label = entry.label or _("(no longer known)")
    address = _address(entry, living)
    return Markup('<a href="{}">{}</a>').format(address, label) if address else label


def _address(entry: Entry, living: set[UUID]) -> str | None:
    """Where the object is shown, to whoever may read the log."""
    lesson = entry.detail.get("lesson")
    there = isinstance(lesson, str) and UUID(lesson) in living
    match entry.action.partition(".")[0]:
        case "lesson" if entry.object in living:
            return f"/lessons/{entry.object}"
        case "link" if there:
            return f"/lessons/{lesson}"
        case "publication" if there:
            return f"/courses/{entry.course}/completion/{lesson}/{entry.object}"
        case "print":
            return f"/prints/{entry.object}"
        case "student":
            return f"/courses/{entry.course}/roster#student-{entry.object}"
    return None


def _value(name: str, value: Any, zone: ZoneInfo) -> str:
    if name.endswith("_at") and isinstance(value, str):
        return format_datetime(datetime.fromisoformat(value), "medium", tzinfo=zone, locale=language())
    if name == "role":
        return role_name(str(value))
    if name == "looking" and value in LOOKING:
        return LOOKING[value][0]()
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if value is None or value == "":
        return "—"
    text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def log_table(entries: Sequence[Entry], shown: Sequence[Line], settings: Settings) -> list[list[str]]:
    """Rows of text, titles first; times with their distance from UTC."""
    zone = ZoneInfo(settings.time_zone)
    table = [[_("Time"), _("Who"), _("Way"), _("Action"), _("What"), _("Sentence"), _("Changes")]]
    for entry, line in zip(entries, shown, strict=True):
        changes = "; ".join(f"{field}: {old} → {new}" for field, old, new in line.changes)
        table.append(
            [entry.at.astimezone(zone).isoformat(timespec="seconds"), entry.person_name or "",
             entry.via, entry.action, entry.label, line.text, changes or line.reason]
        )  # fmt: skip
    return table
