"""A course's logo: given, replaced and taken away on the course's settings."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler
from obstore.store import ObjectStore

from courses.catalogue.courses import course_of
from courses.catalogue.logos import set_logo
from courses.errors import Invalid, MediaRefused, Message
from courses.signed_in import SignedIn
from portal.media.intake import UPLOAD_LIMIT, store_upload
from portal.pages.course._settings import settings_page
from portal.web.errors import retry_after, status_of
from portal.web.forms import errors_at, errors_of
from portal.web.multipart import multipart_form
from portal.workers.pool import NOT_NOW


@post("/courses/{course_id:uuid}/logo", status_code=303, request_max_body_size=UPLOAD_LIMIT, include_in_schema=False)
async def give(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
) -> Redirect | Template:
    """Take a picture as the logo; what cannot be one is said beside the form."""
    course = await course_of(person, course_id, "own")
    try:
        async with multipart_form(request) as (_, uploads):
            if len(uploads) != 1:
                raise Invalid({"logo": Message("Choose a picture.")})
            file = uploads[0]
            info, poster = await store_upload(store, course.id, file.name, file.type, file.path)
        if poster is not None:
            raise Invalid({"logo": Message("A logo is a picture, not a video.")})
    except MediaRefused as error:
        return await settings_page(person, course, errors=errors_of(Invalid({"logo": error.message})))
    except Invalid as error:
        return await settings_page(person, course, errors=errors_of(error))
    except NOT_NOW as error:
        page = await settings_page(person, course, errors=errors_at("logo", error), status=status_of(error))
        page.headers.update(retry_after(error))
        return page
    await set_logo(person, course, info.id)
    return Redirect(f"/courses/{course.id}/edit", query_params={"done": "logo"}, status_code=303)


@post("/courses/{course_id:uuid}/logo/removal", status_code=303, include_in_schema=False)
async def remove(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> Redirect:
    """Print slips without one again."""
    course = await course_of(person, course_id, "own")
    await set_logo(person, course, None)
    return Redirect(f"/courses/{course.id}/edit", query_params={"done": "saved"}, status_code=303)


routes: list[ControllerRouterHandler] = [give, remove]
