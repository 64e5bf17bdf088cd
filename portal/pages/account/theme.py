"""Choose between light and dark."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from portal.settings import Settings
from portal.web.bodies import FORM_LIMIT
from portal.web.forms import Form, one
from portal.web.security import local_path
from portal.web.theme import theme_cookie


@post("/theme", status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def choose(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], settings: NamedDependency[Settings]
) -> Redirect:
    """Back to the page it was chosen on; any other word than light or dark is the system's."""
    referrer = request.headers.get("referer", "")
    path = referrer.removeprefix(f"{request.url.scheme}://{request.headers.get('host', '')}")
    answer = Redirect(local_path(path, "/courses"), status_code=303)
    answer.set_cookie(theme_cookie(one(data, "theme"), settings.https))
    return answer


routes = [choose]
