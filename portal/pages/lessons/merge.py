"""Decide between two versions of a lesson, and save what was decided on top of both."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from courses.errors import Conflict, EditConflict, Message
from courses.lessons.authoring import checked_draft, lesson_of, merge_lesson
from courses.lessons.revisions import revision_of
from courses.signed_in import SignedIn
from portal.lessons.conflict import CHOICES, TEXTS, chosen, compare, conflict_page
from portal.lessons.fields import draft_from, read_fields
from portal.web.forms import one
from portal.web.multipart import multipart_form
from portal.web.typed import read_number


@post("/lessons/{lesson_id:uuid}/merge", status_code=303, include_in_schema=False)
async def merge(
    request: Request[Any, Any, Any], person: NamedDependency[SignedIn], lesson_id: FromPath[UUID]
) -> Redirect | Template:
    """The form holds one's own version, the number of the other (`theirs`), and a choice for each field that differs."""
    lesson = await lesson_of(person, lesson_id, "write")
    async with multipart_form(request) as (form, _):
        fields = read_fields(form)
    number = read_number(one(form, "theirs"))
    if number is None:
        raise Conflict(Message("Open the lesson again: this page does not say which version it was about."))
    theirs = await revision_of(lesson.id, number)
    mine = await checked_draft(lesson.course, draft_from(fields))
    choices = {name: one(form, f"choose_{name}") for name in (each.name for each in compare(None, theirs.draft, mine))}
    if any(choice not in CHOICES for choice in choices.values()):
        return await conflict_page(person, lesson, theirs, mine, fields.base, choices)
    texts = {name: one(form, f"text_{name}") for name in TEXTS}
    result = await checked_draft(lesson.course, chosen(theirs.draft, mine, choices, texts))
    try:
        await merge_lesson(person, lesson, mine, result, theirs.number)
    except EditConflict as conflict:
        newest = await revision_of(lesson.id, conflict.version)
        return await conflict_page(person, lesson, newest, result, theirs.number)
    return Redirect(f"/lessons/{lesson.id}/edit", query_params={"done": "merged"}, status_code=303)


routes = [merge]
