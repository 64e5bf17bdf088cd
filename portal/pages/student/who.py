"""Who are you? Asked once on a class link, remembered on this phone for the course."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template

from courses.clock import now
from courses.errors import Busy, Conflict, Invalid, Message, PinLocked, TooMany
from courses.people.attempts import Counted, Tries, count_tries, give_back
from courses.students.comparing import name_key
from courses.students.namings import name_phone
from courses.students.pins import pin_hash_of
from courses.students.roster import count_students, find_student
from courses.students.values import StudentInfo
from portal.i18n import say
from portal.parts import Parts
from portal.settings import Settings
from portal.student.handles import OtherPhone
from portal.student.phone import Phone, link_cookie
from portal.student.pin_tries import try_pin
from portal.student.turned_away import STUDENT_HANDLERS, keep_sent
from portal.student.visits import Visit, handle_of, visit_by_cookie, visit_by_handle
from portal.web.bodies import FORM_LIMIT
from portal.web.errors import retry_after, status_of
from portal.web.forms import Form, errors_of, one
from portal.web.networks import network_tries
from portal.web.security import subject

#: wrong numbers of one phone at one link; never counted by address, a class is one
LIMIT, WINDOW = 10, timedelta(minutes=15)
#: names said in one network at one link, right or wrong: as often as there are students, and so many more; then the number
#: alone is not enough, as somebody may be trying all of them
NAMES_EACH, NAMES_MORE = 2, 30


@get("/l/{link:str}/student", exception_handlers=STUDENT_HANDLERS, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any], link: FromPath[str], settings: NamedDependency[Settings]
) -> Template | Redirect:
    """The question, for a phone that is somebody else's now."""
    visit = await visit_by_cookie(request, settings, link)
    if visit.seat is not None:
        return Redirect(f"/l/{visit.card.link.code}", status_code=303)
    return _form(settings, visit, {}, {"student": ""}, 200)


@post(
    "/l/{link:str}/student",
    status_code=303,
    request_max_body_size=FORM_LIMIT,
    exception_handlers=STUDENT_HANDLERS,
    include_in_schema=False,
)
async def name(
    request: Request[Any, Any, Any],
    link: FromPath[str],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Redirect | Template:
    """Remember the student; what this phone reported before counts for them too."""
    keep_sent(request, data, "student")
    settings, handle = parts.settings, one(data, "as")
    made = await visit_by_handle(request, settings, handle, link) if handle else None
    visit = await visit_by_cookie(request, settings, link)
    if made is not None and made.device != visit.device:
        raise OtherPhone
    if visit.phone is None or visit.seat is not None:
        raise Conflict(Message("This code is already made out to one student."))
    typed = one(data, "student")
    try:
        guess, said = await _count(request, settings, visit, visit.phone)
        found = await _find(visit, typed, guess, said)
        if isinstance(said, TooMany) and not _has_name(found, typed, one(data, "name")):
            await parts.refused_scans.note(request, "names_limited", link=visit.phone.public_id)
            problem = say(Message("Many names were tried here. Type your full name as on the class list, too."))
            return _form(settings, visit, {"student": typed, "name": one(data, "name")}, {"name": problem}, 422)
        asked, by_pin = await _ask_pin(request, parts, visit, found, typed, one(data, "pin"))
        if asked:
            await give_back(guess)
            return asked
        by_name = _has_name(found, typed, one(data, "name"))
        course, device = visit.card.lesson.course, visit.phone.device
        await name_phone(course, device, found.number, guess, by_name=by_name, pin=by_pin)
    except TooMany as error:
        await parts.refused_scans.note(request, "names_limited", link=visit.phone.public_id)
        return _form(settings, visit, {"student": typed}, {"student": say(error.message)}, 429, retry_after(error))
    except (Invalid, Conflict) as error:
        reason = "name_unknown" if isinstance(error, Invalid) else "name_ambiguous"
        await parts.refused_scans.note(request, reason, link=visit.phone.public_id)
        errors = errors_of(error) if isinstance(error, Invalid) else {"student": say(error.message)}
        return _form(settings, visit, {"student": typed}, dict(errors), status_of(error))
    answer = Redirect(f"/l/{visit.phone.public_id}", query_params={"done": "named"}, status_code=303)
    if _changed(visit, found):
        answer.set_cookie(link_cookie(_anew(visit.phone), settings))
    return answer


async def _count(
    request: Request[Any, Any, Any], settings: Settings, visit: Visit, phone: Phone
) -> tuple[Counted, Counted | TooMany]:
    """Count one number of the phone, and one name of the network, in which there may be too many. Raises TooMany for the phone."""
    guesses = Tries(subject(settings, "student", phone.device, phone.public_id), LIMIT, WINDOW)
    limit = NAMES_EACH * await count_students(visit.card.lesson.course) + NAMES_MORE
    return await count_tries(guesses, *network_tries(request, settings, limit, WINDOW, "names", visit.card.link.code))


async def _find(visit: Visit, typed: str, guess: Counted, said: Counted | TooMany) -> StudentInfo:
    """Whose number it is; a number that is nobody's stays counted, but is no name. Raises Invalid, Conflict."""
    try:
        return await find_student(visit.card.lesson.course, typed)
    except (Invalid, Conflict):
        if isinstance(said, Counted):
            await give_back(said)
        raise


def _has_name(student: StudentInfo, *typed: str) -> bool:
    return any(name_key(text) == name_key(student.name) for text in typed)


async def _ask_pin(
    request: Request[Any, Any, Any], parts: Parts, visit: Visit, student: StudentInfo, typed: str, pin: str
) -> tuple[Template | None, bool]:
    """The form with a field for the PIN where the student has one and it was not the right one; whether it was."""
    hashed = await pin_hash_of(student.id)
    if hashed is None:
        return None, False
    device = visit.phone.device if visit.phone else ""
    values, problem, status = {"student": typed, "pin": ""}, "", 422
    headers: dict[str, str] = {}
    try:
        if pin:
            if await try_pin(request, parts.settings, parts.pin_hashes, device, student.id, hashed, pin):
                return None, True
            problem = say(
                Message("This is not the PIN of this number. Look at your slip of paper, or ask your teacher.")
            )
            await parts.refused_scans.note(request, "pin_wrong", link=visit.card.link.code)
    except (TooMany, PinLocked, Busy) as error:
        problem, status, headers = say(error.message), status_of(error), retry_after(error)
    errors = {"pin": problem or say(Message("Type the PIN that your teacher gave you."))}
    return _form(parts.settings, visit, values, errors, status, headers), False


def _changed(visit: Visit, student: StudentInfo) -> bool:
    return visit.student is not None and visit.student.id != student.id


def _anew(phone: Phone) -> Phone:
    """A scan of its own for the next student, so that it is counted."""
    return replace(phone, issued=max(int(time.time()), phone.issued + 1))


def _form(
    settings: Settings,
    visit: Visit,
    values: dict[str, str],
    errors: dict[str, str],
    status: int,
    headers: dict[str, str] | None = None,
) -> Template:
    context = {
        "visit": visit, "handle": handle_of(settings, visit), "lesson": visit.card.lesson, "values": values,
        "errors": errors, "until": visit.card.link.grace_until(now()),
    }  # fmt: skip
    return Template("student/who/ask.html", context=context, status_code=status, headers=headers)


routes = [show, name]
