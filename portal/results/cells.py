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
    found: Narrowed, names: Mapping[str, str], states: Mapping[str, str], zone: ZoneInfo, dated: bool = False
) -> Callable[[StudentRow], Markup]:
    """What writes a row's `<td>` for each lesson, a link to the page of that cell; `names` are those of the rungs.

    A cell is a mark with all its words in it, for who does not see it; `dated` shows the day below.
    """
    words = {name: str(escape(word)) for name, word in {**names, "excused": states["excused"], **_notes()}.items()}
    moment, wanted, written = now(), found.wanted, time_writer(zone)
    lessons = [
        (lesson.id, f' href="completion/{lesson.id}/', "" if lesson.is_open(moment) else " shut")
        for lesson in found.lessons
    ]

    def cells(row: StudentRow) -> Markup:
        student = f'{row.student.id}">'
        parts: list[str] = []
        for lesson, address, shut in lessons:
            cell = row.cells[lesson]
            if mark := mark_of_cell(cell):
                place, link = f"{mark}{_LATE[cell.late]}{' twice' if cell.shared else ''}", f'<a class="mark {mark}"'
            else:
                place, link = f"none{_LATE[cell.late]}{shut}", "<a"
            if wanted.narrows and not wanted.means(cell):
                place += " other"
            below = f"<small>{cell.at.astimezone(zone):%m-%d}</small>" if dated and cell.at else ""
            parts += '<td class="', place, '">', link, address, student, _said(cell, words, written), below, "</a></td>"
        # The words are escaped; the rest is ids, our own names and digits.
        return Markup("".join(parts))  # noqa: S704

    return cells


_LATE = {False: "", True: " late"}


def _notes() -> dict[str, str]:
    return {
        "refused": _("sent back"), "shared": _("same note twice"), "unresolved": _("short link"), "late": _("late"),
        "doubtful": _("received, doubtful"),
        "short": _("not done yet"), "joint": _(", "),
    }  # fmt: skip


def _said(cell: Cell, words: Mapping[str, str], written: Callable[[datetime], str]) -> str:
    """What was reached, what is special about it, and since when."""
    if cell.state == "excused":
        return words["joint"].join([words["excused"], words[cell.rung]] if cell.at else [words["excused"]])
    if cell.rung == "not_started" and not cell.late and cell.refusal is None:
        return words[cell.rung]
    special = {
        "short": cell.rung in DONE and cell.state != "done",
        "refused": cell.refusal is not None,
        "shared": cell.shared,
        "unresolved": cell.unresolved,
        "late": cell.late,
    }
    said = [words[cell.rung], *[words[name] for name, is_so in special.items() if is_so]]
    if cell.at:
        said.append(written(cell.at) + (f" ({words['doubtful']})" if cell.doubtful else ""))
    return words["joint"].join(said)


def time_writer(zone: ZoneInfo) -> Callable[[datetime], str]:
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
