"""What the print page begins with: what is most likely wanted, on the paper of last time."""

from dataclasses import dataclass, replace
from uuid import UUID

from courses.clock import now
from courses.printing.own_layouts import own_layouts
from courses.printing.printable import Printable, printable
from courses.printing.runs import last_runs, lessons_of_run, lessons_with_slips
from courses.printing.suggesting import LastRun, LessonOnPaper, Suggestion, suggest
from courses.printing.values import PrintRunInfo
from courses.results.completion import completion
from portal.i18n import language
from portal.lessons.filters import named_lessons
from portal.printing.choice import PrintChoice, as_last_time, layout_groups, paper_for, read_choice
from portal.web.forms import Form, one


@dataclass(frozen=True)
class Begun:
    """A choice, why it is suggested (None where somebody chose it), and the run that its paper is of."""

    choice: PrintChoice
    suggestion: Suggestion | None
    like: PrintRunInfo | None


async def begun(course_id: UUID, form: Form, language_header: str) -> Begun:
    """What an address asks for; what it leaves open is suggested. Raises NotFound for lessons that are not there."""
    runs = await last_runs(course_id)
    if one(form, "chosen") == "1":
        return Begun(read_choice(form), None, runs[0] if runs else None)
    choice = PrintChoice(language=language(), layout=paper_for(language_header))
    named = read_choice(form, choice)
    if one(form, "kind") or one(form, "personal"):
        suggestion, kind = None, named.kind
    else:
        suggestion = await _suggestion(course_id, named, runs)
        kind = suggestion.kind
        choice = replace(choice, kind=kind, lessons=() if named.found else suggestion.lessons)
    # A poster's paper is no paper for slips.
    like = next((run for run in runs if (run.kind == "poster") == (kind == "poster")), None)
    if like:
        choice = as_last_time(like, choice, layout_groups(await own_layouts(course_id)))
    if like and suggestion and suggestion.reason == "again":
        choice = replace(choice, copies=like.options.copies)
    return Begun(read_choice(form | {"kind": kind}, choice), suggestion, like)


async def _suggestion(course_id: UUID, named: PrintChoice, runs: list[PrintRunInfo]) -> Suggestion:
    every = await printable(course_id)
    wanted = await named_lessons(course_id, named.lessons, named.found)
    last = LastRun(runs[0].kind, tuple(await lessons_of_run(runs[0].id))) if runs else None
    some = bool(named.students or named.groups)
    return suggest(await _on_paper(course_id, every), bool(every.students), last, now(), wanted, some)


async def _on_paper(course_id: UUID, every: Printable) -> list[LessonOnPaper]:
    """The lessons that can be printed; the completion list is read only where a lesson can be late."""
    slips, moment = await lessons_with_slips(course_id), now()
    past = every.students and any(lesson.due_at and lesson.due_at < moment for lesson in every.shared)
    rows = (await completion(course_id)).rows if past else ()
    late = {
        lesson
        for row in rows
        for lesson, cell in row.cells.items()
        if cell.late and cell.state not in ("done", "excused")
    }
    return [
        LessonOnPaper(lesson.id, lesson.opens_at, lesson.due_at, lesson.id in slips, lesson.id in late)
        for lesson in every.shared
    ]
