"""Label sheets of a course that somebody measured."""

from contextlib import suppress
from dataclasses import asdict
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import Invalid, NotFound
from courses.printing.own_layouts import (
    checked_layout_name,
    create_own_layout,
    delete_own_layout,
    edit_own_layout,
    own_layout,
    own_layouts,
)
from courses.signed_in import SignedIn
from portal.printing.layout_forms import FIELDS, PAPERS, Labels, first_typed, read_labels, typed_of
from portal.settings import Settings
from portal.web.forms import Form, errors_of, no_errors, one
from print.layouts import Grid, Layout


@get("/courses/{course_id:uuid}/layouts", include_in_schema=False)
async def index(person: NamedDependency[SignedIn], course_id: FromPath[UUID], done: FromQuery[str] = "") -> Template:
    """All of the course, each drawn."""
    course = await course_of(person, course_id)
    context = {
        "person": person,
        "course": course,
        "layouts": [(each, Layout(each.name, Grid.kept(each.grid))) for each in await own_layouts(course.id)],
        "done": done,
    }
    return Template("printing/own_layouts/index.html", context=context)


@get("/courses/{course_id:uuid}/layouts/new", include_in_schema=False)
async def new(
    person: NamedDependency[SignedIn], settings: NamedDependency[Settings], course_id: FromPath[UUID]
) -> Template:
    """The form for a new one."""
    course = await course_of(person, course_id, "write")
    return _form(settings, person, course, None, first_typed(), status_code=200)


@post("/courses/{course_id:uuid}/layouts", status_code=303, include_in_schema=False)
async def create(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Keep a new one."""
    course, typed = await course_of(person, course_id, "write"), _typed(data)
    try:
        labels = _read(settings, typed)
        await create_own_layout(person, course.id, typed["name"], asdict(labels.grid), typed["unit"])
    except Invalid as error:
        return _form(settings, person, course, None, typed, error)
    return _back(course, "created")


@get("/courses/{course_id:uuid}/layouts/{layout_id:uuid}", include_in_schema=False)
async def edit(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    layout_id: FromPath[UUID],
) -> Template:
    """The form as it was filled in."""
    course = await course_of(person, course_id, "write")
    layout = await own_layout(course.id, layout_id)
    return _form(settings, person, course, layout.id, typed_of(layout), status_code=200)


@post("/courses/{course_id:uuid}/layouts/{layout_id:uuid}", status_code=303, include_in_schema=False)
async def update(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    layout_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Keep the changes; what was printed stays as it is."""
    course, typed = await course_of(person, course_id, "write"), _typed(data)
    layout = await own_layout(course.id, layout_id)
    try:
        labels = _read(settings, typed)
        await edit_own_layout(person, layout, typed["name"], asdict(labels.grid), typed["unit"])
    except Invalid as error:
        return _form(settings, person, course, layout.id, typed, error)
    return _back(course, "saved")


@post("/courses/{course_id:uuid}/layouts/{layout_id:uuid}/removal", status_code=303, include_in_schema=False)
async def remove(person: NamedDependency[SignedIn], course_id: FromPath[UUID], layout_id: FromPath[UUID]) -> Redirect:
    """Forget one; pressed twice it is forgotten all the same."""
    course = await course_of(person, course_id, "write")
    with suppress(NotFound):
        await delete_own_layout(person, await own_layout(course.id, layout_id))
    return _back(course, "removed")


@post("/courses/{course_id:uuid}/layouts/drawing", status_code=200, include_in_schema=False)
async def drawing(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Template:
    """The form as it would come back, for the page to take the drawing and the errors from; keeps nothing."""
    course, typed = await course_of(person, course_id, "write"), _typed(data)
    return _form(settings, person, course, None, typed, status_code=200)


def _typed(data: Form) -> dict[str, str]:
    typed = {name: one(data, name)[:200] for name in FIELDS}
    return typed | {
        "unit": typed["unit"] if typed["unit"] in ("mm", "in") else "mm",
        "paper": typed["paper"] if typed["paper"] in PAPERS else "own",
    }


def _read(settings: Settings, typed: dict[str, str]) -> Labels:
    """Raises Invalid, a bad name among what is wrong."""
    wrong = {}
    try:
        checked_layout_name(typed["name"])
    except Invalid as error:
        wrong = error.fields
    try:
        labels = read_labels(settings, typed)
    except Invalid as error:
        raise Invalid(wrong | error.fields) from error
    if wrong:
        raise Invalid(wrong)
    return labels


def _form(
    settings: Settings,
    person: SignedIn,
    course: CourseInfo,
    layout_id: UUID | None,
    typed: dict[str, str],
    error: Invalid | None = None,
    status_code: int = 422,
) -> Template:
    """With a drawing of what can be drawn; what cannot says why."""
    labels = None
    try:
        labels = read_labels(settings, typed)
    except Invalid as problem:
        error = error or problem
    context: dict[str, Any] = {
        "person": person,
        "course": course,
        "layout_id": layout_id,
        "values": typed,
        "labels": labels,
        "errors": errors_of(error) if error else no_errors(),
    }
    return Template("printing/own_layouts/form.html", context=context, status_code=status_code)


def _back(course: CourseInfo, done: str) -> Redirect:
    return Redirect(f"/courses/{course.id}/layouts", query_params={"done": done}, status_code=303)


routes = [index, new, create, edit, update, remove, drawing]
