"""Every route of the portal, and what each role is answered there: a row each in ROUTES.

Roles, in the order of a row: nobody (no cookie, no key), bob (a stranger to the course), alice (its owner), admin (who is
no superuser over others' courses), alice's API key, bob's API key, those who work with alice on the course: erin (its
editor), adam (assistant), vera (viewer); and phones: of a student of the course, and of a student of another one.
"""

import io
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import uuid4

from PIL import Image

from print.layouts import LAYOUTS

ROLES = (
    "nobody",
    "bob",
    "alice",
    "admin",
    "alice's key",
    "bob's key",
    "erin",
    "adam",
    "vera",
    "student",
    "other student",
)
PASSWORD = "nine copper windmills hum softly"
PHOTO = io.BytesIO()
Image.effect_noise((64, 48), 80).convert("RGB").save(PHOTO, "JPEG")


@dataclass(frozen=True)
class Row:
    """The statuses for ROLES, and what the request brings (httpx's arguments); phones are nobody unless it is said."""

    statuses: tuple[int, int, int, int, int, int, int, int, int]
    sends: dict[str, Any] = field(default_factory=dict)
    #: an address that takes another value than PARTS give
    path: str = ""
    phones: tuple[int, int] | None = None

    @property
    def expected(self) -> dict[str, int]:
        """The status for each role."""
        return dict(zip(ROLES, (*self.statuses, *(self.phones or (self.statuses[0],) * 2)), strict=True))


def public(status: int, path: str = "", **sends: Any) -> Row:
    """The same answer for everybody."""
    return Row((status,) * 9, sends, path)


def phones(status: int, other: int = 403, otherwise: int = 403, **sends: Any) -> Row:
    """For the phone that scanned this link, and for one that scanned another; `otherwise` for who has no such cookie."""
    return Row((otherwise,) * 9, sends, phones=(status, other))


def signed_in(status: int, **sends: Any) -> Row:
    """For whoever is signed in; a key is no session."""
    no = _no(sends)
    return Row((no, status, status, status, no, no, status, status, status), sends)


def readers(status: int, **sends: Any) -> Row:
    """For all who work on the course; for others who are signed in there is nothing."""
    return _members(status, status, status, status, sends)


def markers(status: int, **sends: Any) -> Row:
    """For those who say what became of a publication: all but viewers."""
    return _members(status, status, status, 403, sends)


def writers(status: int, **sends: Any) -> Row:
    """For those who write lessons, links and rosters: the owner and the editors."""
    return _members(status, status, 403, 403, sends)


def owned(status: int, **sends: Any) -> Row:
    """For the course's owner alone."""
    return _members(status, 403, 403, 403, sends)


def _members(owner: int, editor: int, assistant: int, viewer: int, sends: dict[str, Any]) -> Row:
    no = _no(sends)
    return Row((no, 404, owner, 404, no, no, editor, assistant, viewer), sends)


def alices(status: int, **sends: Any) -> Row:
    """For alice alone, of all who are signed in: a part of her account."""
    no = _no(sends)
    return Row((no, 404, status, 404, no, no, 404, 404, 404), sends)


def admins(status: int, **sends: Any) -> Row:
    """For admins; others do not know of it."""
    no = _no(sends)
    return Row((no, 404, 404, status, no, no, 404, 404, 404), sends)


def keys(status: int, **sends: Any) -> Row:
    """For whoever has an API key; a session is no key."""
    return Row((401, 401, 401, 401, status, status, 401, 401, 401), sends)


def owners_key(status: int, **sends: Any) -> Row:
    """For the key of somebody with the right in the course."""
    return Row((401, 401, 401, 401, status, 404, 401, 401, 401), sends)


def _no(sends: dict[str, Any]) -> int:
    """Pages lead to the sign-in; forms are refused."""
    return 401 if sends else 303


FORM: dict[str, Any] = {"data": {"x": "x"}}
PICTURE = {"files": {"file": ("a.jpg", PHOTO.getvalue(), "image/jpeg")}}
LABELS = {
    "data": dict.fromkeys(("left", "top", "right", "bottom"), "10")
    | {"name": "Labels", "paper": "a4", "unit": "mm", "gap_x": "0", "gap_y": "0", "columns": "3", "rows": "7"}
}
LIST = {"files": {"file": ("a.csv", b"title\nListed\n", "text/csv")}}
NO_TITLE = {"files": {"title": (None, "")}}
EVENTS = {"json": {"events": [{"id": str(uuid4()), "kind": "scan", "at": "2026-09-01T08:00:00Z"}]}}
DECISION = {"data": {"decision": "confirm", "platform": "xiaohongshu"}}

GRID = asdict(LAYOUTS["a4-24"].grid)

ROUTES: dict[str, Row] = {
    # Signing in, and what everybody may open
    "GET /": public(303),
    "GET /sign-in": Row((200, 303, 303, 303, 200, 200, 303, 303, 303)),
    # 429: the eleventh wrong password
    "POST /sign-in": Row((401,) * 9, {"data": {"email": "x@example.org", "password": "wrong"}}, phones=(401, 429)),
    "GET /sign-in/second-factor": public(303),
    "POST /sign-in/second-factor": public(303, data={"code": "123456"}),
    "POST /sign-in/passkey/challenge": public(409),
    "POST /sign-in/passkey": public(409, data={"credential": "{}"}),
    "POST /sign-in/second-factor/challenge": public(401),
    "POST /sign-in/second-factor/passkey": public(303, data={"credential": "{}"}),
    "POST /sign-out": public(303, **FORM),
    "POST /language": public(303, data={"language": "en"}),
    "POST /theme": public(303, data={"theme": "dark"}),
    "GET /forgotten-password": public(200),
    # Without a mail server there is nothing to ask for; and an invitation is no such link.
    "POST /forgotten-password": public(404, data={"email": "alice@example.org"}),
    "GET /forgotten-password/{secret:str}": public(410),
    "POST /forgotten-password/{secret:str}": public(410, data={"password": PASSWORD}),
    "GET /invitations/{secret:str}": public(200),
    "POST /invitations/{secret:str}": public(422, data={"name": "X", "password": "short"}),
    "GET /healthz": public(200),
    "GET /manifest.webmanifest": public(200),
    "GET /help": signed_in(200),
    "GET /help/{name:str}": replace(signed_in(200), path="states"),
    "GET /readyz": public(200),
    "GET /metrics": public(404),
    "GET /static/{digest}/{file_path:path}": public(200),
    "GET /media/{token:str}": public(200, "{media}"),
    "GET /schema": public(200),
    "GET /schema/openapi.json": public(200),
    "GET /schema/{path:str}": public(404),
    # Students and their phones: a link is the key, and no account counts
    "GET /s/{token:str}": public(303),
    "GET /S/{token:str}": public(303),
    "GET /go": public(200),
    "GET /GO": public(200),
    "POST /go": public(422, data={"code": "ZZZ-ZZZZ"}),
    "POST /GO": public(422, data={"code": "ZZZ-ZZZZ"}),
    "GET /s/{token:str}/{room:str}": public(303),
    "GET /S/{token:str}/{room:str}": public(303),
    "GET /l/{link:str}": phones(200),
    "GET /l/{link:str}/student": phones(200),
    "GET /l/{link:str}/mine": phones(200),
    "POST /l/{link:str}/phones/{device:str}/let-in": phones(303, 403, data={}),
    "POST /l/{link:str}/student": phones(303, data={"student": "1"}),
    "POST /l/{link:str}/room": phones(303, data={"code": "123456"}),
    # 422: neither a link nor a "yes"
    "POST /l/{link:str}/publication": phones(422, data={"answer": "yes"}),
    # 404: this portal has given nobody such a ticket
    "POST /api/refusals": public(404, json={"id": str(uuid4()), "at": "2026-09-01T08:00:00Z", "ticket": "x"}),
    # each phone at its own link
    "POST /api/events": phones(200, 200, 401, **EVENTS),
    "GET /api/post/preview/{reference:str}": public(200),
    # in this test no server runs that the platform's adapter could ask for its access token: by hand, then
    "POST /api/webhooks/{slug:str}": public(401, "douyin", json={}),
    "GET /api/post/publish/{reference:str}": public(200),
    # Courses
    "GET /courses": signed_in(200),
    "POST /courses": signed_in(303, data={"title": "Mine"}),
    "GET /courses/new": signed_in(200),
    "GET /search": Row(signed_in(200).statuses, path="/search?q=Quetz"),
    "GET /search.json": Row(signed_in(200).statuses, path="/search.json?q=Quetzalina"),
    "GET /courses/{course_id:uuid}": readers(200),
    "POST /courses/{course_id:uuid}": owned(303, data={"title": "Other"}),
    "GET /courses/{course_id:uuid}/edit": owned(200),
    "POST /courses/{course_id:uuid}/logo": owned(303, **PICTURE),
    "POST /courses/{course_id:uuid}/logo/removal": owned(303, **FORM),
    "POST /courses/{course_id:uuid}/aliases": owned(303, data={"sure": "1"}),
    "POST /courses/{course_id:uuid}/aliases/removal": owned(303, **FORM),
    "POST /courses/{course_id:uuid}/looking": owned(303, data={"looking": "words"}),
    "POST /courses/{course_id:uuid}/room-code": owned(303, data={"ask": "1"}),
    "POST /courses/{course_id:uuid}/archive": owned(303, **FORM),
    "POST /courses/{course_id:uuid}/restore": owned(303, **FORM),
    "GET /courses/{course_id:uuid}/roster": readers(200),
    "GET /courses/{course_id:uuid}/roster/new": writers(200),
    "POST /courses/{course_id:uuid}/roster": writers(303, data={"roster": "77,Newcomer"}),
    "POST /courses/{course_id:uuid}/students/group": writers(303, data={"to_group": "B"}),
    "POST /courses/{course_id:uuid}/students/removal": writers(303, **FORM),
    "POST /courses/{course_id:uuid}/students/return": writers(303, **FORM),
    "GET /courses/{course_id:uuid}/pins": writers(200),
    "GET /courses/{course_id:uuid}/students/{student_id:uuid}": readers(200),
    "GET /courses/{course_id:uuid}/students/{student_id:uuid}/events": readers(200),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}": writers(303, data={"name": "Other"}),
    "GET /courses/{course_id:uuid}/phones": readers(200),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}/phones/{device:str}/removal": markers(303, **FORM),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}/phones/{device:str}/let-in": markers(303, **FORM),
    "POST /courses/{course_id:uuid}/pins": writers(303, **FORM),
    "POST /courses/{course_id:uuid}/pins/removal": writers(303, data={"student": ""}),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}/pin-lock/removal": markers(303, **FORM),
    "GET /courses/{course_id:uuid}/students/{student_id:uuid}/merge": writers(200),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}/merge": writers(303, data={"kept": "nobody"}),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}/removal": writers(303, **FORM),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}/return": writers(303, **FORM),
    "GET /courses/{course_id:uuid}/completion": readers(200),
    "GET /courses/{course_id:uuid}/completion.csv": readers(200),
    "GET /courses/{course_id:uuid}/completion.pdf": readers(200),
    "GET /courses/{course_id:uuid}/completion/reminder": readers(200),
    # 422: nothing is chosen; 303: nothing to undo
    "POST /courses/{course_id:uuid}/completion/marks": markers(422, data={"action": "confirm"}),
    "POST /courses/{course_id:uuid}/completion/undo": markers(303, data={"at": ""}),
    "GET /courses/{course_id:uuid}/completion/{lesson_id:uuid}/{student_id:uuid}": readers(200),
    "POST /courses/{course_id:uuid}/completion/{lesson_id:uuid}/{student_id:uuid}/decision": markers(303, **DECISION),
    "GET /today": signed_in(200),
    "POST /today/steps": signed_in(303, **FORM),
    "GET /review": signed_in(200),
    "GET /review/{lesson_id:uuid}/{student_id:uuid}": markers(200),
    # 422: nothing is chosen
    "POST /review/{lesson_id:uuid}/{student_id:uuid}/decision": markers(422, data={"decision": ""}),
    "POST /review/{lesson_id:uuid}/{student_id:uuid}/later": markers(303, data={"back": ""}),
    "POST /review/{lesson_id:uuid}/{student_id:uuid}/undo": markers(303, data={"at": ""}),
    "GET /courses/{course_id:uuid}/lessons/{lesson_id:uuid}/wall": readers(200),
    "GET /courses/{course_id:uuid}/lessons/{lesson_id:uuid}/wall/stream": readers(200),
    "GET /courses/{course_id:uuid}/statistics": readers(200),
    "POST /courses/{course_id:uuid}/statistics/figures": markers(422, data={"table": "x"}),
    "GET /courses/{course_id:uuid}/statistics/notes/{publication_id:uuid}": readers(200),
    "POST /courses/{course_id:uuid}/statistics/notes/{publication_id:uuid}": markers(303, data={"views": "7"}),
    "POST /courses/{course_id:uuid}/statistics/notes/{publication_id:uuid}/figures/{figures_id:uuid}/removal": markers(
        303, **FORM
    ),
    "GET /courses/{course_id:uuid}/closing": readers(200),
    "POST /courses/{course_id:uuid}/closing": writers(303, **FORM),
    "GET /courses/{course_id:uuid}/closing/{sheet_id:uuid}/sheet.pdf": readers(200),
    "GET /v": public(200),
    "GET /V": public(200),
    "POST /v": public(422, data={"code": "0000-0000-0000-0000"}),
    "POST /V": public(422, data={"code": "0000-0000-0000-0000"}),
    "GET /v/{code:str}": public(200),
    "GET /V/{code:str}": public(200),
    "GET /courses/{course_id:uuid}/members": readers(200),
    "POST /courses/{course_id:uuid}/members/invitations": owned(303, data={"email": "n@example.org", "role": "editor"}),
    "POST /courses/{course_id:uuid}/members/invitations/{invitation_id:uuid}/withdrawal": owned(303, **FORM),
    "POST /courses/{course_id:uuid}/members/{member_id:uuid}": owned(303, data={"role": "assistant"}),
    "POST /courses/{course_id:uuid}/members/{member_id:uuid}/removal": owned(303, **FORM),
    # 409: the only owner cannot leave
    "POST /courses/{course_id:uuid}/departure": _members(409, 303, 303, 303, FORM),
    "GET /courses/{course_id:uuid}/scans": readers(200),
    "GET /privacy": public(200),
    "GET /courses/{course_id:uuid}/privacy": readers(200),
    "POST /courses/{course_id:uuid}/privacy": owned(303, data={"ends": "", "days": "30"}),
    "POST /courses/{course_id:uuid}/privacy/traces": owned(200, data={"words": "Ada"}),
    "GET /courses/{course_id:uuid}/students/{student_id:uuid}/data": writers(200),
    "GET /courses/{course_id:uuid}/students/{student_id:uuid}/data.zip": writers(200),
    "POST /courses/{course_id:uuid}/students/{student_id:uuid}/erasure": owned(303, data={"number": "1"}),
    "GET /courses/{course_id:uuid}/webhooks": owned(200),
    "POST /courses/{course_id:uuid}/webhooks": owned(303, data={"url": "https://hooks.example.org/x"}),
    "POST /courses/{course_id:uuid}/webhooks/{webhook_id:uuid}/secret": owned(303, **FORM),
    "POST /courses/{course_id:uuid}/webhooks/{webhook_id:uuid}/test": owned(303, **FORM),
    "POST /courses/{course_id:uuid}/webhooks/{webhook_id:uuid}/tries": owned(303, **FORM),
    "POST /courses/{course_id:uuid}/webhooks/{webhook_id:uuid}/state": owned(303, data={"enabled": "0"}),
    "POST /courses/{course_id:uuid}/webhooks/{webhook_id:uuid}/removal": owned(303, **FORM),
    "POST /courses/{course_id:uuid}/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/repeat": owned(
        303, **FORM
    ),
    "GET /courses/{course_id:uuid}/exports": readers(200),
    "GET /courses/{course_id:uuid}/exports/{export_name:str}/file.csv": readers(200),
    "GET /courses/{course_id:uuid}/exports/{export_name:str}/file.xlsx": readers(200),
    "GET /courses/{course_id:uuid}/exports/{export_name:str}/file.json": readers(200),
    "POST /courses/{course_id:uuid}/exports/presets": readers(303, data={"export": "scans", "name": "Office"}),
    # What was saved is its person's alone
    "POST /courses/{course_id:uuid}/exports/presets/{preset_id:uuid}/removal": _members(303, 404, 404, 404, FORM),
    "GET /api/v1/courses/{course_id:uuid}/scans": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/publications": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/figures": owners_key(200),
    "POST /api/v1/courses/{course_id:uuid}/figures": owners_key(422, json=[{"note": "x", "views": 1}]),
    "GET /courses/{course_id:uuid}/log": readers(200),
    "GET /courses/{course_id:uuid}/log.csv": readers(200),
    "GET /courses/{course_id:uuid}/codes": readers(200),
    "GET /courses/{course_id:uuid}/codes.zip": readers(200),
    "GET /courses/{course_id:uuid}/layouts": readers(200),
    "GET /courses/{course_id:uuid}/layouts/new": writers(200),
    "POST /courses/{course_id:uuid}/layouts": _members(303, 422, 403, 403, LABELS),  # the name is taken by then
    "POST /courses/{course_id:uuid}/layouts/drawing": writers(200, **LABELS),
    "GET /courses/{course_id:uuid}/layouts/{layout_id:uuid}": writers(200),
    "POST /courses/{course_id:uuid}/layouts/{layout_id:uuid}": writers(303, **LABELS),
    "POST /courses/{course_id:uuid}/layouts/{layout_id:uuid}/removal": writers(303, **FORM),
    "GET /courses/{course_id:uuid}/sheet": readers(200),
    "GET /courses/{course_id:uuid}/sheet.pdf": readers(200),
    "GET /courses/{course_id:uuid}/sheet/preview.png": readers(200),
    "GET /courses/{course_id:uuid}/prints": readers(200),
    # Nothing that is drawn in the background: too much at once, done already, withdrawn already
    "POST /courses/{course_id:uuid}/prints": writers(422, data={"copies": "20001"}),
    "GET /prints/{run_id:uuid}": readers(200),
    "GET /prints/{run_id:uuid}/sheet.pdf": readers(200),
    "POST /prints/{run_id:uuid}/cancellation": writers(409, **FORM),
    "POST /prints/{run_id:uuid}/attempts": writers(409, **FORM),
    "POST /prints/{run_id:uuid}/withdrawal": writers(303, **FORM),
    "POST /prints/{run_id:uuid}/slips/{slip_id:uuid}/replacement": writers(409, **FORM),
    "POST /courses/{course_id:uuid}/sheet.pdf": writers(200, data={"reason": "It is a rehearsal"}),
    "POST /courses/{course_id:uuid}/media": writers(201, **PICTURE),
    "POST /courses/{course_id:uuid}/media/{media_id:uuid}/edits": writers(201, json={"rotate": 90}),
    "POST /courses/{course_id:uuid}/media/{media_id:uuid}/parts": writers(422, json={"others": 0}),  # it is not long
    "GET /courses/{course_id:uuid}/media/{video_id:uuid}/frames": writers(200),
    "POST /courses/{course_id:uuid}/media/{video_id:uuid}/frames": writers(201, json={"number": 0}),
    # Without the protocol's headers; tests/portal/pages/lessons/test_uploads.py has them. An upload is one person's alone.
    "POST /courses/{course_id:uuid}/uploads": writers(412, **FORM),
    "PATCH /courses/{course_id:uuid}/uploads/{upload_id:uuid}": writers(412, **FORM),
    "DELETE /courses/{course_id:uuid}/uploads/{upload_id:uuid}": writers(412, **FORM),
    "POST /courses/{course_id:uuid}/uploads/{upload_id:uuid}/media": _members(409, 404, 403, 403, FORM),
    "GET /courses/{course_id:uuid}/uploads/{upload_id:uuid}/conversion": _members(404, 404, 403, 403, {}),
    # Import and export: what was sent is its sender's alone
    "GET /courses/{course_id:uuid}/exchange": readers(200),
    "GET /courses/{course_id:uuid}/export": readers(200),
    "GET /courses/{course_id:uuid}/lessons.csv": readers(200),
    "POST /courses/{course_id:uuid}/imports": writers(303, **LIST),
    "GET /courses/import": signed_in(200),
    "POST /courses/import": signed_in(422, **LIST),
    "GET /imports/{import_id:uuid}": alices(200),
    "GET /imports/{import_id:uuid}/progress": alices(200),
    "POST /imports/{import_id:uuid}": alices(303, **FORM),
    "POST /imports/{import_id:uuid}/encoding": alices(303, data={"encoding": "utf-8"}),
    # 409: it has not been done yet
    "POST /imports/{import_id:uuid}/undo": alices(409, **FORM),
    "GET /api/v1/courses/{course_id:uuid}/export": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/lessons.csv": owners_key(200),
    "POST /api/v1/courses/{course_id:uuid}/import": owners_key(200, **LIST),
    # Lessons and links
    "GET /courses/{course_id:uuid}/calendar": readers(200),
    "POST /courses/{course_id:uuid}/calendar": writers(422, **FORM),
    "POST /courses/{course_id:uuid}/calendar/series": writers(422, **FORM),
    "GET /courses/{course_id:uuid}/copies": writers(200),
    "POST /courses/{course_id:uuid}/copies": writers(303, data={"title": "Again"}),
    "POST /courses/{course_id:uuid}/lessons/deletion": writers(409, **FORM),
    "POST /courses/{course_id:uuid}/lessons/restoration": writers(303, **FORM),
    "POST /courses/{course_id:uuid}/lessons/topics": writers(422, **FORM),
    "POST /courses/{course_id:uuid}/lessons/sections": writers(409, **FORM),
    "POST /courses/{course_id:uuid}/lessons/places": writers(409, **FORM),
    "POST /courses/{course_id:uuid}/lessons/copies": writers(409, **FORM),
    "POST /courses/{course_id:uuid}/lessons/moves": writers(422, **FORM),
    "POST /courses/{course_id:uuid}/lessons/returns": writers(422, **FORM),
    "POST /lessons/{lesson_id:uuid}/copies": writers(303, **FORM),
    "POST /lessons/{lesson_id:uuid}/template": writers(303, **FORM),
    "POST /lessons/{lesson_id:uuid}/schedule": writers(303, data={"opens_at": "", "closes_at": ""}),
    "GET /courses/{course_id:uuid}/lessons/new": writers(200),
    "POST /courses/{course_id:uuid}/lessons": writers(422, **NO_TITLE),
    "GET /lessons/{lesson_id:uuid}": readers(200),
    "GET /lessons/{lesson_id:uuid}/edit": writers(200),
    "POST /lessons/{lesson_id:uuid}": writers(422, **NO_TITLE),
    "POST /lessons/{lesson_id:uuid}/merge": writers(409, **NO_TITLE),
    "POST /courses/{course_id:uuid}/lesson-preview": writers(200, **NO_TITLE),
    "POST /lessons/{lesson_id:uuid}/deletion": writers(303, **FORM),
    "POST /lessons/{lesson_id:uuid}/restoration": writers(303, **FORM),
    "GET /lessons/{lesson_id:uuid}/history": readers(200),
    "GET /lessons/{lesson_id:uuid}/history/{number:int}": readers(200),
    "POST /lessons/{lesson_id:uuid}/restorations": writers(303, data={"number": "1", "base": "1"}),
    "GET /courses/{course_id:uuid}/trash": readers(200),
    "POST /courses/{course_id:uuid}/trash/restorations": writers(303, **FORM),
    "POST /courses/{course_id:uuid}/trash/removals": owned(303, data={"until": "2999-01-01T00:00:00+00:00"}),
    "GET /courses/{course_id:uuid}/trash/{trashed_id:uuid}": readers(200),
    "POST /courses/{course_id:uuid}/trash/{trashed_id:uuid}/removal": owned(303, **FORM),
    "GET /lessons/{lesson_id:uuid}/preview": readers(200),
    "POST /lessons/{lesson_id:uuid}/repairs": writers(303, data={"code": "white_space", "where": "body"}),
    "POST /courses/{course_id:uuid}/preflight": writers(200, **NO_TITLE),
    "POST /courses/{course_id:uuid}/preflight/repair": writers(
        200, files={"code": (None, "white_space"), "where": (None, "body")}
    ),
    "GET /lessons/{lesson_id:uuid}/rehearsal": writers(200),
    "POST /lessons/{lesson_id:uuid}/rehearsal/play": writers(303, data={"act": "stop"}),
    "POST /lessons/{lesson_id:uuid}/rehearsal": writers(303, data={"fault-xiaohongshu": "refuse"}),
    "GET /lessons/{lesson_id:uuid}/projection": readers(200),
    "GET /lessons/{lesson_id:uuid}/present": readers(200),
    "GET /lessons/{lesson_id:uuid}/scans": readers(200),
    "POST /lessons/{lesson_id:uuid}/links": writers(303, **FORM),
    "POST /links/{link_id:uuid}": writers(303, data={"opens_at": "", "expires_at": ""}),
    "POST /links/{link_id:uuid}/withdrawal": writers(303, **FORM),
    "GET /links/{link_id:uuid}/qr.svg": readers(200),
    "GET /links/{link_id:uuid}/qr.png": readers(200),
    # Accounts
    "GET /account": signed_in(200),
    "POST /account": signed_in(303, data={"name": "Other", "language": ""}),
    "POST /account/password": signed_in(422, data={"old": "wrong", "password": PASSWORD, "again": PASSWORD}),
    "GET /account/second-factor": signed_in(200),
    "POST /account/second-factor/app": signed_in(303, **FORM),
    "POST /account/second-factor/app/confirmation": signed_in(422, data={"old": "wrong", "code": "123456"}),
    "POST /account/second-factor/app/removal": signed_in(422, data={"old": "wrong", "code": "123456"}),
    # 409: there are no passkeys over http.
    "POST /account/second-factor/passkeys/challenge": signed_in(409, data={"name": "Laptop", "old": "wrong"}),
    "POST /account/second-factor/passkeys": signed_in(409, data={"name": "Laptop", "credential": "{}"}),
    "POST /account/second-factor/passkeys/{passkey_id:uuid}/name": alices(303, data={"name": "Laptop"}),
    "POST /account/second-factor/passkeys/{passkey_id:uuid}/removal": signed_in(422, data={"old": "wrong"}),
    "POST /account/second-factor/recovery-codes": signed_in(422, data={"old": "wrong"}),
    "POST /account/sessions/end": signed_in(303, **FORM),
    "POST /account/sessions/{session_id:uuid}/end": alices(303, **FORM),
    "GET /session": signed_in(200),
    "GET /sign-in/again": public(200),
    "GET /shown/{secret_id:uuid}": alices(200),
    "GET /shown/{secret_id:uuid}/text": alices(200),
    "POST /shown/{secret_id:uuid}/end": alices(303, **FORM),
    "POST /account/keys": signed_in(
        303, data={"key_name": "timetable", "key_scope": "read", "key_days": "30", "key_old": PASSWORD}
    ),
    "POST /account/keys/{key_id:uuid}/end": alices(303, **FORM),
    "GET /account/printers": signed_in(200),
    "GET /account/printers/ruler.pdf": signed_in(200),
    "POST /account/printers": signed_in(
        303, data={"name": "Office", "paper": "a4", "left": "22", "across": "163.2", "top": "20", "down": "250"}
    ),
    "POST /account/printers/{printer_id:uuid}/default": alices(303, **FORM),
    "POST /account/printers/{printer_id:uuid}/removal": alices(303, **FORM),
    "GET /people": admins(200),
    "GET /people/scans": admins(200),
    "GET /people/security": admins(200),
    "POST /people/invitations": admins(303, data={"email": "new@example.org"}),
    "POST /people/{person_id:uuid}/disable": admins(303, **FORM),
    "POST /people/{person_id:uuid}/sign-out": admins(303, **FORM),
    "POST /people/{person_id:uuid}/enable": admins(303, **FORM),
    # The management API
    "GET /api/v1/courses": keys(200),
    "POST /api/v1/courses": keys(201, json={"title": "Mine"}),
    "GET /api/v1/courses/{course_id:uuid}": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/completion": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/lessons": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/log": owners_key(200),
    "POST /api/v1/courses/{course_id:uuid}/lessons": owners_key(201, json={"type": "normal", "title": "New"}),
    "POST /api/v1/courses/{course_id:uuid}/media": owners_key(201, **PICTURE),
    "GET /api/v1/courses/{course_id:uuid}/sheet.pdf": owners_key(200),
    "GET /api/v1/courses/{course_id:uuid}/students": owners_key(200),
    "POST /api/v1/courses/{course_id:uuid}/students": owners_key(200, json=[{"number": "77", "name": "Newcomer"}]),
    "GET /api/v1/lessons/{lesson_id:uuid}": owners_key(200),
    "PATCH /api/v1/lessons/{lesson_id:uuid}": owners_key(200, json={"title": "Other"}),
    "DELETE /api/v1/lessons/{lesson_id:uuid}": owners_key(204),
    "GET /api/v1/lessons/{lesson_id:uuid}/preflight": owners_key(200),
    "GET /api/v1/lessons/{lesson_id:uuid}/links": owners_key(200),
    "POST /api/v1/lessons/{lesson_id:uuid}/links": owners_key(201, json={}),
    "DELETE /api/v1/links/{link_id:uuid}": owners_key(204),
    # The rehearsal platform, which is there only in rehearsal
    "GET /rehearsal": public(200),
    "POST /rehearsal/fault": public(303, data={"fault": "none"}),
    "GET /rehearsal/xiaohongshu/sdk.js": public(200),
    "GET /rehearsal/xiaohongshu/composer": public(404),
    "GET /rehearsal/published": public(404),
    "POST /rehearsal/publication": public(404, data={"share_code": "x"}),
    "POST /rehearsal/douyin/oauth/client_token": public(200, json={}),
    "GET /rehearsal/douyin/open/getticket": public(200),
    "POST /rehearsal/douyin/share-id": public(200),
    "GET /rehearsal/douyin/share": public(200),
    "GET /rehearsal/weibo/mobile.php": public(200),
    "GET /rehearsal/weibo/share.php": public(200),
    "GET /rehearsal/app/{slug:str}": public(200, "kuaishou"),
    "POST /rehearsal/app/{slug:str}": public(422, "kuaishou", **FORM),
    "POST /rehearsal/xiaohongshu/api/sns/v1/ext/access/token": public(200, json={}),
    "POST /rehearsal/xiaohongshu/api/sns/v1/ext/check/token": public(200, json={}),
}
