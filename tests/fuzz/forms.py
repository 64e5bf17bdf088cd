"""Every route of the application as it says it is, with values that nobody meant: forms, pages and phones' endpoints."""

import inspect
import random
import re
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

import httpx
from litestar.routes import HTTPRoute

from portal.app import create_app
from portal.settings import Settings
from tests.fuzz.findings import Findings
from tests.fuzz.mutation import TOKENS, mutated
from tests.fuzz.running import ROOM_MB, TIMEOUT, Running, network, running
from tests.portal.access_rows import ROUTES

#: they end the sessions that the rest is sent with, or never end themselves
LEFT_OUT = re.compile(r"POST /sign-out|POST /account/(sessions|keys/)|/stream$|POST /people/.*/disable")
#: they keep workers busy for seconds: a tenth as often
SLOW = re.compile(r"\.(pdf|zip|xlsx|png)$|/prints$|/layouts/drawing$|/attempts$|/import|/media$|/uploads|/export$")
#: requests until there is a new course, and until memory is looked at
FRESH, LOOK = 3_000, 500
ODD: list[Any] = [
    "", " ", "0", "-1", "1", "99999999999999999999", "1e309", "NaN", "１２", "٣", "null", "true", "[]", "{}", "\x00", "a\x00b",
    "\ud800".encode("utf-8", "replace").decode(), "\u202e", "é" * 200, "茶" * 5_000, "x" * 70_000, "%00", "../../etc/passwd",
    "2026-02-30", "9999-12-31T23:59:59Z", "0001-01-01", "2026-09-01T08:00:00+99:99", "24:61", "' OR 1=1 --", "{{7*7}}",
    "<script>", "=1+1", "http://[::1", "javascript:x", "00000000-0000-0000-0000-000000000000", "utf-16", "idna",
    "zh_CN", "\r\nX: y",
]  # fmt: skip
JSON_ODD: list[Any] = [None, True, -1, 0, 2**63, 1e308, 0.5, [], {}, [[]], {"": None}, [None] * 300, *ODD]


@dataclass(frozen=True)
class Route:
    """A method and an address with the names in it; `query` and `fields` are what its handler looks for."""

    method: str
    path: str
    names: dict[str, type]
    query: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{self.method} {self.path}"


@cache
def routes() -> list[Route]:
    """All that the application has registered, but for the few that would end the run."""
    app = create_app(Settings(database_url="sqlite:////tmp/never-opened.sqlite3", rehearsal=True))
    found = []
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else []:
            source = inspect.getsource(inspect.getmodule(handler.fn))
            named = {name: part.type for name, part in route.path_parameters.items()}
            given = set(handler.parsed_fn_signature.parameters) - set(named)
            fields = re.findall(r"""\b\w+\((?:data|form|fields|given)\w*, "([a-z_]+)\"""", source)
            fields += re.findall(r"""(?:data|form)(?:\.get\(|\[)"([a-z_]+)\"""", source)
            for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                one = Route(str(method), route.path, named, tuple(sorted(given)), tuple(sorted(set(fields))))
                if not LEFT_OUT.search(one.title):
                    found.append(one)
    return sorted(found, key=lambda each: each.title)


@cache
def _shapes() -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    """Of each address with names in it, what tells them when it stands in a page."""
    found = {route.path: tuple(route.names) for route in routes() if route.names}
    return [
        (re.compile(re.sub(r"\{(\w+)(?::\w+)?\}", r"([^/?#]+)", path) + "$"), names) for path, names in found.items()
    ]


def send_for(seconds: float, seed: str, findings: Findings, counts: Counter[str]) -> None:
    """Requests until the time is over."""
    until, number = time.monotonic() + seconds, 0
    with running() as portal:
        while time.monotonic() < until and portal.process.poll() is None:
            rnd = random.Random(f"{seed} forms {number}")
            if number % FRESH == FRESH - 1:
                portal.let_in()
                portal.furnish()
            request = _request(rnd, portal.ids)
            _send(portal, rnd, request, seed, number, findings, counts)
            if number % LOOK == LOOK - 1 and (held := portal.megabytes()) > ROOM_MB:
                findings.add("forms", "memory", f"{held} MB", seed=seed, number=number)
                break
            number += 1
        if portal.process.poll() is not None:
            findings.add(
                "forms", "crash", f"ended with {portal.process.returncode}", number=number, trace=portal.log_end()
            )


def _request(rnd: random.Random, ids: dict[str, list[str]]) -> dict[str, Any]:
    route = rnd.choice(routes())
    while SLOW.search(route.path) and rnd.random() < 0.9:
        route = rnd.choice(routes())
    path = re.sub(
        r"\{(\w+)(?::\w+)?\}", lambda name: _part(rnd, name[1], route.names.get(name[1], str), ids), route.path
    )
    row = ROUTES.get(route.title)
    sends = dict(row.sends) if row else {}
    request = {"method": route.method, "url": path, "title": route.title, "role": _role(rnd, route.path)}
    names = [name for name in route.query if rnd.random() < 0.5]
    if names or rnd.random() < 0.1:
        request["params"] = {
            name: _value(rnd, "1") for name in [*names, *([rnd.choice(ODD)] if rnd.random() < 0.1 else [])]
        }
    if route.method not in ("GET", "DELETE"):
        request |= _body(rnd, route, sends, ids)
    return request


def _part(rnd: random.Random, name: str, kind: type, ids: dict[str, list[str]]) -> str:
    known = ids.get(name, [])
    if known and rnd.random() < 0.85:
        return rnd.choice(known)
    if kind is UUID and rnd.random() < 0.7:
        return str(UUID(int=rnd.getrandbits(128)))
    return quote(str(_value(rnd, rnd.choice(known or ["x"])))[:2_000], safe="") or "x"


def _role(rnd: random.Random, path: str) -> str:
    if rnd.random() < 0.1:
        return rnd.choice(("alice", "admin", "phone", "nobody", "key"))
    if path.startswith("/api/v1"):
        return "key"
    if path.startswith("/people"):
        return "admin"
    return "phone" if re.match(r"/(s|S|l|go|GO|api)\b", path) else "alice"


def _body(rnd: random.Random, route: Route, sends: dict[str, Any], ids: dict[str, list[str]]) -> dict[str, Any]:
    if rnd.random() < 0.03:
        kind = rnd.choice(
            (
                "application/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "text/csv",
                "x",
            )
        )
        return {"content": mutated(rnd, [b'{"a": [1]}', b"a=1&b=%ff", *TOKENS]), "headers": {"content-type": kind}}
    if "json" in sends:
        return {"json": _odd_json(rnd, sends["json"])}
    if "files" in sends:
        return {"files": {name: _file(rnd, part) for name, part in sends["files"].items()}}
    data = dict(sends.get("data", {}))
    for name in route.fields:
        if rnd.random() < 0.5:
            data.setdefault(name, rnd.choice(ids.get(f"{name}_id", ["1"])))
    return {"data": {name: _odd(rnd, value) for name, value in data.items() if rnd.random() < 0.9}}


def _odd(rnd: random.Random, value: Any) -> Any:
    if rnd.random() < 0.5:
        return value
    return (
        [_value(rnd, str(value)) for _ in range(rnd.choice((2, 40)))] if rnd.random() < 0.1 else _value(rnd, str(value))
    )


def _value(rnd: random.Random, value: str) -> str:
    return rnd.choice(ODD) if rnd.random() < 0.6 else mutated(rnd, [value.encode()]).decode("utf-8", "replace")[:20_000]


def _odd_json(rnd: random.Random, value: Any) -> Any:
    if rnd.random() < 0.15:
        return rnd.choice(JSON_ODD)
    if isinstance(value, dict):
        changed = {name: _odd_json(rnd, each) for name, each in value.items() if rnd.random() < 0.95}
        return changed | ({rnd.choice(("as", "detail", "x", "")): rnd.choice(JSON_ODD)} if rnd.random() < 0.2 else {})
    if isinstance(value, list):
        return [_odd_json(rnd, each) for each in value] * rnd.choice((1, 1, 1, 0, 2, 120))
    return value


def _file(rnd: random.Random, part: tuple[Any, ...]) -> tuple[Any, ...]:
    name, content = part[0], part[1]
    content = content if isinstance(content, bytes) else str(content).encode()
    return (name if rnd.random() < 0.8 else _value(rnd, "a.jpg")[:300], mutated(rnd, [content]), *part[2:])


def _send(
    portal: Running,
    rnd: random.Random,
    request: dict[str, Any],
    seed: str,
    number: int,
    findings: Findings,
    counts: Counter[str],
) -> None:
    title, role = request.pop("title"), request.pop("role")
    headers = request.pop("headers", {}) | {"x-forwarded-for": network(rnd)}
    if role == "key":
        headers["authorization"] = f"Bearer {portal.key}"
    browser = portal.browsers["nobody" if role == "key" else role]
    told = {"seed": seed, "number": number, "role": role, "request": repr(request)[:4_000]}
    try:
        answer = browser.request(**request, headers=headers)
    except httpx.TimeoutException:
        findings.add("forms", "hang", title, **told, seconds=TIMEOUT)
        return
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError):
        counts["  not sent, or closed by the server"] += 1
        return
    counts["phones" if role == "phone" else "forms and pages"] += 1
    counts[f"  answers {answer.status_code // 100}xx"] += 1
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and "retry-after" in answer.headers:
        counts["  of them 503 with Retry-After"] += 1
    elif answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        findings.add(
            "forms", str(answer.status_code), title, **told, trace=portal.log_end(), answer=answer.text[:2_000]
        )
    _learn(answer, portal.ids)


def _learn(answer: httpx.Response, ids: dict[str, list[str]]) -> None:
    """Names of things that stand in addresses of this answer."""
    found = (
        re.findall(r"""(?:href|action|src)="(/[^"?#]+)""", answer.text)
        if "html" in answer.headers.get("content-type", "")
        else []
    )
    for address in [*found[:200], urlsplit(answer.headers.get("location", "")).path]:
        for shape, names in _shapes():
            if match := shape.match(address):
                for name, value in zip(names, match.groups(), strict=True):
                    known = ids.setdefault(name, [])
                    if unquote(value) == value and value not in known and len(known) < 50:
                        known.append(value)
