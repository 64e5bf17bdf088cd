"""Every parameter of every route is sent twelve wrong kinds of value: none is a mistake of ours, and none leads to another site."""

import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from courses.people.sessions import open_session
from portal.web.assets import digest
from tests.databases import Snapshot
from tests.hostile.parameters import fields_of, names_read, takes_query
from tests.portal.access_rows import ROUTES
from tests.portal.test_access import World, address, parts, world  # noqa: F401 -- fixtures

#: of addresses and forms, as bytes on the wire
TEXTS = {
    "nothing": b"", "another site": b"//evil.example", "zero": b"0", "below zero": b"-1", "too great": b"9" * 40,
    "a digit that is no number": "²".encode(), "NUL": b"a\0b", "no UTF-8": b"\xed\xa0\x80\xff", "too long": b"a" * 5_000,
    "the last day": b"9999-12-31T23:59:59-12:00", "the first day": b"0001-01-01T00:00:00+14:00", "two lines": b"a\r\nb: c",
}  # fmt: skip
VALUES: dict[str, Any] = {
    "nothing": None, "truth": True, "below zero": -1, "too great": 10**40, "nearly infinite": 1e308, "another site": "https://evil.example/",
    "NUL": "a\0b", "half a character": "\ud800", "a list": [], "an object": {}, "a list of nothing": [None],
    "the last day": "9999-12-31T23:59:59-12:00", "the first day": "0001-01-01T00:00:00+14:00",
}  # fmt: skip
BODIES = [b"", b"null", b"[]", b"[1]", b'"x"', b"7", b"{", b"\xff\xfe", b"[" * 3_000, b'{"a":' * 500, b"NaN"]
BOUNDARY = "x" * 20
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
IN_PARTS = f"multipart/form-data; boundary={BOUNDARY}"
Send = Callable[[str, str, dict[str, bytes]], Awaitable[int]]
#: tests that share the routes out, so that none takes long
PARTS = 16
#: requests of one kind of value to one route
MOST = 3
#: bytes of a value in an address, of which servers take 32 kB at most
LONGEST = 900
#: what every request says besides: which site it was sent to, and from
LIES = {"host": "evil.example", "referer": "https://evil.example/courses"}
#: an address in a page that leads there
AWAY = re.compile(rb"""(?:href|action|src|url)\s*=\s*["']?\s*(?:https?:)?[/\\]{2}evil\.example""", re.IGNORECASE)
#: not of ours
LEFT_OUT = ("/schema", "/static")


@dataclass
class Attack:
    """Sends what is wrong, one request after another, to a portal that is as it was before after each."""

    world: World
    http: httpx.AsyncClient
    headers: dict[str, dict[str, str]]
    before: Snapshot
    answers: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    async def send(self, role: str, method: str, path: str, what: str, body: bytes = b"", kind: str = "") -> int:
        answer = await self.http.request(
            method,
            path,
            content=body,
            headers=LIES | self.headers[role] | ({"content-type": kind} if kind else {}),
        )
        self.answers[answer.status_code] += 1
        if answer.status_code >= 500:
            self.failed.append(f"{answer.status_code} {method} {path[:160]} as {role}: {what}")
        if leads_away(answer):
            self.failed.append(f"away leads {method} {path[:160]} as {role}: {what}")
        if method != "GET" and answer.status_code < 400:
            self.before.put_back()
        return answer.status_code


def leads_away(answer: httpx.Response) -> bool:
    """Whether the answer sends its reader to another site, at once or with a link or form of its page."""
    ways = [answer.headers.get(name, "") for name in ("location", "content-location", "refresh", "hx-redirect", "link")]
    return any("evil.example" in way for way in ways) or bool(AWAY.search(answer.content))


def handlers(app: Any) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Every route as ROUTES names it."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                    yield f"{method} {route.path.replace(digest(), '{digest}')}", handler


def roles_of(route: str) -> list[str]:
    """The owner, a helper, an admin and nobody; the first is the one whom most is open to."""
    if "/api/v1" in route:
        return ["alice's key", "bob's key", "nobody"]
    if "/people" in route:
        return ["admin", "alice", "erin", "nobody"]
    if "/l/{" in route or "/api/events" in route:
        return ["student", "alice", "nobody"]
    return ["alice", "erin", "admin", "nobody"]


def form_of(sends: dict[str, Any]) -> dict[str, list[bytes]]:
    """The fields of a row's form; files by the bytes."""
    given = sends.get("data") or {}
    fields = {name: [str(value).encode()] for name, value in given.items() if not isinstance(value, list)}
    return fields | {
        name: [str(each).encode() for each in value] for name, value in given.items() if isinstance(value, list)
    }


def encoded(fields: dict[str, list[bytes]]) -> bytes:
    return urlencode([(name, value) for name, values in fields.items() for value in values]).encode()


def multipart(sends: dict[str, Any], wrong: dict[str, bytes]) -> bytes:
    """The row's files, and fields of ours behind them."""
    lines: list[bytes] = []
    for name, (filename, content, *_) in sends["files"].items():
        if name not in wrong:
            head = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
            data = content if isinstance(content, bytes) else str(content).encode()
            lines += [b"--" + BOUNDARY.encode(), f"Content-Disposition: {head}".encode(), b"", data]
    for name, value in wrong.items():
        lines += [b"--" + BOUNDARY.encode(), f'Content-Disposition: form-data; name="{name}"'.encode(), b"", value]
    return b"\r\n".join([*lines, b"--" + BOUNDARY.encode() + b"--", b""])


async def attack_address(attack: Attack, route: str, values: dict[str, str]) -> None:
    """Each part of the path."""
    for part in [part for part in route.split("/") if part.startswith("{")]:
        name = part.strip("{}").split(":")[0]
        method, good = address(route, values)
        whole = route.partition(" ")[2].split("/")
        for kind, value in TEXTS.items():
            place = good.split("/")
            place[whole.index(part)] = quote_from_bytes(value, safe="")
            await attack.send(roles_of(route)[0], method, "/".join(place), f"{name} of the path is {kind}")


async def attack_texts(route: str, send: Send, names: tuple[str, ...], size: int, most: int) -> None:
    """All parameters at once for the owner, and fewer where they hide one another; for the others all, some kinds mixed."""
    owner, *others = roles_of(route)
    # What is drawn for each value that is passed over takes a second: there the kinds are mixed for the owner, too.
    for kind, value in [] if draws(route) else TEXTS.items():
        todo = [names[start : start + size] for start in range(0, len(names), size)]
        sent = 0
        while todo:
            some = todo.pop()
            status = await send(owner, f"{some} is {kind}", dict.fromkeys(some, value))
            sent += 1
            if status in (400, 422) and len(some) > 1 and sent < most:
                todo += [some[: len(some) // 2], some[len(some) // 2 :]]
    kinds = [value for value in TEXTS.values() if len(value) < 100]
    for role in [owner, *others] if draws(route) else others:
        for turn in range(2 if draws(route) else 1):
            mixed = {name: kinds[(place + 5 * turn) % len(kinds)] for place, name in enumerate(names)}
            await send(role, f"all are mixed, turn {turn}", mixed)


async def attack_query(attack: Attack, route: str, values: dict[str, str], names: tuple[str, ...]) -> None:
    method, path = address(route, values)
    body = b"" if method == "GET" else encoded(form_of(ROUTES[route].sends))

    async def send(role: str, what: str, wrong: dict[str, bytes]) -> int:
        query = urlencode({name: value[:LONGEST] for name, value in wrong.items()})
        return await attack.send(role, method, f"{path}?{query}", f"of the query {what}", body, FORM)

    await attack_texts(route, send, names, 25, MOST)


async def attack_form(attack: Attack, route: str, values: dict[str, str], names: tuple[str, ...]) -> None:
    """The fields of a form, urlencoded or in parts as the row's are."""
    (method, path), sends = address(route, values), ROUTES[route].sends
    good = form_of(sends)

    async def send(role: str, what: str, wrong: dict[str, bytes]) -> int:
        if "files" in sends:
            return await attack.send(role, method, path, f"of the form {what}", multipart(sends, wrong), IN_PARTS)
        body = encoded(good | {name: [value] for name, value in wrong.items()})
        return await attack.send(role, method, path, f"of the form {what}", body, FORM)

    await attack_texts(route, send, tuple(dict.fromkeys((*names, *good))), 1000, MOST)
    twice = encoded(good | {name: [b"x", b"y"] for name in names})
    await attack.send(roles_of(route)[0], method, path, "all fields twice", twice, FORM)


def draws(route: str) -> bool:
    """Whether its answer is made by a worker, which takes long where the wrong value is passed over."""
    return route.endswith((".pdf", ".png", ".xlsx", ".zip", "/figures"))


def wrongly(good: Any, names: tuple[str, ...], value: Any) -> Iterator[tuple[str, Any]]:
    """The row's JSON with one value after another replaced, as deep as it goes."""
    if isinstance(good, list):
        for name, inner in wrongly(good[0] if good else {}, names, value):
            yield name, [inner]
        yield "the first", [value]
    elif isinstance(good, dict):
        for name in dict.fromkeys((*good, *names)):
            yield name, good | {name: value}
            if isinstance(good.get(name), (dict, list)):
                for below, inner in wrongly(good[name], (), value):
                    yield f"{name}.{below}", good | {name: inner}


async def attack_json(attack: Attack, route: str, values: dict[str, str], names: tuple[str, ...]) -> None:
    """Each field, and the body as a whole."""
    method, path = address(route, values)
    roles, good = roles_of(route), ROUTES[route].sends.get("json", {})
    for number, (kind, value) in enumerate(VALUES.items()):
        for name, wrong in wrongly(good, names, value):
            body = json.dumps(wrong).encode()
            await attack.send(roles[0], method, path, f"{name} is {kind}", body, JSON)
        # The others share the kinds out.
        role = roles[1 + number % (len(roles) - 1)]
        body = json.dumps(dict.fromkeys(names, value)).encode()
        await attack.send(role, method, path, f"all are {kind}", body, JSON)
    for number, whole in enumerate(BODIES):
        for role in (roles[0], roles[1 + number % (len(roles) - 1)]):
            await attack.send(role, method, path, f"the body is {whole[:8]!r}", whole, JSON)


async def attack_some(attack: Attack, values: dict[str, str], part: int) -> None:
    for number, (route, handler) in enumerate(sorted(handlers(attack.world.client.app), key=itemgetter(0))):
        if number % PARTS != part or route.split()[1].startswith(LEFT_OUT) or route.endswith("/wall/stream"):
            continue
        sends = ROUTES[route].sends
        await attack_address(attack, route, values)
        if route.startswith("GET") or takes_query(handler):
            await attack_query(attack, route, values, names_read(handler))
        if "json" in sends or fields_of(handler):
            await attack_json(attack, route, values, fields_of(handler))
        elif not route.startswith("GET"):
            await attack_form(attack, route, values, names_read(handler))


@pytest.fixture
def attack(world: World, parts: dict[str, str]) -> Attack:  # noqa: F811
    headers = {"nobody": {}}
    for name in ("alice", "erin", "admin"):
        headers[name] = {"cookie": f"session={world.call(open_session, world.people[name])}"}
    headers |= {f"{name}'s key": {"authorization": f"Bearer {key}"} for name, key in world.keys.items()}
    headers["student"] = {"cookie": world.phones["student"]}
    before = Snapshot(world.settings.database_url)
    transport = httpx.ASGITransport(world.client.app, raise_app_exceptions=False)
    return Attack(world, httpx.AsyncClient(transport=transport, base_url="http://testserver.local"), headers, before)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_wrong_value_of_any_parameter_is_a_mistake_of_ours(
    attack: Attack,
    parts: dict[str, str],  # noqa: F811
    part: int,
) -> None:
    attack.world.call(attack_some, attack, parts, part)
    assert sum(attack.answers.values()) > 300
    assert set(attack.answers) & {200, 303}
    assert not attack.failed, f"{len(attack.failed)} answers say that we failed:\n" + "\n".join(attack.failed)
