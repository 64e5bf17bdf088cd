"""What a choice comes to, before anything is printed: slips, sheets, distance, and labels that are left."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl
from uuid import UUID

from courses.catalogue.courses import CourseInfo
from courses.catalogue.logos import logo_of
from courses.errors import Conflict, Invalid, Message
from courses.lessons.values import LessonInfo
from courses.media.values import MediaInfo
from courses.printing.own_layouts import own_layouts
from courses.printing.printable import Printable, check_amount, named, printable
from courses.printing.printers import PrinterInfo, printers_of
from courses.printing.starting import Pair, pairs_for
from courses.printing.values import PrintOptions
from courses.results.completion import completion
from courses.results.narrowing import NO_GROUP, narrow
from courses.signed_in import SignedIn
from courses.students.values import StudentInfo
from portal.lessons.filters import named_lessons
from portal.platforms import Platform
from portal.preflight.gate import Unpublishable, unpublishable
from portal.printing.characters import unprintable
from portal.printing.choice import OFFERED, LayoutChoice, PrintChoice, layout_groups
from portal.printing.half_used import HalfUsed, half_used_sheets
from portal.printing.parts import sheets_of
from portal.printing.printer_forms import fit_of
from portal.printing.reading_distance import BACK_ROW, NEW, readable_from, width_for
from portal.printing.sheets import DEFAULT_LAYOUT
from portal.printing.slips import sample_address
from portal.results.filters import read_filter
from portal.settings import Settings
from portal.workers.refusals import message_of
from print.codes import encode
from print.layouts import Layout, SheetRefused
from print.options import AS_IT_IS, Fit

#: slips whose sheets are counted: more than any run has
MOST_SLIPS = 100_000


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
            copies=choice.slips_each, by_lesson=choice.by_lesson, parts=tuple(sorted(choice.parts)),
            marks=choice.marks, language=choice.language, skip=tuple(sorted(self.skip)),
            per_page=self.named.layout.per_page, fit=(fit.offset_x, fit.offset_y, fit.scale_x, fit.scale_y),
            tagged=choice.tagged, printer=choice.printer,
        )  # fmt: skip


async def plan_for(
    person: SignedIn, settings: Settings, platforms: dict[str, Platform], course: CourseInfo, choice: PrintChoice
) -> Plan:
    """Everything that the page and a run need. Raises NotFound for lessons that are not there."""
    logo = await logo_of(course.id)
    if logo is None:
        choice = replace(choice, parts=choice.parts - {"logo"})
    groups = layout_groups(await own_layouts(course.id))
    chosen = _layout(groups, choice.layout)
    every = await printable(course.id)
    asked = await named_lessons(course.id, choice.lessons, choice.found)
    live = every.only(asked)
    refused = await unpublishable(settings, platforms, live.shared)
    printed = live if choice.anyway else live.without({each.lesson.id for each in refused})
    pairs = await pairs_for(
        course.id, choice.kind, [lesson.id for lesson in printed.shared], choice.by_lesson, await _only(course, choice),
        _whose(every.students, choice),
    )  # fmt: skip
    slips = len(pairs) * choice.slips_each
    left = await half_used_sheets(course.id, chosen.layout)
    skip = _skipped(chosen.layout, left, choice)
    printers = await printers_of(person)
    distance, too_fine = _readable(settings, chosen, choice)
    problem = too_fine or _missing(live, choice, slips)
    problem = problem or await unprintable(_texts(course, printed.shared, every.students, pairs))
    return Plan(
        choice, groups, chosen, every.lessons, named(every.lessons, asked), printed.shared, refused, every.students, pairs,
        slips, sheets_of(min(slips, MOST_SLIPS), chosen.layout.per_page, skip), skip, left, logo, printers,
        _fit(printers, choice.printer), distance, problem,
    )  # fmt: skip


def _layout(groups: Mapping[str, list[LayoutChoice]], name: str) -> LayoutChoice:
    """The one of this name, or the usual one."""
    known = {each.value: each for group in groups.values() for each in group}
    return known.get(name, known[DEFAULT_LAYOUT])


async def _only(course: CourseInfo, choice: PrintChoice) -> list[tuple[UUID, UUID]] | None:
    """Whom a catch-up is for, of the completion list that it was asked from."""
    if choice.kind != "catchup" or not choice.who:
        return None
    return narrow(await completion(course.id), read_filter(dict(parse_qsl(choice.who)))).chosen


def _whose(students: Iterable[StudentInfo], choice: PrintChoice) -> set[UUID] | None:
    """The students who were chosen, one by one or by their group; None for everybody."""
    if not choice.students and not choice.groups:
        return None
    groups = {"" if group == NO_GROUP else group for group in choice.groups}
    return {student.id for student in students if student.id in choice.students or student.group in groups}


def _skipped(layout: Layout, left: Sequence[HalfUsed], choice: PrintChoice) -> frozenset[int]:
    """The cells of the first label sheet that stay free: those used of the sheet that is gone on with, or that were checked.

    None of plain paper, and none where no label would be left.
    """
    if not layout.stock:
        return frozenset()
    used = next((sheet.used for sheet in left if sheet.run.name == choice.resume), choice.skip)
    skip = frozenset(cell for cell in used if cell < layout.per_page)
    return skip if len(skip) < layout.per_page else frozenset()


def _fit(printers: Sequence[PrinterInfo], chosen: str) -> Fit:
    """Of the printer that was chosen ("none" for none), or of the preferred one."""
    for printer in printers:
        if str(printer.id) == chosen or (not chosen and printer.preferred):
            return fit_of(printer)
    return AS_IT_IS


def _readable(settings: Settings, chosen: LayoutChoice, choice: PrintChoice) -> tuple[Distance | None, Message | None]:
    """From where the codes can be read; or why they cannot be."""
    try:
        size = encode(sample_address(settings, 0, choice.personal), "Q").size
        module = chosen.layout.module(size, choice.parts)
    except SheetRefused as error:
        return None, message_of(error)
    except ValueError as error:
        return None, Message("A code cannot be made: {reason}", reason=error)
    return Distance(readable_from(module), readable_from(module, NEW), wide=width_for(BACK_ROW, size, NEW)), None


def _missing(live: Printable, choice: PrintChoice, slips: int) -> Message | None:
    """Why nothing can be printed."""
    try:
        live.check_sheet(choice.personal)
        check_amount(slips)
    except (Conflict, Invalid) as error:
        return error.message
    return None


def _texts(
    course: CourseInfo, lessons: Iterable[LessonInfo], students: Iterable[StudentInfo], pairs: Iterable[Pair]
) -> Iterator[str]:
    """What people wrote that will stand on the slips."""
    yield course.title
    yield from (lesson.title for lesson in lessons)
    meant = {pair.student for pair in pairs}
    yield from (text for student in students if student.id in meant for text in (student.name, student.number))
