"""Exports of a course: which columns, in which form, and choices that are kept."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation, URLEncodedBody
from litestar.response import Redirect, Stream, Template
from litestar.types import ControllerRouterHandler

from courses.catalogue.courses import CourseInfo, course_of
from courses.errors import Invalid
from courses.results.export_presets import presets_of, remove_preset, save_preset
from courses.results.export_tables import COLUMNS, USUAL, export
from courses.signed_in import SignedIn
from portal.i18n import language
from portal.parts import Parts
from portal.results.export_files import FORMATS, export_answer
from portal.results.scan_filters import chosen_scans
from portal.settings import Settings
from portal.web.forms import Form, errors_of, many, no_errors, one
from portal.words.exports import EXPORTS, TITLES
from portal.words.scans import outcome_name


@get("/courses/{course_id:uuid}/exports", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
) -> Template:
    """The form, with what was saved or is usual; a filter of the scan log comes along."""
    course = await course_of(person, course_id)
    given = dict(request.query_params)
    name = given.get("export", "completion")
    return await _page(person, settings, course, name if name in COLUMNS else "completion", given)


@get(
    [f"/courses/{{course_id:uuid}}/exports/{{export_name:str}}/file.{form}" for form in FORMATS], include_in_schema=False
)  # fmt: skip
async def download(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    parts: NamedDependency[SkipValidation[Parts]],
    course_id: FromPath[UUID],
    export_name: FromPath[str],
) -> Response[bytes] | Stream:
    """All that is meant, with the columns that are named."""
    course = await course_of(person, course_id)
    wanted = chosen_scans(dict(request.query_params), ZoneInfo(settings.time_zone)).wanted
    found = await export(course.id, export_name, request.query_params.getall("columns", []), wanted)
    names = {slug: platform.names[language()] for slug, platform in parts.platforms.items()}
    form = request.url.path.rpartition(".")[2]
    return await export_answer(parts.large_answers, person.id, found, form, course.title, settings.time_zone, names)


@post("/courses/{course_id:uuid}/exports/presets", status_code=303, include_in_schema=False)
async def save(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Template:
    """Keep the columns under a name, for this person alone."""
    course = await course_of(person, course_id)
    name, columns = one(data, "export"), many(data, "columns")
    try:
        preset = await save_preset(person, course.id, name, one(data, "name"), columns)
    except Invalid as error:
        given = {key: one(data, key) for key in ("name", "lesson", "student", "outcome", "since", "until")}
        return await _page(person, settings, course, name, given, 422, errors=errors_of(error), checked=columns)
    return Redirect(
        f"/courses/{course.id}/exports", query_params={"export": name, "preset": str(preset)}, status_code=303
    )


@post("/courses/{course_id:uuid}/exports/presets/{preset_id:uuid}/removal", status_code=303, include_in_schema=False)
async def remove(person: NamedDependency[SignedIn], course_id: FromPath[UUID], preset_id: FromPath[UUID]) -> Redirect:
    """Forget what was saved."""
    course = await course_of(person, course_id)
    await remove_preset(person, course.id, preset_id)
    return Redirect(f"/courses/{course.id}/exports", query_params={"done": "removed"}, status_code=303)


async def _page(
    person: SignedIn,
    settings: Settings,
    course: CourseInfo,
    name: str,
    given: dict[str, str],
    status: int = 200,
    **more: Any,
) -> Template:
    presets = [preset for preset in await presets_of(person, course.id) if preset.export == name]
    preset = next((each for each in presets if str(each.id) == given.get("preset")), None)
    chosen = chosen_scans(given, ZoneInfo(settings.time_zone)) if name == "scans" else None
    context = {
        "person": person, "course": course, "name": name, "presets": presets, "preset": preset,
        "exports": {slug: (title(), meaning()) for slug, (title, meaning) in EXPORTS.items()},
        "columns": {key: TITLES[key]() for key in COLUMNS[name]},
        "checked": preset.columns if preset else USUAL[name], "errors": no_errors(), "values": given,
        "filter": chosen.texts if chosen else {}, "query": urlencode(chosen.texts) if chosen else "",
        "outcome_name": outcome_name, "zone": settings.time_zone, "done": given.get("done", ""),
    }  # fmt: skip
    return Template("results/exports/show.html", context=context | more, status_code=status)


routes: list[ControllerRouterHandler] = [show, download, save, remove]
