"""What a request may bring before anything of it is parsed: somebody who was let in, and a bounded form."""

from typing import Any

from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException

from portal.web.auth import setting_up
from portal.web.typed import read_number

#: bytes of a form that needs no account, for `request_max_body_size`, and of one with a pasted text: 7,000 Chinese letters
#: as browsers send them
FORM_LIMIT, TEXT_FORM_LIMIT = 16 << 10, 64 << 10
#: fields of a form: of somebody without an account, and of one who chooses students and lessons
FIELDS, CHOSEN = 100, 12_000
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
        request.scope["user"] = await setting_up(request, request.app.state.settings)
    if request.content_type[0] != RequestEncodingType.URL_ENCODED:
        return
    length = read_number(request.headers.get("content-length", ""))
    if length is None or length > CODED:
        raise HTTPException(status_code=413)
    if request.route_handler.parsed_data_field:
        fields = (await request.body()).count(b"&") + 1
        if fields > (CHOSEN if account else FIELDS):
            raise HTTPException(status_code=413)
