"""The management API under /api/v1: a key of a person does what the person may do."""

from typing import Any

from litestar import Request, Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from courses.signed_in import SignedIn
from portal.api.bodies import check_body
from portal.api.failures import HANDLERS
from portal.api.schema import KEY
from portal.api.v1 import (
    completion,
    courses,
    exchange,
    figures,
    lessons,
    links,
    log,
    media,
    preflight,
    publications,
    scans,
    sheet,
    students,
)
from portal.web.auth import key_holder


async def key_needed(request: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Before anything of the request's body is read. Raises SignInNeeded, NotAllowed."""
    request.scope["user"] = await key_holder(request)


def holder(request: Request[Any, Any, Any]) -> SignedIn:
    """Whose key it is; a browser's cookie counts for nothing here."""
    person: SignedIn = request.user
    return person


MANAGEMENT = Router(
    "/api/v1",
    route_handlers=[
        *courses.routes,
        *students.routes,
        *media.routes,
        *lessons.routes,
        *preflight.routes,
        *links.routes,
        *log.routes,
        *exchange.routes,
        *sheet.routes,
        *completion.routes,
        *publications.routes,
        *scans.routes,
        *figures.routes,
    ],
    guards=[key_needed],
    dependencies={"person": Provide(holder, sync_to_thread=False)},
    before_request=check_body,
    exception_handlers=HANDLERS,
    security=[{KEY: []}],
)
