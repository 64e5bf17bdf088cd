"""What a request may bring before anything of it is parsed: somebody who was let in, and a bounded form."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException

from courses.errors import SignInNeeded
from portal.web.auth import setting_up
from portal.web.typed import read_number

#: bytes of a form that needs no account, for `request_max_body_size`, and of one with a pasted text: 7,000 Chinese letters
#: as browsers send them
FORM_LIMIT, TEXT_FORM_LIMIT = 16 << 10, 64 << 10
#: fields of a form: of somebody without an account, and of one who chooses students and lessons
FIELDS, CHOSEN = 100, 12_000
#: ends of the names of fields that hold passwords and codes
SECRET = ("password", "old", "again", "code", "credential", "pin")
#: bytes of a form without parts: it is decoded at once
CODED = 1 << 20


def needs_account(request: Request[Any, Any, Any]) -> bool:
    """Whether the handler asks who is signed in."""
    return "person" in request.route_handler.parsed_fn_signature.parameters


async def check_form(request: Request[Any, Any, Any]) -> None:
    """Before a handler's form or JSON is read. Raises SignInNeeded, HTTPException (413)."""
    if request.method in ("GET", "HEAD"):
        return
    account = needs_account(request)
    if account:
        try:
            request.scope["user"] = await setting_up(request, request.app.state.settings)
        except SignInNeeded:
            request.state.unsent = await _unsent(request)
            raise
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        return
    length = read_number(request.headers.get("content-length", ""))
    if length is None or length > CODED:
        raise HTTPException(status_code=413)
    if request.route_handler.parsed_data_field:
        fields = (await request.body()).count(b"&") + 1
        if fields > (CHOSEN if account else FIELDS):
            raise HTTPException(status_code=413)


async def _unsent(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """What a short form of somebody who is not signed in any more held, to be sent again: all but passwords and codes."""
    length = read_number(request.headers.get("content-length", ""))
    coded = request.content_type[0] == RequestEncodingType.URL_ENCODED
    if not coded or length is None or length > TEXT_FORM_LIMIT:
        return []
    body = await request.body()
    if body.count(b"&") >= FIELDS:
        return []
    fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return [(name, text) for name, text in fields if not name.endswith(SECRET)]
