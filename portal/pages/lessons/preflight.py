"""The preflight in the editor and in the preview: what platforms would say, and the repairs of one click."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect
from obstore.store import ObjectStore

from courses.catalogue.courses import course_of
from courses.lessons.authoring import edit_lesson, lesson_of
from courses.lessons.values import LessonDraft, LessonInfo
from courses.media.library import media_of
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.lessons.fields import LessonFields, fields_of, read_fields, split_topics
from portal.lessons.platform_drafts import chosen_platforms, draft_typed
from portal.media.answers import media_told
from portal.platforms import Platform
from portal.preflight.picture_repairs import CODES, fitting_copy, picture_at, replaced, room_for
from portal.preflight.repairs import repair
from portal.preflight.verdicts import Verdict, finding_json, lengths, verdict
from portal.settings import Settings
from portal.web.forms import Form, one
from portal.web.fragments import template_of
from portal.web.multipart import multipart_form
from portal.workers.threads import in_thread

PARTIAL = "lessons/editor/_preflight.html"


@post("/courses/{course_id:uuid}/preflight", status_code=200, include_in_schema=False)
async def check_typed(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    course_id: FromPath[UUID],
) -> dict[str, Any]:
    """The lesson form as it is being typed; nothing is saved."""
    course = await course_of(person, course_id, "write")
    fields = await _sent(request)
    known = await media_of(course.id, fields.media)

    def checked() -> list[Verdict]:
        draft = draft_typed(_shown(fields), known, settings)
        return [verdict(draft, platform) for platform in chosen_platforms(fields.platforms, platforms)]

    # In a thread: a text of 20,000 characters takes 70 ms, and students scan meanwhile.
    return await in_thread(lambda: _answer(request, checked()))


async def _sent(request: Request[Any, Any, Any]) -> LessonFields:
    """Files that come with the form are let go: they are uploaded by themselves."""
    async with multipart_form(request) as (form, __):
        return read_fields(form)


def _shown(fields: LessonFields) -> LessonDraft:
    """All that the form holds, also what a lesson of this kind would not keep."""
    topics = tuple(dict.fromkeys(split_topics(fields.topics)))
    return LessonDraft(
        fields.kind, fields.title, fields.body, topics, fields.platforms, fields.kept, fields.video, fields.chosen_cover,
        fields.alts, fields.declarations, fields.done,
    )  # fmt: skip


def _answer(request: Request[Any, Any, Any], verdicts: list[Verdict]) -> dict[str, Any]:
    """For programs, and for people to see (`html`) and to hear (`said`)."""
    template = template_of(request, PARTIAL)
    findings = [finding_json(finding) | {"platform": each.slug} for each in verdicts for finding in each.findings]
    return {
        "findings": findings,
        "said": ngettext("%(num)s thing to look at", "%(num)s things to look at", len(findings))
        % {"num": len(findings)},
        "lengths": {each.slug: lengths(each) for each in verdicts},
        "html": template.render({"verdicts": verdicts, "repairs": None, "heading": _("Check against the platforms")}),
    }


@post("/courses/{course_id:uuid}/preflight/repair", status_code=200, include_in_schema=False)
async def repair_typed(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    platforms: NamedDependency[dict[str, Platform]],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
) -> dict[str, Any]:
    """What changes in the form: its text fields, and pictures that others take the place of. Nothing is saved."""
    course = await course_of(person, course_id, "write")
    async with multipart_form(request) as (form, __):
        fields, code, where = read_fields(form), one(form, "code"), one(form, "where")
    if code in CODES:
        old = picture_at(fields, where)
        new = await fitting_copy(store, course.id, old, room_for(chosen_platforms(fields.platforms, platforms)))
        return _mended({}, [{"old": str(old), "new": media_told(settings, new)}])
    mended = await in_thread(repair, fields, code, where)
    names = ("title", "body", "topics")
    changed = {name: getattr(mended, name) for name in names if getattr(mended, name) != getattr(fields, name)}
    return _mended(changed, [])


def _mended(fields: dict[str, str], replaced: list[dict[str, Any]]) -> dict[str, Any]:
    return {"fields": fields, "replaced": replaced, "done": _("Repaired."), "undo": _("Undo")}


@post("/lessons/{lesson_id:uuid}/repairs", status_code=303, include_in_schema=False)
async def repair_saved(
    person: NamedDependency[SignedIn],
    platforms: NamedDependency[dict[str, Platform]],
    store: NamedDependency[SkipValidation[ObjectStore]],
    lesson_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect:
    """Mend the lesson as it is saved; its history keeps what it was."""
    lesson = await lesson_of(person, lesson_id, "write")
    fields, code, where = fields_of(lesson), one(data, "code"), one(data, "where")
    if code in CODES:
        old = picture_at(fields, where)
        new = await fitting_copy(store, lesson.course, old, room_for(chosen_platforms(lesson.platforms, platforms)))
        mended = replaced(fields, old, new.id)
    else:
        mended = await in_thread(repair, fields, code, where)
    await edit_lesson(person, lesson, _with(lesson, fields, mended), base=lesson.version, note="repaired")
    return Redirect(f"/lessons/{lesson.id}/preview", query_params={"done": "repaired"}, status_code=303)


def _with(lesson: LessonInfo, before: LessonFields, after: LessonFields) -> LessonDraft:
    """The lesson's content with what a repair has changed, and nothing else of it."""
    return replace(
        lesson.draft,
        title=after.title,
        body=after.body,
        topics=lesson.topics if after.topics == before.topics else tuple(split_topics(after.topics)),
        pictures=after.pictures,
        cover=after.chosen_cover,
        alts=after.alts,
    )


routes = [check_typed, repair_typed, repair_saved]
