"""What is to go wrong in rehearsal for a whole class: chosen by platform, at the link of a lesson."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Template

from courses.errors import Conflict, Invalid, Message, NotFound
from courses.events.simulated import has_real_phones
from courses.lessons.authoring import lesson_of
from courses.lessons.links import LinkInfo, class_links
from courses.lessons.rehearsal_faults import NONE, faults_at, note_play, order_faults
from courses.lessons.values import LessonInfo
from courses.signed_in import SignedIn
from courses.students.roster import count_students, students_of
from portal.i18n import language
from portal.lessons.platform_drafts import chosen_platforms
from portal.parts import Parts
from portal.platforms import Platform
from portal.rehearsal.at_link import stood_in
from portal.rehearsal.faults import LINK_FAULTS, Fault
from portal.settings import Settings
from portal.web.forms import Form, one


@get("/lessons/{lesson_id:uuid}/rehearsal", include_in_schema=False)
async def show(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    parts: NamedDependency[SkipValidation[Parts]],
    lesson_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Template:
    """The faults of each platform that the lesson goes to."""
    lesson, link = await _place(person, settings, lesson_id)
    able = stood_in(settings)
    context: dict[str, Any] = {
        "person": person,
        "lesson": lesson,
        "link": link,
        "chosen": [platform for platform in chosen_platforms(lesson.platforms, platforms) if platform.slug in able],
        "others": [platform for platform in chosen_platforms(lesson.platforms, platforms) if platform.slug not in able],
        "faults": {slug: _words(faults) for slug, faults in LINK_FAULTS.items()},
        "ordered": await faults_at(link.id) if link else {},
        "done": done,
        "playing": parts.plays.goes_on(lesson.course),
        "students": await count_students(lesson.course),
        "real_phones": await has_real_phones(lesson.course),
    }
    return Template("sharing/rehearsing/show.html", context=context)


@post("/lessons/{lesson_id:uuid}/rehearsal", status_code=303, include_in_schema=False)
async def order(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    lesson_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect:
    """For every phone at the link, from its next tap on."""
    lesson, link = await _place(person, settings, lesson_id)
    faults = {slug: one(data, f"fault-{slug}") or NONE for slug in lesson.platforms if slug in stood_in(settings)}
    if link is None or not all(fault in LINK_FAULTS[slug] for slug, fault in faults.items()):
        raise Invalid({"fault": Message("Choose a fault of the list.")})
    await order_faults(person, lesson, link.id, faults)
    return Redirect(f"/lessons/{lesson.id}/rehearsal", query_params={"done": "ordered"}, status_code=303)


@post("/lessons/{lesson_id:uuid}/rehearsal/play", status_code=303, include_in_schema=False)
async def play(
    person: NamedDependency[SignedIn],
    parts: NamedDependency[SkipValidation[Parts]],
    lesson_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect:
    """Let simulated phones walk the lesson, or stop them. Where real phones have been only if it is marked as a rehearsal."""
    lesson, link = await _place(person, parts.settings, lesson_id)
    if one(data, "act") == "stop":
        goes_on = parts.plays.goes_on(lesson.course)
        if goes_on:
            await parts.plays.stop(lesson.course)
            await note_play(person, lesson, link.id if link else None, ended=True)
        done = "stopped" if goes_on else "not_here"
        return Redirect(f"/lessons/{lesson.id}/rehearsal", query_params={"done": done}, status_code=303)
    students = await students_of(lesson.course)
    if link is None or not students:
        raise Conflict(Message("To play a class the lesson needs a link, and the course students."))
    if one(data, "rehearsal") != "yes" and await has_real_phones(lesson.course):
        raise Conflict(
            Message("Real phones have been at this course. Tick the box if it is there for rehearsal alone.")
        )
    parts.plays.start(lesson.course, link, students)
    await note_play(person, lesson, link.id)
    return Redirect(f"/lessons/{lesson.id}/rehearsal", query_params={"done": "playing"}, status_code=303)


def _words(faults: Mapping[str, Fault]) -> dict[str, str]:
    return {name: fault.zh if language() == "zh" else fault.en for name, fault in faults.items()}


async def _place(person: SignedIn, settings: Settings, lesson_id: UUID) -> tuple[LessonInfo, LinkInfo | None]:
    lesson = await lesson_of(person, lesson_id, "write")
    if not settings.rehearsal:
        raise NotFound(Message("There is nothing at this address."))
    return lesson, (await class_links([lesson.id])).get(lesson.id)


routes = [show, order, play]
