"""Out of this browser: its cookie, and what it has kept of who was signed in."""

from typing import Any

from litestar import Request
from litestar.response import Redirect

from portal.settings import Settings
from portal.student.phone import phones
from portal.web.auth import SESSION
from portal.web.security import private_cookie


def signed_out(request: Request[Any, Any, Any], settings: Settings) -> Redirect:
    """To the sign-in; the session has ended on the server."""
    answer = Redirect("/sign-in", query_params={"done": "out"}, status_code=303)
    answer.set_cookie(private_cookie(SESSION, "", settings, max_age=0))
    # Of a student's phone the reports that could not be sent yet are kept; what was written on it goes with the next person.
    answer.headers["Clear-Site-Data"] = '"cache"' if phones(request, settings) else '"cache", "storage"'
    return answer
