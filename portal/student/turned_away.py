"""Failures as students meet them: short, friendly, and with a way on."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.response import Template
from litestar.types import ExceptionHandlersMap

from courses.clock import milliseconds, now
from courses.errors import CourseError, LinkNotOpen, RoomCodeNeeded
from courses.tokens import ShareToken, public_id, share_token
from portal.i18n import say
from portal.student.phone import PhoneUnknown, link_of
from portal.student.refused_scans import refusal_ticket, visit_name
from portal.web.browsers import InAppBrowser, in_app_browser, system
from portal.web.errors import retry_after, status_of
from portal.web.forms import Form, one

#: seconds after which a waiting phone looks again, at the latest
LOOK_AGAIN = 60
#: characters of what was typed that are given back
TYPED = 20_000


#: the forms that are sent again once the phone is in the room: the end of their address, and their fields
ONWARD = {"publication": ("text", "choice", "platform", "id", "as"), "student": ("student", "name", "as")}


@dataclass(frozen=True)
class Sent:
    """A form of ONWARD that a page may have to give back; `typed` is what the student typed into it."""

    onward: str
    fields: Mapping[str, str]

    @property
    def typed(self) -> str:
        return " ".join(filter(None, (self.fields.get(name, "").strip() for name in ("text", "student", "name"))))[
            :TYPED
        ]


def keep_sent(request: Request[Any, Any, Any], form: Form, onward: str) -> None:
    """What a form brought: a page that turns the phone away gives it back, and one that asks for the room goes on with it."""
    if onward in ONWARD:
        fields = {name: text for name in ONWARD[onward] if (text := one(form, name))}
        request.state.sent = Sent(onward, fields)
        request.state.typed = request.state.sent.typed


def sent_form(request: Request[Any, Any, Any]) -> Sent | None:
    """What `keep_sent` kept."""
    sent: Sent | None = request.state.get("sent")
    return sent


def on_student_error(request: Request[Any, Any, Any], error: CourseError) -> Template:
    """A page; that of a link which opens later loads itself again, not all phones at once."""
    status = 403 if isinstance(error, PhoneUnknown) else status_of(error)
    opens_at = error.opens_at if isinstance(error, LinkNotOpen) else None
    again = None
    if opens_at is not None:
        left = max((opens_at - now()).total_seconds(), 0)
        again = min(int(left) + random.randint(1, 4), LOOK_AGAIN)  # noqa: S311 -- spreads phones, guards nothing
    settings = request.app.state.settings
    context = {
        "ticket": refusal_ticket(request, settings, error),
        "visit": visit_name(request, settings, error),
        "status": status,
        "code": error.code,
        "message": say(error.message),
        "opens_at": opens_at,
        "again": again,
        "typed": request.state.get("typed", ""),
        "public_id": "",
        "server_now": milliseconds(now()),
    }
    return Template("student/error.html", context=context, status_code=status, headers=retry_after(error))


def on_room_code_needed(request: Request[Any, Any, Any], error: RoomCodeNeeded) -> Template:
    """The page that asks for the digits on the screen; it says so too to whom a link was passed on."""
    link = link_of(request)
    app = in_app_browser(request.headers.get("user-agent", ""))
    if app is not None and link is not None:
        return _way_out(request, link, app, error)
    return room_page(request, public_id(link.code) if link else "", error=error)


def _way_out(request: Request[Any, Any, Any], link: ShareToken, app: InAppBrowser, error: RoomCodeNeeded) -> Template:
    """In another app's browser no digits are typed, as it gets no cookie: the way to one where they are."""
    settings = request.app.state.settings
    context = {
        "app": app,
        "system": system(request.headers.get("user-agent", "")),
        "share_url": f"{settings.public_url}/s/{share_token(settings.keyring, link.code, link.seat).lower()}",
        "ticket": refusal_ticket(request, settings, error),
        "visit": visit_name(request, settings, error),
    }
    return Template("student/room_way_out.html", context=context, status_code=status_of(error))


def room_page(
    request: Request[Any, Any, Any],
    link: str,
    typed: str = "",
    problem: str = "",
    status: int = 403,
    error: RoomCodeNeeded | None = None,
) -> Template:
    """`link` is a public id; with `error` the page reports that the phone was turned away."""
    settings = request.app.state.settings
    context = {
        "link": link,
        "values": {"code": typed},
        "errors": {"code": problem},
        "sent": sent_form(request),
        "ticket": refusal_ticket(request, settings, error) if error else "",
        "visit": visit_name(request, settings, error) if error else "",
    }
    return Template("student/room.html", context=context, status_code=status)


STUDENT_HANDLERS: ExceptionHandlersMap = {CourseError: on_student_error, RoomCodeNeeded: on_room_code_needed}
