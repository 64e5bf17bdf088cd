"""From a form that makes a secret to the page that shows it, and back there until it is left on purpose."""

from typing import Any

from litestar import Request
from litestar.response import Redirect

from courses.people.shown_secrets import Waiting, keep_to_show, waiting_secrets
from courses.signed_in import SignedIn
from portal.settings import Settings
from portal.web.auth import session_secret


async def show_once(
    request: Request[Any, Any, Any], settings: Settings, person: SignedIn, kind: str, back: str, content: Any
) -> Redirect:
    """On to the page of it; `back` is the path of the page that it was made on, and `kind` has a template there."""
    secret = await keep_to_show(person, session_secret(request, settings) or "", kind, back, content)
    return Redirect(f"/shown/{secret}", status_code=303)


async def still_to_keep(
    request: Request[Any, Any, Any], settings: Settings, person: SignedIn, back: str
) -> list[Waiting]:
    """What was made on this page in this browser, and not left yet."""
    return await waiting_secrets(person, session_secret(request, settings) or "", back)
