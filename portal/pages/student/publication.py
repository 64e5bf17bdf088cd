"""Did you publish it? The answer as a form, for phones without scripts."""

from typing import Any
from uuid import uuid4, uuid5

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect

from courses.clock import now
from courses.errors import Invalid, Message
from courses.events.phone_times import PhoneTime
from portal.parts import Parts
from portal.platforms import Platform
from portal.settings import Settings
from portal.student.lesson_page import Typed, lesson_answer
from portal.student.reports import report
from portal.student.turned_away import STUDENT_HANDLERS, keep_sent
from portal.student.visits import open_visit
from portal.web.bodies import TEXT_FORM_LIMIT
from portal.web.forms import Form, errors_of, one
from portal.web.typed import read_id

#: what the buttons say, and what the page says afterwards
CHOICES = {"link": "linked", "claim": "claimed"}


@post(
    "/l/{link:str}/publication",
    status_code=303,
    request_max_body_size=TEXT_FORM_LIMIT,
    exception_handlers=STUDENT_HANDLERS,
    include_in_schema=False,
)
async def tell(
    request: Request[Any, Any, Any],
    link: FromPath[str],
    data: URLEncodedBody[Form],
    parts: NamedDependency[SkipValidation[Parts]],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
) -> Redirect | Response[str | bytes]:
    """A pasted link, or "yes" without one; the form sent twice counts once, and for whom its page was made."""
    handle = one(data, "as")
    keep_sent(request, data, "publication")
    visit = await open_visit(request, settings, link, handle)
    choice, text, platform, moment = one(data, "choice"), one(data, "text"), one(data, "platform")[:16], now()
    if choice == "later":
        return Redirect(f"/l/{visit.card.link.code}", status_code=303)
    try:
        if visit.student is None and not visit.nameless:
            raise Invalid({"student": Message("First say who you are.")})
        if choice not in CHOICES:
            raise Invalid({"text": Message("Choose one of the answers.")})
        # Made with the form, so that sending it again is the same event.
        identity = uuid5(read_id(one(data, "id")) or uuid4(), f"{choice} {text}")
        detail = {"text": text} if choice == "link" else {}
        event = report(visit, platforms, choice, identity, PhoneTime(moment, False), moment, detail, platform=platform)
    except Invalid as error:
        typed = Typed({"text": text}, errors_of(error), 422, platform=platform)
        return await lesson_answer(request, settings, platforms, parts.lesson_pages, visit, typed)
    with parts.quotas.keeping(request, visit):
        recorded = await parts.journal.record([event])
    if recorded.recorded:
        parts.resolver.later([event])
    query = {"done": CHOICES[choice]} | ({"as": handle} if visit.handed_on else {})
    return Redirect(f"/l/{visit.card.link.code}", query_params=query, status_code=303)


routes = [tell]
