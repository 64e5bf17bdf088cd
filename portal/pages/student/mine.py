"""A student's own page: the course's lessons, how far each is, and the way to it. No account: the phone knows who it is."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.clock import now
from courses.results.own_progress import own_lessons
from portal.settings import Settings
from portal.sharing.addresses import share_path
from portal.student.turned_away import STUDENT_HANDLERS
from portal.student.visits import handle_of, visit_by_cookie


@get("/l/{link:str}/mine", exception_handlers=STUDENT_HANDLERS, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any], link: FromPath[str], settings: NamedDependency[Settings]
) -> Template | Redirect:
    """Only for a phone whose student is known; the others say first who they are."""
    visit = await visit_by_cookie(request, settings, link)
    if visit.student is None:
        return Redirect(f"/l/{visit.card.link.code}", status_code=303)
    lessons = await own_lessons(visit.card.lesson.course, visit.student.id, visit.card.lesson.id)
    seat = visit.student.seat if visit.seat is not None else None
    context = {
        "visit": visit, "handle": handle_of(settings, visit),
        "lesson": visit.card.lesson, "student": visit.student, "lessons": lessons,
        "address": lambda of: share_path(settings, of, seat),
        "until": visit.card.link.grace_until(now()),
        "done": sum(each.done for each in lessons),
    }  # fmt: skip
    return Template("student/mine/show.html", context=context)


routes: list[ControllerRouterHandler] = [show]
