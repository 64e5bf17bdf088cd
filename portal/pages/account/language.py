"""Choose between Chinese and English."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from courses.people.accounts import set_language
from portal.i18n import LANGUAGES, language_cookie
from portal.settings import Settings
from portal.web.auth import maybe_person
from portal.web.bodies import FORM_LIMIT
from portal.web.forms import Form, one
from portal.web.security import local_path


@post("/language", status_code=303, request_max_body_size=FORM_LIMIT, include_in_schema=False)
async def choose(
    request: Request[Any, Any, Any], data: URLEncodedBody[Form], settings: NamedDependency[Settings]
) -> Redirect:
    """Back to the page it was chosen on."""
    referrer = request.headers.get("referer", "")
    path = referrer.removeprefix(f"{request.url.scheme}://{request.headers.get('host', '')}")
    answer = Redirect(local_path(path, "/courses"), status_code=303)
    name = one(data, "language")
    if name in LANGUAGES:
        answer.set_cookie(language_cookie(name, settings.https))
        person = await maybe_person(request, settings)
        if person is not None:
            await set_language(person, name)
    return answer


routes = [choose]
