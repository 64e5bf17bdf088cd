"""The lessons of a course: list, delete, undo, preview."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

from courses.authoring import LessonInfo, delete_lesson, lesson_of, lessons_of
from courses.catalogue import course_of
from courses.clock import now
from courses.completion import rung_counts
from courses.errors import NotFound
from courses.links import LinkInfo, class_links
from courses.people import SignedIn
from portal.drafts import chosen_platforms, draft_of
from portal.markdown import plain_text
from portal.platforms import Platform
from portal.preflight.reports import report
from portal.settings import Settings
from portal.share_urls import share_url_lower

SNIPPET = 80


@dataclass(frozen=True)
class Row:
    """A lesson in the list; `url` is its link's, or "" while no link of it is live."""

    lesson: LessonInfo
    snippet: str
    counts: Counter[str]
    url: str
    state: str


@get("/courses/{course_id:uuid}", include_in_schema=False)
async def index(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    done: FromQuery[str] = "",
    lesson: FromQuery[str] = "",
) -> Template:
    """The list; `done` and `lesson` say what a notice is about."""
    course = await course_of(person, course_id)
    lessons = await lessons_of(course.id)
    links = await class_links([each.id for each in lessons])
    counts = await rung_counts(course.id)
    context = {
        "person": person,
        "course": course,
        "rows": [_row(settings, each, links.get(each.id), counts.get(each.id, Counter())) for each in lessons],
        "done": done,
        "about": await _mine(person, lesson) if done in ("deleted", "restored") else None,
    }
    return Template("lessons/index.html", context=context)


def _row(settings: Settings, lesson: LessonInfo, link: LinkInfo | None, counts: Counter[str]) -> Row:
    state = link.state(now()) if link else "none"
    live = link is not None and state in ("open", "waiting")
    return Row(lesson, _snippet(lesson.body), counts, share_url_lower(settings, link) if live and link else "", state)


def _snippet(body: str) -> str:
    """The beginning of the text on one line."""
    text = " ".join(plain_text(body).split())
    return text if len(text) <= SNIPPET else text[:SNIPPET].rstrip() + "…"


async def _mine(person: SignedIn, lesson: str) -> LessonInfo | None:
    try:
        return await lesson_of(person, UUID(lesson), deleted=True)
    except (ValueError, NotFound):
        return None


@post("/lessons/{lesson_id:uuid}/deletion", status_code=303, include_in_schema=False)
async def delete(person: NamedDependency[SignedIn], lesson_id: FromPath[UUID]) -> Redirect:
    """Into the trash; the notice offers to undo it."""
    lesson = await lesson_of(person, lesson_id, "write", deleted=True)
    await delete_lesson(person, lesson)
    return Redirect(
        f"/courses/{lesson.course}", query_params={"done": "deleted", "lesson": str(lesson.id)}, status_code=303
    )


@post("/lessons/{lesson_id:uuid}/restoration", status_code=303, include_in_schema=False)
async def restore(person: NamedDependency[SignedIn], lesson_id: FromPath[UUID]) -> Redirect:
    """Back from the trash, with its links."""
    lesson = await lesson_of(person, lesson_id, "write", deleted=True)
    await delete_lesson(person, lesson, deleted=False)
    return Redirect(
        f"/courses/{lesson.course}", query_params={"done": "restored", "lesson": str(lesson.id)}, status_code=303
    )


@get("/lessons/{lesson_id:uuid}/preview", include_in_schema=False)
async def preview(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    lesson_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Template:
    """What a student will see, what will be published, and what each platform would say to it."""
    lesson = await lesson_of(person, lesson_id)
    course = await course_of(person, lesson.course)
    draft = draft_of(lesson, settings)
    context = {
        "person": person,
        "lesson": lesson,
        "draft": draft,
        "reports": [report(draft, platform) for platform in chosen_platforms(lesson, platforms)],
        "repairs": f"/lessons/{lesson.id}/repairs" if course.may("write") else None,
        "done": done,
    }
    return Template("lessons/preview.html", context=context)


routes = [index, delete, restore, preview]
