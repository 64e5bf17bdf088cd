"""A lesson's code for the projector, and how many have scanned it."""

from typing import Any
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from courses.clock import now
from courses.lessons.authoring import lesson_of
from courses.lessons.done_counts import tallies
from courses.lessons.links import LinkInfo, class_links
from courses.lessons.values import LessonInfo
from courses.results.completion import reached, unnamed_phones
from courses.signed_in import SignedIn
from portal.settings import Settings
from portal.sharing.addresses import only_here, typed_address
from portal.sharing.projection import projection


@get("/lessons/{lesson_id:uuid}/present", include_in_schema=False)
async def show(
    person: NamedDependency[SignedIn], settings: NamedDependency[Settings], lesson_id: FromPath[UUID]
) -> Template | Redirect:
    """As large as the screen allows; without a live link back to the lesson's page, which says so."""
    lesson = await lesson_of(person, lesson_id)
    link = (await class_links([lesson.id])).get(lesson.id)
    if link is None or link.state(now()) == "expired":
        return Redirect(f"/lessons/{lesson.id}", status_code=303)
    context = {
        "person": person,
        "lesson": lesson,
        "code": projection(settings, lesson, link, now()),
        "address": typed_address(settings),
        "only_here": only_here(settings),
        "scans": await _counted(lesson, link),
    }
    return Template("sharing/present/show.html", context=context)


@get("/lessons/{lesson_id:uuid}/scans", include_in_schema=False)
async def scans(watcher: NamedDependency[SignedIn], lesson_id: FromPath[UUID]) -> dict[str, Any]:
    """`{scanned, enrolled, unnamed, state}` for the page above; `state` is that of the class link that counts, or "none"."""
    lesson = await lesson_of(watcher, lesson_id)
    return await _counted(lesson, (await class_links([lesson.id])).get(lesson.id))


async def _counted(lesson: LessonInfo, link: LinkInfo | None) -> dict[str, Any]:
    tally = (await tallies(lesson.course, {lesson.id: lesson.done_rule}))[lesson.id]
    return {
        "scanned": reached(tally.rungs, "scanned"),
        "enrolled": tally.enrolled,
        "unnamed": await unnamed_phones(lesson.id),
        "state": link.state(now()) if link else "none",
        "code": link.code if link else "",
    }


routes = [show, scans]
