"""The lesson on the phone, at its clean address."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from courses.errors import CourseError
from portal.parts import Parts
from portal.settings import Settings
from portal.student.lesson_page import Typed, done_sentence, lesson_answer
from portal.student.turned_away import STUDENT_HANDLERS
from portal.student.visits import visit_by_cookie, visit_by_handle


@get("/l/{link:str}", exception_handlers=STUDENT_HANDLERS, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    link: FromPath[str],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Response[str | bytes]:
    """The preview with everything to publish it; needs the cookie that the scan left."""
    visit = await visit_by_cookie(request, parts.settings, link)
    done = done_sentence(request.query_params.get("done", ""))
    typed = Typed(done=done, counted_for=await _counted_for(request, parts.settings, link) if done else "")
    return await lesson_answer(request, parts.settings, parts.platforms, parts.lesson_pages, visit, typed)


async def _counted_for(request: Request[Any, Any, Any], settings: Settings, link: str) -> str:
    """Whose the form was that was just sent, as its handle says, where the phone is somebody else's by now."""
    try:
        sent = await visit_by_handle(request, settings, request.query_params.get("as", ""), link)
    except CourseError:
        return ""
    return sent.shown_name if sent.handed_on else ""


routes = [show]
