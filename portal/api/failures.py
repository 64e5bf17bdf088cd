"""How the management API refuses: one JSON shape for every failure, told to programs and documented for them."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.exceptions import ValidationException
from litestar.openapi import ResponseSpec
from litestar.types import ExceptionHandlersMap
from msgspec import UNSET, Struct, UnsetType

from courses.errors import Invalid, Message, SignInNeeded
from courses.students.reading import RosterInvalid
from portal.i18n import say
from portal.preflight.gate import NotPublishable
from portal.preflight.verdicts import finding_json
from portal.web.errors import error_body, on_course_error

KEY_NEEDED = Message("Send a key of this portal: Authorization: Bearer KEY. `portal api-key` makes one.")

PROBLEMS_TOLD = 100


class LessonReasons(Struct):
    """A lesson that its platforms would refuse, and why, as its preflight tells it."""

    lesson: UUID
    title: str
    findings: list[dict[str, Any]]


class Failure(Struct):
    """What went wrong: `code` is stable for programs, `fields` has the text for each bad field or line."""

    code: str
    message: str
    fields: dict[str, str] = {}
    reasons: list[LessonReasons] | UnsetType = UNSET


class FailureAnswer(Struct):
    """The body of every answer that is not a success."""

    error: Failure


#: for the documentation; every operation may answer these
FAILURES: dict[int, ResponseSpec] = {
    status: ResponseSpec(FailureAnswer, generate_examples=False, description=text)
    for status, text in {
        400: "The request could not be read, for example because its JSON is malformed.",
        401: "The API key is missing, unknown or ended.",
        404: "There is nothing at this address, or it is not yours.",
        409: "The request does not fit the present state.",
        413: "The request is too large.",
        415: "The request is not of a type that is taken here.",
        422: "A field is unknown, missing or wrong; `fields` says which.",
        429: "Too many requests; wait as long as `Retry-After` says.",
        500: "A mistake of the portal.",
        503: "The portal is busy or its database cannot be reached; try again.",
    }.items()
}


NOT_PUBLISHABLE = ResponseSpec(
    FailureAnswer,
    generate_examples=False,
    description="Lessons cannot be published as they are: `reasons` has their findings. Or the request does not fit the "
    "present state.",
)


def on_no_key(request: Request[Any, Any, Any], _: SignInNeeded) -> Response[Any]:
    """No key, or one that is not good (RFC 6750 §3)."""
    headers = {"WWW-Authenticate": 'Bearer realm="Lessonlink"'}
    return Response(error_body("key_needed", say(KEY_NEEDED)), status_code=401, headers=headers)


def on_bad_parameter(request: Request[Any, Any, Any], error: ValidationException) -> Response[Any]:
    """A query parameter of the wrong type."""
    found = error.extra if isinstance(error.extra, list) else []
    fields = {str(item["key"]): Message("This value cannot be read.") for item in found if item.get("key")}
    return on_course_error(request, Invalid(fields))


def on_bad_roster(request: Request[Any, Any, Any], error: RosterInvalid) -> Response[Any]:
    """Each bad line by its number, from 1."""
    fields = {str(line): say(problem) for line, problem in error.lines[:PROBLEMS_TOLD]}
    return Response(error_body(error.code, say(error.fields["roster"]), fields), status_code=422)


def on_not_publishable(request: Request[Any, Any, Any], error: NotPublishable) -> Response[Any]:
    """Each lesson with what would be refused of it."""
    body = error_body(error.code, say(error.message))
    body["error"]["reasons"] = [
        {
            "lesson": str(each.lesson.id),
            "title": each.lesson.title,
            "findings": [finding_json(finding) | {"platform": platform.slug} for platform, finding in each.errors],
        }
        for each in error.lessons
    ]
    return Response(body, status_code=409)


HANDLERS: ExceptionHandlersMap = {
    SignInNeeded: on_no_key,
    ValidationException: on_bad_parameter,
    RosterInvalid: on_bad_roster,
    NotPublishable: on_not_publishable,
}
