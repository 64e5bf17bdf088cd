"""The first page of the sign-in, as each way in answers with it."""

from datetime import timedelta
from typing import Any

from litestar.response import Template

from portal.settings import Settings
from portal.web.relying_party import relying_party

#: failures from one network before it must wait; a school may be one address
NETWORK_LIMIT, WINDOW = 300, timedelta(minutes=15)


def sign_in_page(
    settings: Settings, target: str, status_code: int = 200, headers: dict[str, str] | None = None, **more: Any
) -> Template:
    """`target` is where they want to go."""
    context = {
        "next": target, "values": {}, "problem": "", "done": "",
        "has_passkeys": relying_party(settings) is not None, "site": settings.public_url,
    }  # fmt: skip
    return Template("account/sign_in/show.html", context=context | more, status_code=status_code, headers=headers)
