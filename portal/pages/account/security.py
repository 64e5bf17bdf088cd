"""The security log, for admins: who signed in, who was refused, and from which network."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Template

from courses.errors import NotFound
from courses.paging import page_of
from courses.people.access import names_of_people
from courses.signed_in import SignedIn
from portal.parts import Parts
from portal.web.security_log import EVENTS, Line, SecurityLog
from portal.web.typed import read_id, read_page
from portal.words.security import EVENT_NAMES
from portal.workers.threads import in_thread

PAGE = 100
#: characters of a network or visitor that is looked for
WORD = 60


@get("/people/security", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
) -> Template:
    """The newest first: of one event, one account, one network or visitor."""
    if not person.admin:
        raise NotFound
    given = {name: request.query_params.get(name, "") for name in ("event", "who", "from")}
    event = given["event"] if given["event"] in EVENTS else ""
    who, origin = read_id(given["who"]), given["from"].strip()[:WORD]
    # A file of megabytes is read and taken apart.
    found, people = await in_thread(_lines, parts.security_log, event, str(who or ""), origin)
    paging = page_of(len(found), PAGE, read_page(request.query_params.get("page", "")))
    chosen = {"event": event, "who": str(who or ""), "from": origin}
    context = {
        "person": person, "lines": found[paging.offset : paging.offset + PAGE], "total": len(found), "paging": paging,
        "names": await names_of_people(people), "event_names": EVENT_NAMES, "events": EVENTS,
        "chosen": {name: text for name, text in chosen.items() if text},
    }  # fmt: skip
    return Template("account/security/show.html", context=context)


def _lines(log: SecurityLog, event: str, who: str, origin: str) -> tuple[list[Line], set[UUID]]:
    """Those that are meant, and everybody who stands in the log."""
    lines = list(log.lines())
    found = [
        line
        for line in lines
        if (not event or line.event == event)
        and (not who or str(line.person) == who)
        and (not origin or origin in (line.network, line.visitor))
    ]
    return found, {line.person for line in lines if line.person is not None}


routes = [show]
