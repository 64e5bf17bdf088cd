"""The lesson on the phone, at its clean address."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from portal.parts import Parts
from portal.student.lesson_page import Typed, done_sentence, lesson_answer
from portal.student.turned_away import STUDENT_HANDLERS
from portal.student.visits import visit_by_cookie


@get("/l/{link:str}", exception_handlers=STUDENT_HANDLERS, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    link: FromPath[str],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Response[str | bytes]:
    """The preview with everything to publish it; needs the cookie that the scan left."""
    visit = await visit_by_cookie(request, parts.settings, link)
    done = done_sentence(request.query_params.get("done", ""))
    return await lesson_answer(request, parts.settings, parts.platforms, parts.lesson_pages, visit, Typed(done=done))


routes = [show]
