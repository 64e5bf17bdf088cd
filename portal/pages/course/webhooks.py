"""Webhooks of a course: addresses that are told of changed rungs, and what was sent to them."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import Invalid
from courses.signed_in import SignedIn
from courses.webhooks.addresses import (
    add_webhook,
    deliveries_of,
    enable_webhook,
    remove_webhook,
    renew_secret,
    send_again,
    send_test,
    try_now,
    webhook_of,
    webhooks_of,
)
from portal.settings import Settings
from portal.web.forms import Form, errors_of, no_errors, one
from portal.web.shown_once import show_once, still_to_keep
from portal.words.rungs import rung_name

HERE = "/courses/{course_id:uuid}/webhooks"


@get(HERE, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    webhook: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Template:
    """All of them; with `webhook` what was sent to that one."""
    course = await course_of(person, course_id, "own")
    return await _page(request, settings, person, course, chosen=webhook, done=done)


@post(HERE, status_code=303, include_in_schema=False)
async def add(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Add an address, and show its secret once."""
    course = await course_of(person, course_id, "own")
    url = one(data, "url")
    try:
        _, secret = await add_webhook(person, settings.keyring, course.id, url, insecure=settings.webhook_private)
    except Invalid as error:
        return await _page(request, settings, person, course, 422, values={"url": url}, errors=errors_of(error))
    return await _show_secret(request, settings, person, course, url, secret)


@post(f"{HERE}/{{webhook_id:uuid}}/secret", status_code=303, include_in_schema=False)
async def new_secret(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    webhook_id: FromPath[UUID],
) -> Redirect:
    """Another secret, shown once."""
    course = await course_of(person, course_id, "own")
    webhook = await webhook_of(course.id, webhook_id)
    secret = await renew_secret(person, settings.keyring, course.id, webhook)
    return await _show_secret(request, settings, person, course, webhook.url, secret)


@post(f"{HERE}/{{webhook_id:uuid}}/test", status_code=303, include_in_schema=False)
async def test(person: NamedDependency[SignedIn], course_id: FromPath[UUID], webhook_id: FromPath[UUID]) -> Redirect:
    """Send something that says nothing."""
    course = await course_of(person, course_id, "own")
    await send_test(course.id, await webhook_of(course.id, webhook_id))
    return _back(course, webhook_id, "test")


@post(f"{HERE}/{{webhook_id:uuid}}/tries", status_code=303, include_in_schema=False)
async def hurry(person: NamedDependency[SignedIn], course_id: FromPath[UUID], webhook_id: FromPath[UUID]) -> Redirect:
    """Try at once all that waits after a failure."""
    course = await course_of(person, course_id, "own")
    await try_now(await webhook_of(course.id, webhook_id))
    return _back(course, webhook_id, "tried")


@post(f"{HERE}/{{webhook_id:uuid}}/state", status_code=303, include_in_schema=False)
async def switch(
    person: NamedDependency[SignedIn], course_id: FromPath[UUID], webhook_id: FromPath[UUID], data: URLEncodedBody[Form]
) -> Redirect:
    """Stop it, or go on with it."""
    course = await course_of(person, course_id, "own")
    enabled = one(data, "enabled") == "1"
    await enable_webhook(person, course.id, await webhook_of(course.id, webhook_id), enabled)
    return _back(course, webhook_id, "on" if enabled else "off")


@post(f"{HERE}/{{webhook_id:uuid}}/removal", status_code=303, include_in_schema=False)
async def remove(person: NamedDependency[SignedIn], course_id: FromPath[UUID], webhook_id: FromPath[UUID]) -> Redirect:
    """With all that was sent to it."""
    course = await course_of(person, course_id, "own")
    await remove_webhook(person, course.id, await webhook_of(course.id, webhook_id))
    return Redirect(f"/courses/{course.id}/webhooks?done=removed", status_code=303)


@post(f"{HERE}/{{webhook_id:uuid}}/deliveries/{{delivery_id:uuid}}/repeat", status_code=303, include_in_schema=False)
async def repeat(
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    webhook_id: FromPath[UUID],
    delivery_id: FromPath[UUID],
) -> Redirect:
    """Try a message once more."""
    course = await course_of(person, course_id, "own")
    await send_again(await webhook_of(course.id, webhook_id), delivery_id)
    return _back(course, webhook_id, "again")


async def _show_secret(
    request: Request[Any, Any, Any], settings: Settings, person: SignedIn, course: CourseInfo, url: str, secret: str
) -> Redirect:
    content = {"url": url, "value": secret}
    return await show_once(request, settings, person, "webhook", f"/courses/{course.id}/webhooks", content)


def _back(course: CourseInfo, webhook: UUID, done: str) -> Redirect:
    return Redirect(f"/courses/{course.id}/webhooks?webhook={webhook}&done={done}", status_code=303)


async def _page(
    request: Request[Any, Any, Any],
    settings: Settings,
    person: SignedIn,
    course: CourseInfo,
    status: int = 200,
    chosen: str = "",
    **more: Any,
) -> Template:
    found = await webhooks_of(course.id)
    shown = next((each for each in found if str(each.id) == chosen), found[0] if len(found) == 1 else None)
    context = {
        "person": person, "course": course, "webhooks": found, "shown": shown, "done": "",
        "to_keep": await still_to_keep(request, settings, person, f"/courses/{course.id}/webhooks"),
        "deliveries": await deliveries_of(shown.id) if shown else [], "values": {}, "errors": no_errors(),
        "rung_name": rung_name,
    }  # fmt: skip
    return Template("course/webhooks/show.html", context=context | more, status_code=status)


routes: list[ControllerRouterHandler] = [show, add, new_secret, test, hurry, switch, remove, repeat]
