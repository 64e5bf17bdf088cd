"""An import: what would happen, what is happening, what has happened, and the way back."""

from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template
from obstore.store import ObjectStore

from courses.catalogue.courses import CourseInfo, course_of
from courses.encodings import ENCODINGS
from courses.errors import Conflict, Message
from courses.exchange import runs
from courses.exchange.applying import undo
from courses.exchange.plan import steps
from courses.exchange.runs import RunInfo
from courses.lessons.authoring import lessons_by_id
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from portal.exchange.importing import ImportChoice, present_lessons, read_again
from portal.i18n import say
from portal.parts import Parts
from portal.settings import Settings
from portal.web.forms import Form, one
from portal.web.typed import read_number

TOLD = 200


@get("/imports/{import_id:uuid}", include_in_schema=False)
async def show(
    person: NamedDependency[SignedIn],
    store: NamedDependency[SkipValidation[ObjectStore]],
    import_id: FromPath[UUID],
) -> Template:
    """The plan until it is begun, then how far it is, then what came of it."""
    run, course = await _run(person, import_id)
    if run.state == "done":
        return await _result(person, run, course)
    if run.state == "running" and not run.silent:
        return Template("course/exchange/progress.html", context={"person": person, "run": run, "course": course})
    return await _plan(person, store, run, course)


async def _run(person: SignedIn, import_id: UUID) -> tuple[RunInfo, CourseInfo | None]:
    """The person's own import; into a course only while the person may write there. Raises NotFound, NotAllowed."""
    run = await runs.import_run(person, import_id)
    return run, await course_of(person, run.course, "write") if run.course else None


async def _plan(
    person: SignedIn, store: ObjectStore, run: RunInfo, course: CourseInfo | None, problem: Message | None = None
) -> Template:
    contents = await runs.contents_of(store, run)
    planned = steps(contents, await present_lessons(run.course))
    stopped = Message(
        "This import stopped half-way, perhaps because the portal was restarted. {count} lessons are in the course already;"
        " import the rest, or undo it.",
        count=len(run.outcome.taken),
    )
    context = {
        "person": person, "run": run, "course": course, "contents": contents, "steps": planned,
        "bad": sum(step.bad for step in planned),
        "pictures": sum(len(step.lesson.pictures) for step in planned),
        "general": [each for each in contents.findings if not each.lesson][:TOLD],
        "fatal": contents.refused or (run.fresh and contents.course is None),
        "problem": say(problem or stopped) if problem or run.silent else "",
        "half": run.silent and bool(run.outcome.taken),
        "failed": run.outcome.findings if run.state == "failed" else (), "encodings": ENCODINGS,
    }  # fmt: skip
    return Template("course/exchange/plan.html", context=context, status_code=409 if problem else 200)


async def _result(person: SignedIn, run: RunInfo, course: CourseInfo | None) -> Template:
    lessons: dict[UUID, LessonInfo] = {}
    if course is not None:
        found = await lessons_by_id(course.id, [*run.outcome.created, *run.outcome.replaced])
        lessons = {lesson.id: lesson for lesson in found}
    context = {
        "person": person, "run": run, "course": course, "outcome": run.outcome,
        "created": [lessons[each] for each in run.outcome.created if each in lessons],
        "replaced": [lessons[each] for each in run.outcome.replaced if each in lessons],
    }  # fmt: skip
    return Template("course/exchange/result.html", context=context)


@get("/imports/{import_id:uuid}/progress", include_in_schema=False)
async def progress(person: NamedDependency[SignedIn], import_id: FromPath[UUID]) -> dict[str, Any]:
    """For the page that waits."""
    run, _ = await _run(person, import_id)
    return {"state": "silent" if run.silent else run.state, "done": run.done, "total": run.total}


@post("/imports/{import_id:uuid}", status_code=303, include_in_schema=False)
async def begin(
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
    import_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Take over what was chosen; it goes on when the browser is closed."""
    run, course = await _run(person, import_id)
    actions = {
        step: one(data, name)
        for name in data
        if name.startswith("step-") and (step := read_number(name.removeprefix("step-"))) is not None
    }
    try:
        await parts.imports.start(person, run, ImportChoice(actions, good_only=one(data, "good_only") != ""))
    except Conflict as error:
        if run.state in ("running", "done") and not run.silent:
            return Redirect(f"/imports/{run.id}", status_code=303)
        return await _plan(person, parts.store, run, course, error.message)
    return Redirect(f"/imports/{run.id}", status_code=303)


@post("/imports/{import_id:uuid}/encoding", status_code=303, include_in_schema=False)
async def read_otherwise(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    import_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect:
    """Read a list in the encoding that somebody chose. Raises Conflict once it is begun."""
    run, _ = await _run(person, import_id)
    encoding = one(data, "encoding")
    if run.state in ("running", "done") or run.kind != "csv" or encoding not in ENCODINGS:
        raise Conflict(Message("This import is under way already, or done."))
    await read_again(store, settings, run, encoding)
    return Redirect(f"/imports/{run.id}", status_code=303)


@post("/imports/{import_id:uuid}/undo", status_code=303, include_in_schema=False)
async def take_back(person: NamedDependency[SignedIn], import_id: FromPath[UUID]) -> Redirect:
    """Put what was added into the trash and bring back what was replaced."""
    run, _ = await _run(person, import_id)
    await undo(person, run)
    return Redirect(f"/imports/{run.id}", status_code=303)


routes = [show, progress, begin, read_otherwise, take_back]
