"""What is shown once: a page of its own that can be opened again, in this browser, until one says that it is kept."""

from typing import Any
from uuid import UUID

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from courses.catalogue.courses import course_of
from courses.people.shown_secrets import Shown, leave_secret, shown_secret
from courses.signed_in import SignedIn
from courses.students.roster import students_of
from portal.pages.account._factors_page import SETTING_UP
from portal.settings import Settings
from portal.web.apart import page_apart
from portal.web.auth import session_secret
from portal.web.downloads import disposition

HERE = "/shown/{secret_id:uuid}"
#: names of files
NAMES = {
    "key": "api-key", "invitation": "invitation", "membership": "invitation", "webhook": "webhook-secret", "pins": "pins",
    "codes": "recovery-codes",
}  # fmt: skip


@get(HERE, dependencies=SETTING_UP, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    secret_id: FromPath[UUID],
) -> Response[bytes]:
    """It, and what to do with it."""
    shown = await shown_secret(person, session_secret(request, settings) or "", secret_id)

    async def page() -> Template:
        context = {"person": person, "shown": shown, "given": await _given(person, shown)}
        return Template("account/shown/show.html", context=context)

    return await page_apart(request, page)


@get(f"{HERE}/text", dependencies=SETTING_UP, include_in_schema=False)
async def download(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    secret_id: FromPath[UUID],
) -> Response[str]:
    """The same as a text file."""
    shown = await shown_secret(person, session_secret(request, settings) or "", secret_id)
    pins = "\n".join("\t".join(line) for line in await _given(person, shown))
    name = disposition(NAMES[shown.kind], "txt", fallback=NAMES[shown.kind])
    return Response(
        f"{pins or shown.content['value']}\n", media_type=MediaType.TEXT, headers={"content-disposition": name}
    )


@post(f"{HERE}/end", status_code=303, dependencies=SETTING_UP, include_in_schema=False)
async def leave(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    secret_id: FromPath[UUID],
) -> Redirect:
    """It is kept: shown no more, and back to where it was made."""
    return Redirect(await leave_secret(person, session_secret(request, settings) or "", secret_id), status_code=303)


async def _given(person: SignedIn, shown: Shown) -> list[tuple[str, str, str]]:
    """Number, name and PIN of each student who is still on the list; of nothing but PINs. Raises NotFound, NotAllowed."""
    if shown.kind != "pins":
        return []
    course = await course_of(person, UUID(shown.content["course"]), "write")
    pins = shown.content["pins"]
    return [
        (student.number, student.name, f"{pin[:3]} {pin[3:]}")
        for student in await students_of(course.id)
        if (pin := pins.get(str(student.id)))
    ]


routes = [show, download, leave]
