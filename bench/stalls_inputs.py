"""The worst that routes take: inputs that are known to be slow, and for each route of the application the largest of each kind."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from litestar.routes import HTTPRoute

from portal.app import create_app
from portal.settings import Settings

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
BOUNDARY = "b7f3"
PARTS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
#: bytes that are sent at most, where a route takes more: what is beyond is files, which go to the disk
MOST = 4 << 20
MARKDOWN = {
    "brackets": "[" * 20_000, "emphasis": ("*a **b [c](d) `" * 1500)[:20_000], "quotes": "> " * 10_000,
    "rows": "|a|b|\n|-|-|\n" + "|1|2|\n" * 3_330, "wide rows": "|a" * 60 + "|\n" + "|-" * 60 + "|\n" + "|1\n" * 6_500,
    "tags": "<a " * 6_600, "lists": "- a\n" * 5_000, "nested": "".join(f"{' ' * n}- a\n" for n in range(190)),
    "links": "[a](b) " * 2_850, "definitions": "".join(f"[a{n}]: b\n" for n in range(1_800)), "entities": "&amp;" * 4_000,
}  # fmt: skip


@dataclass(frozen=True)
class Ask:
    """A request; by nobody, or by the course's owner."""

    name: str
    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    nobody: bool = False


def multipart(fields: dict[str, str | tuple[str, bytes]]) -> bytes:
    """Texts, and files as (name, bytes)."""
    parts = []
    for name, value in fields.items():
        text, file = (value.encode(), "") if isinstance(value, str) else (value[1], f'; filename="{value[0]}"')
        parts.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + text + b"\r\n"
        )
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def named(parts: dict[str, Any]) -> list[Ask]:
    """What an attack has used, and what large courses ask for every day."""
    course, lesson = f"/courses/{parts['course_id']}", f"/lessons/{parts['lesson_id']}"
    typed = {"title": "x", "kind": "normal", "platforms": "xiaohongshu"}

    def sent(name: str, path: str, **fields: str) -> Ask:
        return Ask(name, "POST", path, multipart(dict(fields)), PARTS)

    preview = f"{course}/lesson-preview"
    students = "".join(f"N{n},Name {n}\n" for n in range(5_000))
    pasted = urlencode({"roster": "1 a\n" * 600_000, "do": "check"}).encode()
    return [
        Ask("form of 0.5 MB at /go, no account", "POST", "/go", b"a&" * 260_000, FORM, nobody=True),
        Ask("form of 1 MB at /go, no account", "POST", "/go", b"a&" * 520_000, FORM, nobody=True),
        sent("roster check of 4 MB", f"{course}/roster", do="check", roster="1,a\n" * 1_040_000),
        Ask("roster check of 3 MB, urlencoded", "POST", f"{course}/roster", pasted, FORM),
        sent("roster check of 4 MB of separators", f"{course}/roster", do="check", roster="," * 4_190_000),
        sent("roster check of 5,000 students", f"{course}/roster", do="check", roster=students),
        sent("1 MB of topics, preview", preview, **typed, topics="#a" * 520_000),
        sent("1 MB of topics, save", lesson, **typed, topics="#a" * 520_000),
        sent(
            "0.5 MB of topics, preflight",
            f"{course}/preflight",
            **typed,
            topics=" ".join(f"#{n}" for n in range(70_000)),
        ),
        sent("10,000 rows of a table, preview", preview, **typed, body="|a|b|\n|-|-|\n" + "|1|2|\n" * 10_000),
        Ask("completion page", "GET", f"{course}/completion"),
        Ask("completion CSV", "GET", f"{course}/completion.csv"),
        Ask("completion, API", "GET", f"/api/v1/courses/{parts['course_id']}/completion"),
        Ask("export of completion, CSV", "GET", f"{course}/exports/completion/file.csv"),
        Ask("statistics", "GET", f"{course}/statistics"),
        *(
            sent(f"preview of 20,000 characters: {name}", preview, **typed, body=body)
            for name, body in MARKDOWN.items()
        ),
    ]


def of_routes(parts: dict[str, Any]) -> list[Ask]:
    """For each route of the application its address, and where it takes a body the largest of each kind."""
    app = create_app(Settings.from_env())
    routes = sorted((route for route in app.routes if isinstance(route, HTTPRoute)), key=lambda route: route.path)
    asks = []
    for route in routes:
        path = re.sub(r"\{(\w+):\w+\}", lambda part: str(parts.get(part[1], uuid4())), route.path)
        if path.endswith("/stream"):
            continue
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                most = min(int(handler.resolve_request_max_body_size() or MOST), MOST) - 2048
                bodies = {"": (b"", {})} if method == "GET" else largest(most)
                asks += [
                    Ask(f"{method} {route.path} {kind}", method, path, body, headers)
                    for kind, (body, headers) in bodies.items()
                ]
    # What deletes comes last, the course itself at the very end.
    return sorted(
        asks,
        key=lambda ask: (ask.method == "DELETE", "removal" in ask.path, "archive" in ask.path, "sign-out" in ask.path),
    )


def largest(most: int) -> dict[str, tuple[bytes, dict[str, str]]]:
    """Bodies of so many bytes, by their kind."""
    many = min(most // 120, 10_000)
    return {
        "names": (b"a&" * (most // 2), FORM),
        "fields": ("&".join(f"a{n}=1" for n in range(most // 12))[:most].encode(), FORM),
        "text": (urlencode(dict.fromkeys(WORDS, "x,#[" * (most // (4 * 8 * len(WORDS))))).encode(), FORM),
        "parts": (multipart({f"a{n}": "" for n in range(many)})[:most], PARTS),
        "texts in parts": (multipart(dict.fromkeys(WORDS, "x,#[\n" * (most // (6 * len(WORDS))))), PARTS),
        "list": (b"[" + b"1," * (most // 2 - 2) + b"1]", JSON),
        "lists": (b"[" * 900 + b"]" * 900, JSON),
        "object": (json.dumps({f"a{n}": 1 for n in range(most // 16)}).encode()[:most], JSON),
        "words": (json.dumps(dict.fromkeys(WORDS, "x,#[" * (most // (5 * len(WORDS))))).encode(), JSON),
    }


#: what forms and objects call their texts
WORDS = (
    "title",
    "body",
    "content",
    "topics",
    "roster",
    "name",
    "code",
    "text",
    "student",
    "email",
    "note",
    "table",
    "reason",
)
