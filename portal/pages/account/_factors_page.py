"""The page of one's second factors, as each of its forms answers with it."""

from collections.abc import Sequence
from typing import Any

from litestar import Request
from litestar.di import Provide
from litestar.response import Redirect, Template
from markupsafe import Markup

from courses.errors import CourseError
from courses.people.accounts import has_password
from courses.people.authenticator_apps import app_address, secret_to_confirm
from courses.people.passkeys import NAME_MAX, passkeys_of
from courses.people.second_factors import factors_of
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.settings import Settings
from portal.web.auth import setting_up
from portal.web.browsers import browser_name
from portal.web.errors import retry_after, status_of
from portal.web.forms import no_errors
from portal.web.relying_party import relying_party
from portal.web.shown_once import show_once, still_to_keep
from print.codes import encode_setup, svg

PATH = "/account/second-factor"
#: also for those who have to set one up before anything else
SETTING_UP = {"person": Provide(setting_up)}


async def factors_page(
    request: Request[Any, Any, Any], settings: Settings, person: SignedIn, error: CourseError | None = None, **more: Any
) -> Template:
    """What there is, with what a form has made or refused."""
    secret = await secret_to_confirm(settings.keyring, person)
    address = app_address(secret, person.email, f"Lessonlink {settings.host.partition(':')[0]}") if secret else ""
    context = {
        "person": person, "factors": await factors_of(person.id), "has_password": await has_password(person),
        "asked": settings.asks_second_factor(person.admin), "done": "", "address": address,
        "to_keep": await still_to_keep(request, settings, person, PATH),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) if secret else "",
        "drawing": Markup(svg(encode_setup(address), _("QR code for your authenticator app"))) if address else "",  # noqa: S704 -- made here
        "app_errors": no_errors(), "off_errors": no_errors(), "code_errors": no_errors(),
        "passkeys": await passkeys_of(person.id), "has_passkeys": relying_party(settings) is not None,
        "site": settings.public_url, "name_max": NAME_MAX, "passkey_problem": "", "passkey_errors": no_errors(),
        "passkey_name": browser_name(request.headers.get("user-agent", "")), "changed_passkey": None,
    }  # fmt: skip
    status, headers = (status_of(error), retry_after(error)) if error else (200, None)
    return Template("account/second_factor/show.html", context=context | more, status_code=status, headers=headers)


async def show_codes(
    request: Request[Any, Any, Any],
    settings: Settings,
    person: SignedIn,
    codes: Sequence[str],
    done: str,
) -> Redirect:
    """On to recovery codes that were made, if any were; `done` is said there, or on the page."""
    if codes:
        return await show_once(request, settings, person, "codes", PATH, {"value": "\n".join(codes), "done": done})
    return Redirect(PATH, query_params={"done": done}, status_code=303)
