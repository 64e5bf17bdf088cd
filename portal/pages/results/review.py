"""Review: one post after the other that waits for a look, and the decision on it."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.clock import now
from courses.errors import Conflict, CourseError, Invalid, Message
from courses.lessons.authoring import lesson_of
from courses.results.decisions import decided_since
from courses.results.marking import mark_seen
from courses.results.unmarking import undo_marks
from courses.results.waiting import Wanted, waiting, waiting_counts
from courses.signed_in import SignedIn
from courses.students.roster import find_student_by_id
from portal.i18n import say
from portal.pages.results._review import Entry, entry_of
from portal.results.review_queue import LATER, Place, in_order, place_of, put_off, query_of, read_later, read_wanted
from portal.settings import Settings
from portal.web.errors import status_of
from portal.web.forms import Form, one
from portal.web.security import cookie_name, private_cookie
from portal.web.typed import lookup_id, read_moment
from portal.words.kinds import KINDS
from portal.words.times import clock_or_day, short_moment, span_words

DECISIONS = ("confirm", "refuse", "excuse")


@get("/review", include_in_schema=False)
async def queue(
    request: Request[Any, Any, Any], person: NamedDependency[SignedIn], settings: NamedDependency[Settings]
) -> Template:
    """The first of those that are wanted; where nothing waits, that."""
    return await _page(request, person, settings, None)


@get("/review/{lesson_id:uuid}/{student_id:uuid}", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    lesson_id: FromPath[UUID],
    student_id: FromPath[UUID],
) -> Template:
    """One of them, whether it waits or not."""
    return await _page(request, person, settings, (lesson_id, student_id))


@post("/review/{lesson_id:uuid}/{student_id:uuid}/decision", status_code=303, include_in_schema=False)
async def decide_and_next(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    lesson_id: FromPath[UUID],
    student_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Confirm, send back or excuse, and on to the next one; who comes second is told, and nothing is overwritten."""
    lesson = await lesson_of(person, lesson_id, "mark")
    student = await find_student_by_id(lesson.course, student_id)
    back, word = _wanted(data), one(data, "decision")
    place = await _place(request, person, settings, back, (lesson.id, student.id))
    reason = " ".join(filter(None, (one(data, "reason").strip(), one(data, "words").strip())))
    try:
        if word not in DECISIONS:
            raise Invalid({"action": Message("Choose what to do.")})
        done = await mark_seen(person, lesson.course, (student.id, lesson.id), word, reason, one(data, "seen"))
    except (Invalid, Conflict) as error:
        return await _page(request, person, settings, (lesson.id, student.id), back, error, one(data, "words"))
    said = {"did": word, "at": done.at.isoformat(), "lesson_was": str(lesson.id), "student_was": str(student.id)}
    return _on(place, back, said)


@post("/review/{lesson_id:uuid}/{student_id:uuid}/later", status_code=303, include_in_schema=False)
async def later(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    lesson_id: FromPath[UUID],
    student_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect:
    """Put one off to the end of the queue, for this session of the browser."""
    lesson = await lesson_of(person, lesson_id, "mark")
    back = _wanted(data)
    answer = _on(await _place(request, person, settings, back, (lesson.id, student_id)), back, _said(_back(data)))
    for row in await waiting(person, Wanted(lesson=lesson.id, student=student_id)):
        kept = put_off(_later(request, settings), row.id)
        answer.set_cookie(private_cookie(LATER, kept, settings))
    return answer


@post("/review/{lesson_id:uuid}/{student_id:uuid}/undo", status_code=303, include_in_schema=False)
async def undo(
    person: NamedDependency[SignedIn],
    lesson_id: FromPath[UUID],
    student_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect:
    """Take back what this person decided at a moment, and look at it again."""
    lesson = await lesson_of(person, lesson_id, "mark")
    student = await find_student_by_id(lesson.course, student_id)
    moment = read_moment(one(data, "at"))
    count = await undo_marks(person, lesson.course, moment) if moment else 0
    query = query_of(_wanted(data), did="undone" if count else "kept")
    return Redirect(f"/review/{lesson.id}/{student.id}?{query}", status_code=303)


def _back(data: Form) -> dict[str, str]:
    """The address that a form was sent from."""
    return dict(parse_qsl(one(data, "back")))


def _wanted(data: Form) -> Wanted:
    return read_wanted(_back(data))


def _said(params: Mapping[str, str]) -> dict[str, str]:
    """What was decided just now, and on what, so that it can be taken back; it goes along until the next decision."""
    return {name: params.get(name, "")[:40] for name in ("did", "at", "lesson_was", "student_was")}


def _later(request: Request[Any, Any, Any], settings: Settings) -> list[str]:
    return read_later(request.cookies.get(cookie_name(LATER, settings), ""))


async def _place(
    request: Request[Any, Any, Any],
    person: SignedIn,
    settings: Settings,
    wanted: Wanted,
    here: tuple[UUID, UUID] | None,
) -> Place:
    return place_of(in_order(await waiting(person, wanted), _later(request, settings)), here)


def _on(place: Place, wanted: Wanted, said: dict[str, str]) -> Redirect:
    """To what comes next; where nothing does, to the queue that has come to its end."""
    path = f"/review/{place.next.lesson}/{place.next.student}" if place.next else "/review"
    return Redirect(f"{path}?{query_of(wanted, **said)}", status_code=303)


async def _page(
    request: Request[Any, Any, Any],
    person: SignedIn,
    settings: Settings,
    here: tuple[UUID, UUID] | None,
    wanted: Wanted | None = None,
    error: CourseError | None = None,
    typed: str = "",
) -> Template:
    params, zone = request.query_params, ZoneInfo(settings.time_zone)
    wanted = wanted or read_wanted(params)
    found = in_order(await waiting(person, wanted), _later(request, settings))
    if here is None and found:
        here = found[0].lesson, found[0].student
    place, counts = place_of(found, here), await waiting_counts(person, wanted)
    entry = await entry_of(person, *here) if here else None
    today = datetime.combine(now().astimezone(zone), time(), zone).astimezone(UTC)
    said = _said(params)
    was = await _was(person, said) if said["student_was"] else None
    query = query_of(wanted)
    carried = query_of(wanted, **said) if was else query
    context = {
        "person": person, "wanted": wanted, "place": place, "counts": counts, "entry": entry, "said": said, "was": was,
        "query": query, "carried": f"?{carried}" if carried else "", "typed": typed,
        "problem": _problem(error), "of_kind": lambda kind: query_of(Wanted(kind, wanted.course, wanted.lesson, wanted.student)),
        "looked_at": 0 if entry else await decided_since(person, today),
        "clock": lambda at: clock_or_day(at, zone), "brief": lambda at: short_moment(at, zone), "span": span_words, "kinds": KINDS,
    }  # fmt: skip
    return Template("results/review/show.html", context=context, status_code=status_of(error) if error else 200)


async def _was(person: SignedIn, said: dict[str, str]) -> Entry | None:
    """What was decided on just now."""
    try:
        return await entry_of(person, lookup_id(said["lesson_was"]), lookup_id(said["student_was"]), only_head=True)
    except CourseError:
        return None


def _problem(error: CourseError | None) -> str:
    if isinstance(error, Invalid):
        return " ".join(map(say, error.fields.values()))
    return say(error.message) if error else ""


routes: list[ControllerRouterHandler] = [queue, show, decide_and_next, later, undo]
