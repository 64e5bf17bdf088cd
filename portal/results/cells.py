"""The cells of a completion list as HTML: a large list has thousands of them, too many for a template."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from courses.clock import now
from courses.events.ladder import DONE
from courses.results.narrowing import CompletionFilter, Narrowed
from courses.results.values import Cell, StudentRow
from portal.i18n import gettext as _
from portal.results.filters import query_of
from portal.words.marks import mark_of_cell

_ANY = UUID(int=0)


def cells_writer(
    found: Narrowed, names: Mapping[str, str], states: Mapping[str, str], zone: ZoneInfo
) -> Callable[[StudentRow], Markup]:
    """What writes a row's `<td>` for each lesson, a link to the page of that cell; `names` are those of the rungs."""
    words = {name: str(escape(word)) for name, word in {**names, "excused": states["excused"], **_notes()}.items()}
    lessons = [(lesson.id, f'<a href="completion/{lesson.id}/') for lesson in found.lessons]
    wanted, written = found.wanted, _time_writer(zone)

    def cells(row: StudentRow) -> Markup:
        student = f'{row.student.id}">'
        parts: list[str] = []
        for lesson, address in lessons:
            cell = row.cells[lesson]
            place = "<td>" if not wanted.narrows or wanted.means(cell) else '<td class="other">'
            parts += place, address, student, _inside(cell, words, written), "</a></td>"
        # The words are escaped; the rest is ids, our own names and digits.
        return Markup("".join(parts))  # noqa: S704

    return cells


def _notes() -> dict[str, str]:
    return {
        "refused": _("sent back"), "shared": _("same note twice"), "unresolved": _("short link"), "late": _("late"),
        "doubtful": _("received, doubtful"),
        "short": _("not done yet"),
    }  # fmt: skip


def _inside(cell: Cell, words: Mapping[str, str], written: Callable[[datetime], str]) -> str:
    """The badge of what was reached, and in small print what is special about it and since when."""
    if cell.state == "excused":
        below = f"<small>{words[cell.rung]}</small>" if cell.at else ""
        return f'<span class="state excused">{words["excused"]}</span>{below}'
    text = f'<span class="state {mark_of_cell(cell) or "none"}">{words[cell.rung]}</span>'
    if cell.rung in DONE and cell.state != "done":
        text += f"<small>{words['short']}</small>"
    if cell.refusal is not None:
        text += f"<small>{words['refused']}</small>"
    if cell.shared:
        text += f'<small class="late">{words["shared"]}</small>'
    if cell.unresolved:
        text += f"<small>{words['unresolved']}</small>"
    late, at = f"<b>{words['late']}</b>" if cell.late else "", written(cell.at) if cell.at else ""
    if cell.doubtful:
        at += f" ({words['doubtful']})"
    return f"{text}<small>{late}{' ' if late and at else ''}{at}</small>" if late or at else text


def _time_writer(zone: ZoneInfo) -> Callable[[datetime], str]:
    """Short times; Babel's formats would take a second for a large course."""
    year = now().astimezone(zone).year

    def written(at: datetime) -> str:
        local = at.astimezone(zone)
        if local.year != year:
            return f"{local.year}-{local.month:02}-{local.day:02}"
        return f"{local.month:02}-{local.day:02} {local.hour:02}:{local.minute:02}"

    return written


def address_writer(wanted: CompletionFilter) -> Callable[..., str]:
    """What writes the address of a state or rung of one "student" or one "lesson" (the `field`) in what is looked at."""

    @cache
    def made(field: str, state: str, rung: str) -> str:
        only: dict[str, Any] = {field: _ANY}
        return f"?{query_of(wanted, state=state, rung=rung, least='', cause='', **only)}"

    def address(field: str, which: UUID, state: str = "", rung: str = "") -> str:
        return made(field, state, rung).replace(str(_ANY), str(which))

    return address
