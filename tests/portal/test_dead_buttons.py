"""No dead buttons: what a page shows to a role, the role may do. And every change of an owner stands in the log."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from courses.audit import NOUNS
from courses.tables.audit import AuditEntry
from portal.words.audit import ONE_CHANGE, SENTENCES
from tests.portal.access_rows import ROLES, ROUTES
from tests.portal.test_access import World, address, parts, world

__all__ = ["parts", "world"]
REFUSED = (401, 403, 404)
#: changes of an owner that are not in the log, and why
UNLOGGED = {
    "POST /sign-in": "signing in and out is in the list of sessions",
    "POST /sign-out": "as signing in",
    "POST /sign-in/second-factor": "as signing in",
    "POST /sign-in/second-factor/passkey": "as signing in",
    "POST /account/second-factor/app": "begins what its confirmation writes down",
    "POST /language": "of the browser",
    "POST /theme": "of the browser",
    "POST /shown/{secret_id:uuid}/end": "ends what is shown; the making of it is in the log",
    "POST /go": "of a student's phone",
    "POST /GO": "of a student's phone",
    "POST /courses/{course_id:uuid}/media": "a lesson's entry tells of its pictures",
    "POST /courses/{course_id:uuid}/media/{media_id:uuid}/edits": "as pictures",
    "POST /courses/{course_id:uuid}/media/{media_id:uuid}/parts": "as pictures",
    "POST /courses/{course_id:uuid}/media/{video_id:uuid}/frames": "as pictures",
    "POST /courses/{course_id:uuid}/uploads": "as pictures",
    "PATCH /courses/{course_id:uuid}/uploads/{upload_id:uuid}": "as pictures",
    "DELETE /courses/{course_id:uuid}/uploads/{upload_id:uuid}": "as pictures",
    "POST /courses/{course_id:uuid}/uploads/{upload_id:uuid}/media": "as pictures",
    "POST /api/v1/courses/{course_id:uuid}/media": "as pictures",
    "POST /courses/{course_id:uuid}/lesson-preview": "changes nothing",
    "POST /courses/{course_id:uuid}/preflight": "changes nothing",
    "POST /courses/{course_id:uuid}/preflight/repair": "changes what is typed, not what is saved",
    "POST /courses/{course_id:uuid}/privacy/traces": "changes nothing, and the words that are looked for are kept nowhere",
    "POST /courses/{course_id:uuid}/sheet.pdf": "changes nothing; printing what platforms refuse is in the log",
    "POST /courses/{course_id:uuid}/layouts/drawing": "changes nothing",
    "POST /courses/{course_id:uuid}/imports": "a dry run",
    "POST /imports/{import_id:uuid}/encoding": "a dry run",
    "POST /imports/{import_id:uuid}/removal": "a dry run",
    "POST /courses/{course_id:uuid}/trash/restorations": "nothing is in the trash here; tests/courses/lessons/test_trash.py",
    "POST /courses/{course_id:uuid}/lessons/restoration": "nothing is in the trash here; tests/courses/lessons/test_trash.py",
    "POST /lessons/{lesson_id:uuid}/restorations": "there is one version here; tests/courses/lessons/test_authoring.py",
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}/merge": "nobody to merge with; pages/students/test_roster.py",
    "POST /courses/{course_id:uuid}/completion/undo": "there is nothing to undo; tests/portal/pages/results/test_marks.py",
    "POST /review/{lesson_id:uuid}/{student_id:uuid}/undo": "as that; tests/portal/pages/results/test_review.py",
    "POST /review/{lesson_id:uuid}/{student_id:uuid}/later": "of the browser",
    "POST /today/steps": "of one person",
    "POST /courses/{course_id:uuid}/webhooks/{webhook_id:uuid}/test": "changes nothing; the list of messages shows it",
    "POST /courses/{course_id:uuid}/webhooks/{webhook_id:uuid}/tries": "as a test message",
    "POST /courses/{course_id:uuid}/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/repeat": "as a test message",
    "POST /courses/{course_id:uuid}/exports/presets": "of one person, as the columns of an export",
    "POST /courses/{course_id:uuid}/exports/presets/{preset_id:uuid}/removal": "of one person",
    "POST /lessons/{lesson_id:uuid}/repairs": "there is nothing to repair here; as every save of a lesson",
}

#: what a request sends that changes something, where its row in ROUTES does not
SENDS = {
    "POST /links/{link_id:uuid}": {"data": {"opens_at": "", "expires_at": "2999-01-01T08:00"}},
    "POST /lessons/{lesson_id:uuid}/template": {"data": {"template": "1"}},
    "POST /courses/{course_id:uuid}/webhooks/{webhook_id:uuid}/state": {"data": {"enabled": "1"}},
    "POST /lessons/{lesson_id:uuid}/schedule": {"data": {"opens_at": "", "closes_at": "2999-01-01T08:00"}},
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
    if route.endswith("/pins/removal"):
        world.ask(role, *address(route.removesuffix("/removal"), parts), {"data": {"student": ""}})
    elif route.endswith("/rehearsal/play"):  # the row stops a class, so one must be played
        assert world.ask(role, method, path, {"data": {"act": "start", "rehearsal": "yes"}}).status_code < 400
    elif route.endswith("/aliases/removal"):
        world.ask(role, *address(route.removesuffix("/removal"), parts), {"data": {"sure": "1"}})
    elif route.endswith(("/restore", "/return", "/enable", "/restoration")):  # there must be something to undo
        undone = route.rpartition("/")[0] + {
            "restore": "/archive", "return": "/removal", "enable": "/disable", "restoration": "/deletion",
        }[route.rpartition("/")[2]]  # fmt: skip
        world.ask(role, *address(undone, parts), ROUTES[undone].sends)
    before = world.call(lambda: AuditEntry.count().run())
    sends = SENDS.get(route, ROUTES[route].sends)
    if "/students/" in route and "{student_id" not in route and "data" in sends:  # many at once
        sends = sends | {"data": sends["data"] | {"student": parts["student_id"]}}
        if route.endswith("/return"):
            world.ask(role, *address(route.replace("/return", "/removal"), parts), sends)
            before += 1
    answer = world.ask(role, method, path, sends)
    assert answer.status_code < 400, answer.text[:500]
    assert world.call(lambda: AuditEntry.count().run()) > before, f"{route} has left nothing in the log"


def test_every_action_has_its_sentence() -> None:
    """Of those that stand in the code as texts, and of the ways in which a lesson is saved."""
    source = "".join(path.read_text() for path in Path("courses").rglob("*.py"))
    actions = re.compile(rf"\"((?:{'|'.join(NOUNS)})\.[a-z_]+)\"")
    # templates, and the name of a webhook's message
    other = {"publication.changed", "lesson.edit", "lesson.md", "course.md", "lesson.platforms", "lesson.search"}
    named = set(actions.findall(source)) - other
    notes = {f"lesson.{note}" for note in re.findall(r"note(?:: str)? ?= ?\"([a-z]+)\"", source)}
    assert len(named) > 20
    assert sorted((named | notes) - SENTENCES.keys()) == []
    assert ONE_CHANGE.keys() <= SENTENCES.keys()
