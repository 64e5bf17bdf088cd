"""The code of the room: whether a course asks for it, what the projector shows now, and a phone that types it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import course_of
from courses.clock import now
from courses.errors import Message, TooMany
from courses.lessons.authoring import lesson_of
from courses.lessons.links import card, class_links
from courses.lessons.room_codes import set_room_code, typed_in_room
from courses.people.attempts import Tries, count_try, give_back
from courses.signed_in import SignedIn
from portal.i18n import say
from portal.parts import Parts
from portal.settings import Settings
from portal.sharing.projection import projection
from portal.student.phone import known_phone, link_cookie
from portal.student.turned_away import STUDENT_HANDLERS, keep_sent, room_page, sent_form
from portal.web.bodies import TEXT_FORM_LIMIT
from portal.web.forms import Form, one
from portal.web.networks import network_tries
from portal.web.security import subject

#: wrong digits of one phone at one link, and of one network, which is a class: a brake on guessing a million
LIMIT, NETWORK_LIMIT, WINDOW = 10, 1_000, timedelta(minutes=15)
LETTERS = 20


@post("/courses/{course_id:uuid}/room-code", status_code=303, include_in_schema=False)
async def ask(person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]) -> Redirect:
    """Whether class links ask for the code on the projector: `ask` is "1" or "0"."""
    course = await course_of(person, course_id, "own")
    await set_room_code(person, course.id, one(data, "ask") == "1")
    return Redirect(f"/courses/{course.id}/edit", query_params={"done": "saved"}, status_code=303)


@get("/lessons/{lesson_id:uuid}/projection", include_in_schema=False)
async def show(
    watcher: NamedDependency[SignedIn], settings: NamedDependency[Settings], lesson_id: FromPath[UUID]
) -> dict[str, Any]:
    """What stands on the projector beside the count: which link, its codes, and in how many seconds to look again."""
    lesson = await lesson_of(watcher, lesson_id)
    return projection(settings, lesson, (await class_links([lesson.id])).get(lesson.id), now())


@post(
    "/l/{link:str}/room",
    status_code=303,
    request_max_body_size=TEXT_FORM_LIMIT,
    exception_handlers=STUDENT_HANDLERS,
    include_in_schema=False,
)
async def enter(
    request: Request[Any, Any, Any],
    link: FromPath[str],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Template:
    """Remember on the phone that it is in the room; on to the lesson, or to the form that was sent before the digits were."""
    keep_sent(request, data, one(data, "onward"))
    settings, sent = parts.settings, sent_form(request)
    phone = known_phone(request, settings, link)
    found, typed = await card(phone.public_id), one(data, "code")[:LETTERS]
    answer = Redirect(f"/l/{found.link.code}", status_code=303)
    if sent is not None:
        # The browser sends the same form there.
        answer = Redirect(f"/l/{found.link.code}/{sent.onward}", status_code=307)
    if not phone.waits:
        return answer
    mine = subject(settings, "room", phone.device, phone.public_id)
    try:
        counted = await count_try(
            Tries(mine, LIMIT, WINDOW), *network_tries(request, settings, NETWORK_LIMIT, WINDOW, "room")
        )
    except TooMany:
        await parts.refused_scans.note(request, "room_codes_limited", link=phone.public_id)
        problem = Message("Too many wrong digits. Scan the QR code on the screen in the room: that always works.")
        return room_page(request, phone.public_id, typed, say(problem), 429)
    if not typed_in_room(settings.keyring, phone.code, typed, now()):
        await parts.refused_scans.note(request, "room_code_wrong", link=phone.public_id)
        problem = Message(
            "These are not the digits on the screen now. They change every half minute; type the present ones."
        )
        return room_page(request, phone.public_id, typed, say(problem), 422)
    await give_back(counted)
    answer.set_cookie(link_cookie(replace(phone, waits=False), settings))
    return answer


routes: list[ControllerRouterHandler] = [ask, show, enter]
