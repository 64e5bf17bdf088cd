"""A scanned code: verify, remember the link on the phone, and go on to a clean address without the token."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect

from courses.tokens import read_share_token
from portal.lesson_view import lesson_answer
from portal.parts import Parts
from portal.phone import arrive
from portal.student_errors import STUDENT_HANDLERS
from portal.visits import visit_by_token


@get(["/s/{token:str}", "/S/{token:str}"], exception_handlers=STUDENT_HANDLERS, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    token: FromPath[str],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Response[str | bytes]:
    """303 to the clean page; in another app's browser the page that leads out of it, at this address and without cookie."""
    visit = await visit_by_token(request, parts.settings, token)
    if visit.app is not None:
        return await lesson_answer(request, parts.settings, parts.platforms, visit)
    answer = Redirect(f"/l/{visit.card.link.code}", status_code=303)
    for cookie in arrive(request, parts.settings, read_share_token(parts.settings.keyring, token)):
        answer.set_cookie(cookie)
    return answer


routes = [show]
