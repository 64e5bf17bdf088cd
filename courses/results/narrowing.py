"""The completion list as it is looked at: whose rows, which lessons and cells, in what order, and what they add up to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize
from uuid import UUID

from courses.errors import NotFound
from courses.events.ladder import RANK
from courses.results.values import STATES, Cell, Completion, LessonHead, StudentRow

#: what a cell can be beside its state: neither done nor excused, late, and said to be published but not looked at yet
OPEN, LATE, REVIEW, ALL = "open", "late", "review", "all"
FILTERS = (*STATES, OPEN, LATE, REVIEW)
SORTS = ("number", "name", "group", "rung", "time")
#: as a group: those who are in none
NO_GROUP = "—"
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class CompletionFilter:
    """`group`, `find`, `lesson` and `student` say whose rows and which columns, the rest which cells in them.

    `find` is part of a name, or the beginning of a number.

    `state` is one of FILTERS, `least` a rung that was come to, or a higher one, `cause` one of what ever failed there.
    `sort` is one of SORTS; with `down` the last comes first.
    """

    state: str = ""
    rung: str = ""
    least: str = ""
    cause: str = ""
    group: str = ""
    find: str = ""
    lesson: UUID | None = None
    student: UUID | None = None
    sort: str = SORTS[0]
    down: bool = False

    @property
    def narrows(self) -> bool:
        """Whether it leaves cells out within its rows and columns."""
        return bool(self.state or self.rung or self.least or self.cause)

    def means(self, cell: Cell) -> bool:
        """Whether a cell is among those that are wanted."""
        if (self.rung and cell.rung != self.rung) or (self.least and RANK[cell.rung] < RANK[self.least]):
            return False
        if self.cause and self.cause not in cell.failures:
            return False
        match self.state:
            case "":
                return True
            case "late":
                return cell.late
            case "open":
                return cell.state not in ("done", "excused")
            case "review":
                return to_review(cell)
            case state:
                return cell.state == state


def to_review(cell: Cell) -> bool:
    """Whether somebody says that it is published, and no instructor has said anything since."""
    return cell.rung in ("claimed", "linked") and cell.state != "excused"


@dataclass(frozen=True)
class Narrowed:
    """Rows that have a wanted cell, in their order; all counts are over everybody and every lesson that is looked at.

    A count has a number for each of STATES (they add up to `all`), for each rung (they do too), for `open`, `late` and `review`.
    `enrolled` counts those who are looked at, `cells` what is wanted; `groups` are all of the course.
    """

    wanted: CompletionFilter
    lessons: tuple[LessonHead, ...]
    rows: tuple[StudentRow, ...]
    by_lesson: Mapping[UUID, Counter[str]]
    overall: Counter[str]
    enrolled: int
    cells: int
    groups: tuple[str, ...]

    def of(self, row: StudentRow) -> Counter[str]:
        """The counts of one row."""
        return _counted(_line(row, self.lessons))

    @property
    def chosen(self) -> list[tuple[UUID, UUID]]:
        """The wanted cells, (student, lesson), row by row."""
        means = self.wanted.means
        return [
            (row.student.id, lesson.id) for row in self.rows for lesson in self.lessons if means(row.cells[lesson.id])
        ]


def narrow(whole: Completion, wanted: CompletionFilter) -> Narrowed:
    """The part of a course's completion that is wanted. Raises NotFound for a lesson or student that is not in it."""
    lessons, rows = _looked_at(whole, wanted)
    grid = [_line(row, lessons) for row in rows]
    by_lesson = _by_lesson(lessons, grid)
    shown, cells = _with_wanted_cells(rows, grid, wanted)
    return Narrowed(
        wanted, lessons, tuple(_sorted(shown, lessons, wanted)), by_lesson, sum(by_lesson.values(), Counter()),
        len(rows), cells, _groups(whole),
    )  # fmt: skip


def _looked_at(whole: Completion, wanted: CompletionFilter) -> tuple[tuple[LessonHead, ...], list[StudentRow]]:
    """The columns and rows that are counted. Raises NotFound."""
    lessons = tuple(each for each in whole.lessons if wanted.lesson in (None, each.id))
    rows = [row for row in whole.rows if wanted.student in (None, row.student.id)]
    if (wanted.lesson and not lessons) or (wanted.student and not rows):
        raise NotFound
    rows = [row for row in rows if wanted.group in ("", _group(row))]
    return lessons, [row for row in rows if _is_found(row, wanted.find)] if wanted.find else rows


def _is_found(row: StudentRow, text: str) -> bool:
    text = _plain(text)
    return text in _plain(row.student.name) or _plain(row.student.number).startswith(text)


def _plain(text: str) -> str:
    """As it is compared: without a difference of case, width or spaces."""
    return "".join(normalize("NFKC", text).casefold().split())


def _with_wanted_cells(
    rows: list[StudentRow], grid: Sequence[Sequence[Cell]], wanted: CompletionFilter
) -> tuple[list[StudentRow], int]:
    """The rows that have a wanted cell, and how many such cells there are."""
    if not wanted.narrows:
        return rows, sum(map(len, grid))
    counts = [sum(map(wanted.means, line)) for line in grid]
    return [row for row, count in zip(rows, counts, strict=True) if count], sum(counts)


def _by_lesson(lessons: tuple[LessonHead, ...], grid: Sequence[Sequence[Cell]]) -> dict[UUID, Counter[str]]:
    columns: Iterable[Iterable[Cell]] = zip(*grid, strict=True) if grid else ((),) * len(lessons)
    return {lesson.id: _counted(column) for lesson, column in zip(lessons, columns, strict=True)}


def _groups(whole: Completion) -> tuple[str, ...]:
    """By name, who is in none last."""
    return tuple(sorted(set(map(_group, whole.rows)), key=lambda group: (group == NO_GROUP, group)))


def _group(row: StudentRow) -> str:
    return row.student.group or NO_GROUP


def _line(row: StudentRow, lessons: tuple[LessonHead, ...]) -> Sequence[Cell]:
    """The row's cells of these lessons: all of them or one."""
    return list(row.cells.values()) if len(lessons) == len(row.cells) else [row.cells[lesson.id] for lesson in lessons]


def _counted(cells: Iterable[Cell]) -> Counter[str]:
    kinds = Counter([(cell.state, cell.rung, cell.late, to_review(cell)) for cell in cells])
    found: Counter[str] = Counter()
    for (state, rung, late, review), count in kinds.items():
        beside = {LATE: late, REVIEW: review, OPEN: state not in ("done", "excused")}
        for name in (ALL, state, rung, *(name for name, counts in beside.items() if counts)):
            found[name] += count
    return found


def _sorted(rows: list[StudentRow], lessons: tuple[LessonHead, ...], wanted: CompletionFilter) -> list[StudentRow]:
    """Rows come by number; sorting keeps that order among equals."""
    ids = [lesson.id for lesson in lessons]

    def key(row: StudentRow) -> Any:
        match wanted.sort:
            case "name":
                return by_name(row.student.name)
            case "group":
                return not row.student.group, by_name(row.student.group)
            case "rung":
                reached = [RANK[row.cells[lesson].rung] for lesson in ids]
                return sum(row.cells[lesson].state == "done" for lesson in ids), sum(reached)
            case _:
                return max((row.cells[lesson].at or _NEVER for lesson in ids), default=_NEVER)

    if wanted.sort == SORTS[0]:
        return rows[::-1] if wanted.down else rows
    return sorted(rows, key=key, reverse=wanted.down)


def by_name(name: str) -> bytes:
    """GB 18030 has the 3,755 commonest Chinese characters in the order of their pinyin."""
    return name.casefold().encode("gb18030", "replace")
