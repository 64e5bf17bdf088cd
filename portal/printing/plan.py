"""What a choice comes to, before anything is printed: slips, sheets, distance, and labels that are left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl
from uuid import UUID

from courses.catalogue.courses import CourseInfo
from courses.catalogue.logos import logo_of
from courses.errors import Conflict, Invalid, Message
from courses.lessons.authoring import lessons_of
from courses.lessons.links import shared_lessons
from courses.lessons.values import LessonInfo
from courses.media.values import MediaInfo
from courses.printing.own_layouts import own_layouts
from courses.printing.printers import PrinterInfo, printers_of
from courses.printing.runs import PrintOptions, runs_on_sheet
from courses.printing.starting import Pair, check_amount, pairs_for
from courses.results.completion import completion
from courses.results.narrowing import narrow
from courses.signed_in import SignedIn
from courses.students.roster import students_of
from courses.students.values import StudentInfo
from portal.lessons.filters import named_lessons
from portal.platforms import Platform
from portal.preflight.gate import Unpublishable, unpublishable
from portal.printing.choice import OFFERED, LayoutChoice, PrintChoice, layout_groups
from portal.printing.half_used import HalfUsed, half_used
from portal.printing.parts import sheets_of
from portal.printing.reading_distance import BACK_ROW, NEW, readable_from, width_for
from portal.printing.sheets import DEFAULT_LAYOUT
from portal.printing.slips import sample_address
from portal.results.filters import read_wanted
from portal.settings import Settings
from print.codes import encode
from print.layouts import SheetRefused
from print.options import AS_IT_IS, Fit


@dataclass(frozen=True)
class Distance:
    """Metres from which an old and a present phone read the code; centimetres that it must be wide for the back row."""

    old: float
    new: float
    back_row: float = BACK_ROW
    wide: float = 0.0


@dataclass(frozen=True)
class Plan:
    """`lessons` are those that will be printed, `asked` all that were named; `problem` says why nothing can be printed.

    `left` are such sheets that are half used, the newest first; `skip` are the cells that stay free now.
    """

    choice: PrintChoice
    groups: Mapping[str, list[LayoutChoice]]
    named: LayoutChoice
    everything: list[LessonInfo]
    asked: list[LessonInfo]
    lessons: list[LessonInfo]
    refused: list[Unpublishable]
    students: list[StudentInfo]
    pairs: list[Pair]
    slips: int
    sheets: int
    skip: frozenset[int]
    left: list[HalfUsed]
    logo: MediaInfo | None
    printers: list[PrinterInfo]
    fit: Fit
    distance: Distance | None
    problem: Message | None

    @property
    def no_room(self) -> list[str]:
        """Chosen parts that these slips have no place for."""
        covers = any(lesson.cover for lesson in self.lessons)
        nobody = set() if self.choice.personal else {"student"}
        parts = self.choice.parts - nobody - (set() if covers else {"cover"})
        faces = self.named.layout.faces(parts)
        return [part for part in OFFERED if all(part in face.design.missing for face in faces)]

    @property
    def options(self) -> PrintOptions:
        """As a run keeps them."""
        choice, fit = self.choice, self.fit
        return PrintOptions(
            copies=1 if choice.personal else choice.copies, by_lesson=choice.by_lesson, parts=tuple(sorted(choice.parts)),
            marks=choice.marks, language=choice.language, skip=tuple(sorted(self.skip)),
            per_page=self.named.layout.per_page, fit=(fit.offset_x, fit.offset_y, fit.scale_x, fit.scale_y),
            tagged=choice.tagged,
        )  # fmt: skip


async def plan_for(
    person: SignedIn, settings: Settings, platforms: dict[str, Platform], course: CourseInfo, choice: PrintChoice
) -> Plan:
    """Everything that the page and a run need. Raises NotFound for lessons that are not there."""
    logo = await logo_of(course.id)
    if logo is None:
        choice = replace(choice, parts=choice.parts - {"logo"})
    groups = layout_groups(await own_layouts(course.id))
    known = {each.value: each for group in groups.values() for each in group}
    named = known.get(choice.layout, known[DEFAULT_LAYOUT])
    only = frozenset(await named_lessons(course.id, choice.lessons, choice.found))
    everything = await lessons_of(course.id)
    shared = {lesson.id for lesson, _ in await shared_lessons(course.id)}
    asked = [lesson for lesson in everything if not only or lesson.id in only]
    live = [lesson for lesson in asked if lesson.id in shared]
    refused = await unpublishable(settings, platforms, live)
    without = set() if choice.anyway else {each.lesson.id for each in refused}
    lessons = [lesson for lesson in live if lesson.id not in without]
    students, printers = await students_of(course.id), await printers_of(person)
    only_cells = await _only(course, choice)
    pairs = await pairs_for(course.id, choice.kind, [each.id for each in lessons], choice.by_lesson, only_cells)
    slips = len(pairs) * (1 if choice.personal else choice.copies)
    per_page, stock = named.layout.per_page, bool(named.layout.stock)
    left = half_used(await runs_on_sheet(course.id, named.layout.name)) if stock else []
    chosen = next((sheet.used for sheet in left if sheet.run.name == choice.resume), choice.skip)
    skip = frozenset(cell for cell in chosen if cell < per_page)
    skip = skip if stock and len(skip) < per_page else frozenset()
    distance, problem = _readable(settings, named, choice)
    return Plan(
        choice, groups, named, everything, asked, lessons, refused, students, pairs, slips,
        sheets_of(min(slips, 100_000), per_page, skip), skip, left, logo, printers,
        _fit(printers, choice.printer), distance, problem or _missing(everything, live, students, choice, slips),
    )  # fmt: skip


async def _only(course: CourseInfo, choice: PrintChoice) -> list[tuple[UUID, UUID]] | None:
    """Whom a catch-up is for, of the completion list that it was asked from."""
    if choice.kind != "catchup" or not choice.who:
        return None
    return narrow(await completion(course.id), read_wanted(dict(parse_qsl(choice.who)))).chosen


def _fit(printers: Sequence[PrinterInfo], chosen: str) -> Fit:
    """Of the printer that was chosen ("none" for none), or of the preferred one."""
    for printer in printers:
        if str(printer.id) == chosen or (not chosen and printer.preferred):
            return Fit(printer.offset_x, printer.offset_y, printer.scale_x, printer.scale_y)
    return AS_IT_IS


def _readable(settings: Settings, named: LayoutChoice, choice: PrintChoice) -> tuple[Distance | None, Message | None]:
    try:
        size = encode(sample_address(settings, 0, choice.personal), "Q").size
        module = named.layout.module(size, choice.parts)
    except SheetRefused as error:
        return None, Message(error.reason, **error.values)
    except ValueError as error:
        return None, Message("A code cannot be made: {reason}", reason=error)
    return Distance(readable_from(module), readable_from(module, NEW), wide=width_for(BACK_ROW, size, NEW)), None


def _missing(
    everything: Sequence[LessonInfo],
    live: Sequence[LessonInfo],
    students: Sequence[StudentInfo],
    choice: PrintChoice,
    slips: int,
) -> Message | None:
    if not everything:
        return Message("There is nothing to print yet. Write a lesson first.")
    if not live:
        return Message("No lesson of this course has a live link. Issue one on a lesson’s page first.")
    if choice.personal and not students:
        return Message("Personal slips need students. Add them to the course’s list first.")
    try:
        check_amount(slips)
    except (Conflict, Invalid) as error:
        return error.message
    return None
