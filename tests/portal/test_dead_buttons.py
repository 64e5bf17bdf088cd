"""No dead buttons: what a page shows to a role, the role may do. And every change of an owner stands in the log."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from courses.tables.audit import AuditEntry
from tests.portal.test_access import ROLES, ROUTES, World, address, parts, world

__all__ = ["parts", "world"]
REFUSED = (401, 403, 404)
#: changes of an owner that are not in the log, and why
UNLOGGED = {
    "POST /sign-in": "signing in and out is in the list of sessions",
    "POST /sign-out": "as signing in",
    "POST /language": "of the browser",
    "POST /theme": "of the browser",
    "POST /go": "of a student's phone",
    "POST /GO": "of a student's phone",
}


class Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.forms: set[tuple[str, str]] = set()
        self._form = ("GET", "")
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("a", "iframe") and (given.get("href") or given.get("src")):
            self.links.add(given.get("href") or given.get("src") or "")
        elif tag == "form":
            self._form = ((given.get("method") or "get").upper(), given.get("action") or "")
            self.forms.add(self._form)
        elif tag in ("button", "input") and given.get("formaction"):
            self.forms.add(((given.get("formmethod") or self._form[0]).upper(), given["formaction"] or ""))


def pattern(route: str) -> re.Pattern[str]:
    path = route.partition(" ")[2]
    kinds = {"uuid": "[0-9a-f-]{36}", "int": "[0-9]+", "path": ".+"}
    return re.compile(re.sub(r"\{\w+(?::(\w+))?\}", lambda found: kinds.get(found[1] or "", "[^/]+"), path))


PATTERNS = sorted(((route, pattern(route)) for route in ROUTES), key=lambda pair: "{" in pair[0])


def route_of(method: str, path: str) -> str:
    found = next((route for route, each in PATTERNS if route.startswith(method + " ") and each.fullmatch(path)), None)
    assert found, f"{method} {path} is no route"
    return found


@pytest.mark.parametrize("role", ["alice", "erin", "adam", "vera"])
def test_every_link_and_form_that_a_role_sees_leads_somewhere(world: World, parts: dict[str, str], role: str) -> None:
    waiting, seen, dead = [f"/courses/{parts['course_id']}", "/courses", "/account"], set(), []
    used: set[str] = set()
    while waiting:
        address = waiting.pop(0)
        route = route_of("GET", urlsplit(address).path)
        # A page of each kind is enough, and of this course.
        if route in seen:
            continue
        seen.add(route)
        answer = world.ask(role, "GET", address, {})
        if answer.status_code in REFUSED:
            dead.append(f"{address} answers {answer.status_code}")
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page = Page(answer.text)
        for link in page.links:
            there = urlsplit(urljoin(f"http://testserver.local{address}", link))
            if there.netloc == "testserver.local" and not there.path.startswith(("/static/", "/media/", "/s/", "/S/")):
                waiting.append(there.path + ("?" + there.query if there.query else ""))
        for method, action in page.forms:
            path = urlsplit(urljoin(f"http://testserver.local{address}", action)).path
            wanted = route_of(method, path)
            used.add(wanted)
            # One's own sessions and keys: the row tells of alice's.
            if "/account/" not in wanted and ROUTES[wanted].statuses[ROLES.index(role)] in REFUSED:
                dead.append(f"{address} has a form for {method} {path}")
    assert dead == []
    decide = "POST /courses/{course_id:uuid}/completion/{lesson_id:uuid}/{student_id:uuid}/decision"
    invite = "POST /courses/{course_id:uuid}/members/invitations"
    withdraw = "POST /links/{link_id:uuid}/withdrawal"
    assert (decide in used, withdraw in used, invite in used) == {
        "alice": (True, True, True), "erin": (True, True, False), "adam": (True, False, False), "vera": (False, False, False),
    }[role]  # fmt: skip


def _owner(route: str) -> str:
    """Who of ROLES changes something by this route."""
    if " /api/v1/" in route:
        return "alice's key"
    return "admin" if ROUTES[route].statuses[2] == 404 else "alice"


CHANGING = [
    route
    for route, row in ROUTES.items()
    if not route.startswith(("GET ", "POST /api/events", "POST /l/", "POST /rehearsal"))
    and route not in UNLOGGED
    and row.statuses[ROLES.index(_owner(route))] < 400
]


@pytest.mark.parametrize("route", CHANGING)
def test_change_of_an_owner_stands_in_the_log(world: World, parts: dict[str, str], route: str) -> None:
    method, path = address(route, parts)
    role = _owner(route)
    if route.endswith(("/restore", "/return", "/enable", "/restoration")):  # there must be something to undo
        undone = route.rpartition("/")[0] + {
            "restore": "/archive", "return": "/removal", "enable": "/disable", "restoration": "/deletion",
        }[route.rpartition("/")[2]]  # fmt: skip
        world.ask(role, *address(undone, parts), ROUTES[undone].sends)
    before = world.call(lambda: AuditEntry.count().run())
    answer = world.ask(role, method, path, ROUTES[route].sends)
    assert answer.status_code < 400, answer.text[:500]
    assert world.call(lambda: AuditEntry.count().run()) > before, f"{route} has left nothing in the log"
