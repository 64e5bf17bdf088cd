"""What instructors do to the completion list: many cells at once, and back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from courses.catalogue.courses import CourseInfo, course_of
from courses.database import apart
from courses.errors import Invalid
from courses.results.completion import completion
from courses.results.marking import mark_cells
from courses.results.narrowing import narrow
from courses.results.unmarking import undo_marks
from courses.signed_in import SignedIn
from portal.pages.results._completion import matrix_page
from portal.results.filters import query_of, read_filter
from portal.settings import Settings
from portal.web.apart import page_apart
from portal.web.forms import Form, errors_of, many, one
from portal.web.typed import lookup_id, read_moment, read_page


@post("/courses/{course_id:uuid}/completion/marks", status_code=303, include_in_schema=False)
async def mark(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    data: URLEncodedBody[Form],
) -> Redirect | Response[bytes]:
    """Confirm, refuse or excuse the chosen cells, all cells of the chosen rows and columns; then the list again."""
    course = await course_of(person, course_id, "mark")
    back = dict(parse_qsl(one(data, "back")))
    action = one(data, "action")
    try:
        cells = [*_cells(one(data, "cells")), *await _crossed(course, data, back)]
        done = await mark_cells(person, course.id, cells, action, one(data, "reason").strip())
    except Invalid as error:
        typed, errors = {"cells": one(data, "cells"), "reason": one(data, "reason")}, errors_of(error)
        return await page_apart(
            request, lambda: matrix_page(request, person, settings, course, back, errors=errors, typed=typed)
        )
    said = {"done": action, "n": done.count, "passed": done.passed_over, "at": done.at.isoformat()}
    if one(data, "cell_page") == "1" and len(cells) == 1:
        (student, lesson), query = cells[0], urlencode({"done": action})
        return Redirect(f"/courses/{course.id}/completion/{lesson}/{student}?{query}", status_code=303)
    return _back(course, back, said)


def _cells(text: str) -> Iterator[tuple[UUID, UUID]]:
    """`STUDENT:LESSON,LESSON;STUDENT:LESSON`; what is no id is in no course."""
    for row in filter(None, text.split(";")):
        student, _, lessons = row.partition(":")
        for lesson in lessons.split(","):
            yield lookup_id(student), lookup_id(lesson)


async def _crossed(course: CourseInfo, data: Form, back: dict[str, str]) -> list[tuple[UUID, UUID]]:
    """The wanted cells of the rows and columns that were ticked, of the list as it was looked at."""
    rows, columns = {lookup_id(text) for text in many(data, "row")}, {lookup_id(text) for text in many(data, "column")}
    if not rows and not columns:
        return []

    async def crossed() -> list[tuple[UUID, UUID]]:
        chosen = narrow(await completion(course.id), read_filter(back)).chosen
        return [(student, lesson) for student, lesson in chosen if student in rows or lesson in columns]

    return await apart(crossed)


@post("/courses/{course_id:uuid}/completion/undo", status_code=303, include_in_schema=False)
async def undo(person: NamedDependency[SignedIn], course_id: FromPath[UUID], data: URLEncodedBody[Form]) -> Redirect:
    """Take back what this person did at a moment."""
    course = await course_of(person, course_id, "mark")
    moment = read_moment(one(data, "at"))
    count = await undo_marks(person, course.id, moment) if moment else 0
    return _back(course, dict(parse_qsl(one(data, "back"))), {"done": "undone", "n": count})


def _back(course: CourseInfo, back: dict[str, str], said: dict[str, object]) -> Redirect:
    """To the list as it was looked at."""
    view: dict[str, str] = {name: back[name] for name in ("by", "rows") if name in back}
    query = "&".join(
        filter(None, (query_of(read_filter(back), read_page(back.get("page", "")), view), urlencode(said)))
    )
    return Redirect(f"/courses/{course.id}/completion?{query}", status_code=303)


routes = [mark, undo]
