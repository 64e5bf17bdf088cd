"""A student's own page: the course's lessons, how far each is, and the way to it. No account: the phone knows who it is."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.clock import now
from courses.errors import Message, NotAllowed
from courses.results.own_progress import own_lessons
from courses.students.claims import let_in, waiting_phones
from portal.settings import Settings
from portal.sharing.addresses import share_path
from portal.student.turned_away import STUDENT_HANDLERS
from portal.student.visits import handle_of, visit_by_cookie
from portal.web.bodies import FORM_LIMIT


@get("/l/{link:str}/mine", exception_handlers=STUDENT_HANDLERS, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    link: FromPath[str],
    settings: NamedDependency[Settings],
    let: FromQuery[str] = "",
) -> Template | Redirect:
    """Only for a phone whose student is known; the others say first who they are."""
    visit = await visit_by_cookie(request, settings, link)
    if visit.student is None:
        return Redirect(f"/l/{visit.card.link.code}", status_code=303)
    course, trusted = visit.card.lesson.course, visit.standing.let_in
    lessons = await own_lessons(course, visit.student.id, visit.card.lesson.id, None if trusted else visit.device)
    seat = visit.student.seat if visit.seat is not None else None
    context = {
        "visit": visit, "handle": handle_of(settings, visit),
        "lesson": visit.card.lesson, "name": visit.shown_name, "lessons": lessons,
        "address": lambda of: share_path(settings, of, seat),
        "until": visit.card.link.grace_until(now()),
        "done": sum(each.done for each in lessons), "trusted": trusted, "let": let,
        "waiting": await waiting_phones(course, visit.student.id) if trusted else [],
    }  # fmt: skip
    return Template("student/mine/show.html", context=context)


@post(
    "/l/{link:str}/phones/{device:str}/let-in",
    status_code=303,
    request_max_body_size=FORM_LIMIT,
    exception_handlers=STUDENT_HANDLERS,
    include_in_schema=False,
)
async def let_phone_in(
    request: Request[Any, Any, Any], link: FromPath[str], device: FromPath[str], settings: NamedDependency[Settings]
) -> Redirect:
    """Another phone of the same student sees what this one does. Raises NotAllowed for a phone that is not in itself."""
    visit = await visit_by_cookie(request, settings, link)
    if visit.student is None or not visit.standing.let_in:
        raise NotAllowed(
            Message("This phone is not yet known as yours. Use the one that you had first, or ask your teacher.")
        )
    await let_in(visit.card.lesson.course, visit.student.id, device, None)
    return Redirect(f"/l/{visit.card.link.code}/mine", query_params={"let": "in"}, status_code=303)


routes: list[ControllerRouterHandler] = [show, let_phone_in]
