"""Failures become answers: one JSON shape for programs, one page for people."""

import logging
from typing import Any

from litestar import Litestar, MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect, Template
from litestar.types import ExceptionHandlersMap, Receive, Scope, Send

from courses.disk import is_full
from courses.errors import (
    Busy,
    Conflict,
    CourseError,
    Invalid,
    LessonInTrash,
    LinkEnded,
    LinkNotOpen,
    MediaRefused,
    Message,
    NoRoom,
    NotAllowed,
    NotFound,
    OneTimeUsed,
    PinLocked,
    RoomCodeNeeded,
    SecondFactorNeeded,
    SignInFailed,
    SignInNeeded,
    TokenInvalid,
    TooMany,
    TooManyUploads,
)
from courses.outages import is_outage
from courses.races import came_second
from portal.i18n import say
from portal.web.auth import maybe_person
from portal.web.frame import framed
from portal.web.request_ids import request_id
from portal.web.security import local_path
from portal.workers.pool import WorkFailed

logger = logging.getLogger("portal")

STATUS: dict[type[CourseError], int] = {
    NotFound: 404,
    TokenInvalid: 404,
    Invalid: 422,
    MediaRefused: 422,
    Conflict: 409,
    LinkNotOpen: 403,
    RoomCodeNeeded: 403,
    LinkEnded: 410,
    LessonInTrash: 410,
    OneTimeUsed: 410,
    SignInFailed: 401,
    SignInNeeded: 401,
    SecondFactorNeeded: 403,
    NotAllowed: 403,
    TooMany: 429,
    PinLocked: 429,
    Busy: 503,
    WorkFailed: 503,
    TooManyUploads: 429,
    NoRoom: 507,
}

#: what people are told when the framework refuses a request
SENTENCES = {
    400: Message("The request could not be read."),
    401: Message("Please sign in."),
    403: Message("This was refused, because it came from another site or you may not do it."),
    404: Message("There is nothing at this address."),
    405: Message("This address does not take that kind of request."),
    413: Message("That is too large to be taken."),
    415: Message("This address takes another type of content."),
    429: Message("Too many requests. Wait a moment and try again."),
    500: Message("Something went wrong on our side. Nothing was lost; please try again."),
    503: Message("The portal is busy or its database cannot be reached. Please try again in a moment."),
}

SECOND = Message("The same was done at this moment already. Load the page again to see it.")

#: what programs are told of the same
CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_type",
    503: "unavailable",
}
#: after these the database is asked for what stands around the page: it is well, and not too busy
FRAMED = (400, 403, 404, 405, 409, 410, 413, 415, 422)
#: seconds after which an outage may be over
AGAIN = 5


def status_of(error: CourseError) -> int:
    """The HTTP status of a domain failure."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def retry_after(error: CourseError) -> dict[str, str]:
    """The header that says when to try again, where that is known."""
    return {"Retry-After": str(error.retry_after)} if isinstance(error, (TooMany, Busy)) else {}


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """Programs get JSON: below /api, and whoever asks for it."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or ("application/json" in accept and "text/html" not in accept)


def error_body(code: str, message: str, fields: dict[str, str] | None = None) -> dict[str, Any]:
    """The one JSON error shape."""
    return {"error": {"code": code, "message": message} | ({"fields": fields} if fields else {})}


def on_course_error(request: Request[Any, Any, Any], error: CourseError) -> Response[Any]:
    """A failure that the domain foresaw."""
    status = status_of(error)
    if isinstance(error, SignInNeeded) and not wants_json(request) and request.method == "GET":
        return Redirect("/sign-in", query_params={"next": request.url.path}, status_code=303)
    if isinstance(error, SecondFactorNeeded) and not wants_json(request) and request.method == "GET":
        return Redirect("/account/second-factor", status_code=303)
    fields = {name: say(text) for name, text in error.fields.items()} if isinstance(error, Invalid) else None
    return _answer(request, status, error.code, say(error.message), fields, retry_after(error))


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """A request that the framework refused."""
    fields = None
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        fields = {
            str(item.get("key", "")): str(item.get("message", "")) for item in error.extra if isinstance(item, dict)
        }
    code = CODES.get(error.status_code)
    message = say(SENTENCES.get(error.status_code, SENTENCES[400]))
    return _answer(
        request, error.status_code, code or f"http_{error.status_code}", message, fields, error.headers or {}
    )


def on_depth(request: Request[Any, Any, Any], _: RecursionError) -> Response[Any]:
    """What was sent has more levels than can be read; no text of ours has many."""
    logger.info("%s %s was too deep", request.method, request.scope.get("path_template", ""))
    return _answer(request, 400, CODES[400], say(SENTENCES[400]), None, {})


def on_exception(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """An outage: one line of the log. A mistake of ours or a full disk: logged with its trace, told without it."""
    what = request.method, request.scope.get("path_template", "")
    if is_outage(error) and not is_full(error):
        logger.error("%s %s had no database or media store: %s", *what, type(error).__name__)
        return _answer(request, 503, CODES[503], say(SENTENCES[503]), None, {})
    logger.exception("%s %s failed", *what, exc_info=error)
    if came_second(error):
        return on_course_error(request, Conflict(SECOND))
    if is_full(error):
        return on_course_error(request, NoRoom())
    return _answer(request, 500, "internal", say(SENTENCES[500]), None, {})


def _answer(
    request: Request[Any, Any, Any],
    status: int,
    code: str,
    message: str,
    fields: dict[str, str] | None,
    headers: dict[str, str],
) -> Response[Any]:
    if status == 503:
        headers = {"Retry-After": str(AGAIN)} | headers
    if wants_json(request):
        return Response(
            error_body(code, message, fields), status_code=status, headers=headers, media_type=MediaType.JSON
        )
    student = request.url.path.lower().startswith(("/s/", "/l/", "/go"))
    context = {
        "status": status, "code": code, "message": message, "fields": fields or {}, "student": student,
        "unsent": request.state.get("unsent", []), "path": request.url.path,
        "person": None if student else request.scope.get("user"), "back": _back(request),
        "typed": request.state.get("typed", ""), "request_id": request_id.get() if status >= 500 else "",
    }  # fmt: skip
    return ErrorPage("errors/error.html", context=context, status_code=status, headers=headers)


class ErrorPage(Template):
    """In the frame of whoever is signed in. Where the router refused the request, nobody has looked yet who that is."""

    def to_asgi_response(self, app: Litestar | None, request: Request[Any, Any, Any], **more: Any) -> Any:
        if self.context["student"] or self.status_code not in FRAMED:
            return super().to_asgi_response(app, request, **more)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                if self.context["person"] is None:
                    self.context["person"] = await maybe_person(request, request.app.state.settings, seen=False)
                await framed(self)
            except Exception as error:
                if not is_outage(error):
                    raise
            await super(ErrorPage, self).to_asgi_response(app, request, **more)(scope, receive, send)

        return answer


def _back(request: Request[Any, Any, Any]) -> str:
    """The path of the page that led here, "" where it is unknown or this one."""
    origin = f"{request.url.scheme}://{request.headers.get('host', '')}"
    path = local_path(request.headers.get("referer", "").removeprefix(origin), "")
    return "" if path.partition("?")[0] == request.url.path else path


HANDLERS: ExceptionHandlersMap = {
    CourseError: on_course_error,
    HTTPException: on_http_error,
    RecursionError: on_depth,
    Exception: on_exception,
}
