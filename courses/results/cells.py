"""The cells of a completion list: the best rung of a student with a lesson, its state, and whether it is excused or late."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec

from courses.events.causes import cause_of_row
from courses.events.done import FROM, DoneRule, counts, is_done
from courses.events.ladder import DONE, RANK, RUNGS, is_doubtful, standing, words_that_count
from courses.results.same_notes import SHARED_SQL
from courses.results.values import Cell
from courses.tables.events import Publication
from courses.tables.roster import Excuse, Student

_NEVER = datetime.max.replace(tzinfo=UTC)
# As text: a large course has tens of thousands of rows, and making ids and times of all of them takes longer than the rest.
_SAID = ("claimed_at", "linked_at", "confirmed_at", "reported_at", "refused_at", "reopened_at")
_TEXTS = ("student", "lesson", "at", *_SAID, "claim_made_at", "link_made_at")
_COLUMNS = ", ".join(f"CAST({name} AS TEXT) AS {name}" for name in _TEXTS)
_BEST = (
    f"SELECT {_COLUMNS}, platform, rung, doubtful, note_url, note_id IS NULL AS unnamed, "  # noqa: S608
    f"failed_at IS NOT NULL AS fails, failure, cause, refusal, {SHARED_SQL} AS shared "
    "FROM publication WHERE lesson IN "
)
_said = itemgetter(*_SAID)
_time = datetime.fromisoformat


async def best_cells(
    rules: Mapping[UUID, DoneRule], students: Sequence[UUID] | None = None
) -> dict[str, dict[str, Cell]]:
    """Of these lessons, each with its rule, by student and lesson (ids as text) the highest rung; of equal ones the first.

    Of all students, or of these.
    """
    if not rules or (students is not None and not students):
        return {}
    query, whose = f"{_BEST}({', '.join(['{}'] * len(rules))})", students or ()
    if whose:
        query += f" AND student IN ({', '.join(['{}'] * len(whose))})"
    rows = await Publication.raw(query, *rules, *whose)
    by_lesson = {str(lesson): rule for lesson, rule in rules.items()}
    best: dict[str, dict[str, Cell]] = {}
    several: dict[tuple[str, str], list[tuple[str, Cell]]] = {}
    # Row by row they go as the cells come: a large course has 20 MB of them.
    while rows:
        row = rows.pop()
        student, lesson, platform = row["student"], row["lesson"], row["platform"]
        mine, rule = best.setdefault(student, {}), by_lesson[lesson]
        cell = _cell(row, rule)
        if rule.which != "any":
            several.setdefault((student, lesson), []).append((platform, cell))
        elif lesson in mine:
            other = mine[lesson]
            done = cell.state == "done" or other.state == "done"
            mine[lesson] = _together([(other.platform or "", other), (platform, cell)], rule, done)
        else:
            mine[lesson] = cell
    # Many stand alike, and there are tens of thousands.
    known: dict[tuple[str, ...], bool] = {}
    for (student, lesson), parts in several.items():
        alike, rule = (lesson, *[word for slug, cell in parts for word in (slug, cell.rung)]), by_lesson[lesson]
        if alike not in known:
            known[alike] = is_done(rule, {slug: cell.rung for slug, cell in parts})
        best[student][lesson] = _together(parts, rule, known[alike])
    return best


def _cell(row: Mapping[str, Any], rule: DoneRule) -> Cell:
    """Of one platform: `state` and `done_at` as if it alone were asked for."""
    rung, failures = row["rung"], (cause_of_row(row["cause"], row["failure"]),) if row["fails"] else ()
    doubtful = is_doubtful(row["doubtful"], rung)
    if rung in DONE:
        note, at, done = row["note_url"] if rung != "claimed" else None, _time(row["at"]), counts(rule, rung)
        done_at, done_doubtful = (_done_since(row, rule) or (at, doubtful)) if done else (None, False)
        return Cell(rung, row["platform"], _utc(at), note, done_at=done_at and _utc(done_at),
                    state="done" if done else "begun",
                    shared=bool(row["shared"]), unresolved=note is not None and bool(row["unnamed"]),
                    failures=failures, doubtful=doubtful, done_doubtful=done_doubtful)  # fmt: skip
    refusal = row["refusal"] if row["refused_at"] and _stands(row["refused_at"], row["reopened_at"]) else None
    if rung == RUNGS[0]:
        return Cell(refusal=refusal, state="stuck" if refusal is not None else "not_begun", failures=failures)
    if rung == "failed":
        cause = cause_of_row(row["cause"], row["failure"])
        return Cell(rung, row["platform"], _utc(_time(row["at"])), None, row["failure"], refusal, cause, state="stuck",
                    failures=failures, doubtful=doubtful)  # fmt: skip
    state = "stuck" if refusal is not None else "begun"
    return Cell(rung, row["platform"], _utc(_time(row["at"])), refusal=refusal, state=state, failures=failures,
                doubtful=doubtful)  # fmt: skip


def _done_since(row: Mapping[str, Any], rule: DoneRule) -> tuple[datetime, bool] | None:
    """The first word that counts by the rule: when it was said, and whether that is doubtful."""
    said = words_that_count(*[text and _time(text) for text in _said(row)])
    made = (row["claim_made_at"], row["link_made_at"], None, None)
    told = [
        (_time(made_at) if made_at else at, rung != "confirmed" and is_doubtful(row["doubtful"], rung))
        for rung, at, made_at in zip((*FROM, "confirmed"), said, made, strict=True)
        if at is not None and counts(rule, rung)
    ]
    return min(told, default=None)


def _together(parts: list[tuple[str, Cell]], rule: DoneRule, done: bool) -> Cell:
    """Of one student's platforms: what is best of them, with the state that all of them add up to."""
    best = min([cell for _, cell in parts], key=_order)
    shared, failures = best.shared, best.failures
    for _, cell in parts:
        shared = shared or cell.shared
        if cell.failures and cell is not best:
            failures = tuple(sorted({*failures, *cell.failures}))
    asked = [cell for slug, cell in parts if rule.which == "any" or slug in rule.platforms]
    done_at, done_doubtful, state = None, False, "begun" if best.state == "done" else best.state
    if done:
        times = [(cell.done_at, cell.done_doubtful) for cell in asked if cell.done_at is not None]
        done_at, done_doubtful = (min if rule.which == "any" else max)(times)
        state = "done"
    elif rule.which != "any" and (stuck := [cell for cell in asked if cell.state == "stuck"]):
        # Who has done one of two and is stuck with the other needs help with that one.
        best = msgspec.structs.replace(
            best, failure=stuck[0].failure, refusal=stuck[0].refusal, cause=stuck[0].cause
        )  # fmt: skip
        state = "stuck"
    if (best.state, best.done_at, best.done_doubtful, best.shared, best.failures) == (
        state, done_at, done_doubtful, shared, failures,
    ):  # fmt: skip
        return best
    return msgspec.structs.replace(
        best, state=state, done_at=done_at, done_doubtful=done_doubtful, shared=shared, failures=failures
    )


def _order(cell: Cell) -> tuple[int, datetime, str, bool, str]:
    # Nothing of it hangs on the order in which a database gives its rows.
    return -RANK[cell.rung], cell.at or _NEVER, cell.platform or "", cell.refusal is None, cell.refusal or ""


def _stands(decided_at: str, reopened_at: str | None) -> bool:
    return standing(_time(decided_at), _time(reopened_at) if reopened_at else None) is not None


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo is UTC else at.astimezone(UTC)


async def excuses_of(course_id: UUID) -> dict[tuple[UUID, UUID], str]:
    """Why a (student, lesson) of a course need not be done: the newest excuse that is not undone."""
    rows = await Excuse.select(Excuse.student, Excuse.lesson, Excuse.reason).where(
        Excuse.undone_at.is_null(), Excuse.student.is_in(Student.select(Student.id).where(Student.course == course_id))
    ).order_by(Excuse.at)  # fmt: skip
    return {(row["student"], row["lesson"]): row["reason"] for row in rows}


async def excuse_of(lesson_id: UUID, student_id: UUID) -> str | None:
    """Why one of them need not be done, None while it has to be."""
    rows = await Excuse.select(Excuse.reason).where(
        Excuse.lesson == lesson_id, Excuse.student == student_id, Excuse.undone_at.is_null()
    ).order_by(Excuse.at, ascending=False).limit(1)  # fmt: skip
    return rows[0]["reason"] if rows else None


def judged(cell: Cell, excuse: str | None, due: datetime | None, moment: datetime) -> Cell:
    """A cell with its excuse, and whether it is late at this moment; nobody who is excused is late."""
    if due is None and excuse is None:
        return cell
    done = cell.state == "done"
    at = cell.done_at if done else moment
    late = due is not None and at is not None and (excuse is None or done) and at > due
    if not late and excuse is None:
        return cell
    state = cell.state if done or excuse is None else "excused"
    return msgspec.structs.replace(cell, excuse=excuse, late=late, state=state)
