"""Who reached what: students × lessons, narrowed and sorted by the address, and the same as a file."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream

from courses.catalogue.courses import course_of
from courses.csv_files import MARK
from courses.events.ladder import RUNGS
from courses.results.completion import completion_in_parts, completion_table
from courses.signed_in import SignedIn
from portal.i18n import gettext as _
from portal.pages.results._completion import matrix_page
from portal.parts import Parts
from portal.results.row_writing import PartWriter, plain_cells
from portal.settings import Settings
from portal.web.apart import page_apart
from portal.words.done_rules import rules_words
from portal.words.rungs import rung_name
from portal.words.states import STATES


@get("/courses/{course_id:uuid}/completion", include_in_schema=False)
async def show(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """Students × lessons: rows that have a cell of the state and rung in the address, of its group, lesson and student."""
    course = await course_of(person, course_id)
    return await page_apart(request, lambda: matrix_page(request, person, settings, course, request.query_params))


@get("/courses/{course_id:uuid}/completion.csv", include_in_schema=False)
async def download(
    person: NamedDependency[SignedIn], parts: NamedDependency[SkipValidation[Parts]], course_id: FromPath[UUID]
) -> Response[bytes] | Stream:
    """Everyone enrolled and every lesson, for a spreadsheet."""
    course = await course_of(person, course_id)
    headers = {"Content-Disposition": 'attachment; filename="completion.csv"'}
    return await parts.large_answers.answer(person.id, _lines(course.id), "text/csv", headers)


async def _lines(course_id: UUID) -> AsyncGenerator[bytes, None]:
    writer, start = PartWriter(plain_cells), MARK
    async for part in completion_in_parts(course_id):
        rows = completion_table(part, _title, rules_words, titles=start == MARK)
        yield start + await asyncio.to_thread(writer.csv, rows)
        start = b""


def _title(text: str) -> str:
    titles = {
        "Number": _("Number"), "Name": _("Name"), "time (UTC)": _("time (UTC)"), "note": _("note"),
        "received, doubtful": _("received, doubtful"), "Lessons done": _("Lessons done"), "State": _("State"),
    }  # fmt: skip
    if text in STATES:
        return STATES[text]()
    return rung_name(text) if text in RUNGS else titles[text]


routes = [show, download]
