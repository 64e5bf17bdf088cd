"""Write and change a lesson: a form for people, the same addresses with JSON for the editor's own saving."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, SkipValidation
from litestar.response import Redirect, Template
from obstore.store import ObjectStore

from courses.catalogue.courses import CourseInfo, course_of
from courses.disk import is_full
from courses.errors import Busy, EditConflict, Invalid
from courses.lessons.authoring import checked_draft, edit_lesson, lesson_of
from courses.lessons.listing import templates_of, topics_of
from courses.lessons.values import LessonDraft, LessonInfo
from courses.media.conversions import conversions_of
from courses.media.library import media_of
from courses.signed_in import SignedIn
from portal.lessons.conflict import conflict_answer
from portal.lessons.fields import LessonFields, draft_from, fields_of, read_fields
from portal.lessons.files import FileProblem, keep_uploads
from portal.lessons.form_acts import Acted, act, act_of
from portal.lessons.saving import create_once, restored, saved_answer
from portal.lessons.splitting import Split
from portal.media.intake import UPLOAD_LIMIT
from portal.parts import Parts
from portal.platforms import Platform
from portal.web.errors import wants_json
from portal.web.forms import errors_of, no_errors, one
from portal.web.multipart import multipart_form
from portal.words.declarations import DECLARATIONS


@dataclass(frozen=True)
class Sent:
    """The form as it came; `autosave` was nobody's click, `restore` is to be shown and not saved.

    `waits` where a video came that needs conversion, `acted` is what a button made of it that saves nothing.
    """

    fields: LessonFields
    problems: list[FileProblem]
    autosave: bool
    restore: bool
    waits: bool
    acted: Acted | None


@get("/courses/{course_id:uuid}/lessons/new", include_in_schema=False)
async def new(
    person: NamedDependency[SignedIn], platforms: NamedDependency[dict[str, Platform]], course_id: FromPath[UUID]
) -> Template:
    """The empty form."""
    return await _page(person, platforms, await course_of(person, course_id, "write"), None, LessonFields())


@post(
    "/courses/{course_id:uuid}/lessons",
    status_code=303,
    request_max_body_size=UPLOAD_LIMIT,
    include_in_schema=False,
)
async def create(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    platforms: NamedDependency[dict[str, Platform]],
    store: NamedDependency[SkipValidation[ObjectStore]],
    parts: NamedDependency[SkipValidation[Parts]],
    course_id: FromPath[UUID],
) -> Redirect | Template | Response[Any]:
    """Make a lesson with its link; or give the form back with all that was in it."""
    course = await course_of(person, course_id, "write")
    sent = await _received(request, person, course.id, store)
    if sent.waits:
        parts.conversion_queued.set()
    if sent.restore:
        lesson, fields = await restored(person, course.id, None, sent.fields)
        return await _page(person, platforms, course, lesson, fields, restore=True)
    if sent.acted:
        return await _acted_page(person, platforms, course, None, sent, sent.acted)
    draft, refusal = await _checked(request, course.id, sent)
    if draft is None:
        return await _page(person, platforms, course, None, sent.fields, refusal, sent.problems)
    try:
        made, version = await create_once(person, course.id, draft, sent.fields.save)
    except Exception as error:
        if wants_json(request) or not is_full(error):
            raise
        return await _page(person, platforms, course, None, sent.fields, no_room=True)
    if wants_json(request):
        return saved_answer(made, version)
    return _saved(made, sent, "created")


@get("/lessons/{lesson_id:uuid}/edit", include_in_schema=False)
async def edit(
    person: NamedDependency[SignedIn],
    platforms: NamedDependency[dict[str, Platform]],
    lesson_id: FromPath[UUID],
    done: FromQuery[str] = "",
) -> Template:
    """The form with the lesson in it; `done` says what a notice is about."""
    lesson = await lesson_of(person, lesson_id, "write")
    course = await course_of(person, lesson.course, "write")
    return await _page(person, platforms, course, lesson, fields_of(lesson), done=done)


@post("/lessons/{lesson_id:uuid}", status_code=303, request_max_body_size=UPLOAD_LIMIT, include_in_schema=False)
async def update(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    platforms: NamedDependency[dict[str, Platform]],
    store: NamedDependency[SkipValidation[ObjectStore]],
    parts: NamedDependency[SkipValidation[Parts]],
    lesson_id: FromPath[UUID],
) -> Redirect | Template | Response[Any]:
    """Change a lesson; its links and printed codes stay good. What somebody else saved meanwhile is not overwritten."""
    lesson = await lesson_of(person, lesson_id, "write")
    course = await course_of(person, lesson.course, "write")
    sent = await _received(request, person, course.id, store)
    if sent.waits:
        parts.conversion_queued.set()
    if sent.restore:
        _, fields = await restored(person, course.id, lesson, sent.fields)
        return await _page(person, platforms, course, lesson, fields, restore=True)
    if sent.acted:
        return await _acted_page(person, platforms, course, lesson, sent, sent.acted)
    draft, refusal = await _checked(request, course.id, sent)
    if draft is None:
        return await _page(person, platforms, course, lesson, sent.fields, refusal, sent.problems)
    base, save, note = sent.fields.base, sent.fields.save, "autosave" if sent.autosave else "saved"
    try:
        version = await edit_lesson(person, lesson, draft, base=base, save=save, note=note)
    except EditConflict as conflict:
        return await conflict_answer(request, person, lesson, draft, base, conflict)
    except Exception as error:
        if wants_json(request) or not is_full(error):
            raise
        return await _page(person, platforms, course, lesson, sent.fields, no_room=True)
    if wants_json(request):
        return saved_answer(lesson.id, version)
    return _saved(lesson.id, sent, "saved")


def _saved(lesson: UUID, sent: Sent, done: str) -> Redirect:
    """On to the lesson's page; back to the form where a video is still on its way."""
    if sent.waits:
        return Redirect(f"/lessons/{lesson}/edit", query_params={"done": "converting"}, status_code=303)
    return Redirect(f"/lessons/{lesson}", query_params={"done": done}, status_code=303)


async def _received(request: Request[Any, Any, Any], person: SignedIn, course_id: UUID, store: ObjectStore) -> Sent:
    async with multipart_form(request, texts_anyway=True) as (form, uploads):
        fields, problems, waits = await keep_uploads(read_fields(form), uploads, person, course_id, store)
    pressed = act_of(form)
    acted = await act(store, person, course_id, fields, *pressed) if pressed else None
    return Sent(fields, problems, bool(one(form, "autosave")), bool(one(form, "restore")), waits, acted)


async def _checked(
    request: Request[Any, Any, Any], course_id: UUID, sent: Sent
) -> tuple[LessonDraft | None, Invalid | None]:
    """The draft; or none, and what is wrong with the texts. Programs get that as an error: raises Invalid."""
    try:
        draft = await checked_draft(course_id, draft_from(sent.fields))
    except Invalid as error:
        if wants_json(request):
            raise
        return None, error
    return (None if sent.problems else draft), None


async def _acted_page(
    person: SignedIn,
    platforms: dict[str, Platform],
    course: CourseInfo,
    lesson: LessonInfo | None,
    sent: Sent,
    acted: Acted,
) -> Template:
    """The form with what the button did, not saved yet."""
    return await _page(
        person, platforms, course, lesson, acted.fields, acted.error, sent.problems, restore=True, split=acted.split,
        later=acted.later,
    )  # fmt: skip


async def _page(
    person: SignedIn,
    platforms: dict[str, Platform],
    course: CourseInfo,
    lesson: LessonInfo | None,
    fields: LessonFields,
    error: Invalid | None = None,
    problems: list[FileProblem] | None = None,
    *,
    restore: bool = False,
    no_room: bool = False,
    later: bool = False,
    done: str = "",
    split: Split | None = None,
) -> Template:
    later = later or any(problem.later for problem in problems or ())
    known = await media_of(course.id, fields.media)
    context = {
        "person": person,
        "course": course,
        "lesson": lesson,
        "fields": fields,
        "pictures": [known[identity] for identity in fields.pictures if identity in known],
        "cover": known.get(fields.cover) if fields.cover else None,
        "video": known.get(fields.video) if fields.video else None,
        "poster": known.get(fields.poster) if fields.poster else None,
        "values": {"title": fields.title, "body": fields.body, "topics": fields.topics},
        "errors": errors_of(error) if error else no_errors(),
        "problems": problems or [],
        "platforms": platforms,
        "declarations": DECLARATIONS,
        "topics": await topics_of(course.id),
        "templates": await templates_of(course.id) if lesson is None else {},
        "restore": restore,
        "no_room": no_room,
        "done": done,
        "split": split,
        "conversions": await conversions_of(person, course.id),
    }
    status = 507 if no_room else 503 if later else 422 if error or problems else 200
    headers = {"Retry-After": str(Busy.retry_after)} if later else None
    return Template("lessons/editor/form.html", context=context, status_code=status, headers=headers)


routes = [new, create, edit, update]
