"""What somebody chose to print, as it stands in a form or an address; and the layouts there are to choose from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode
from uuid import UUID

from courses.printing.own_layouts import OwnLayoutInfo
from courses.printing.printable import SLIPS_MAX
from courses.printing.values import KINDS, PERSONAL, PrintRunInfo
from portal.i18n import LANGUAGES, language
from portal.i18n import gettext as _
from portal.printing.run_slips import layout_of
from portal.printing.sheets import DEFAULT_LAYOUT
from portal.web.forms import Form, many, one
from portal.web.typed import read_id, read_number
from print.designs import PARTS
from print.layouts import LAYOUTS, TOO_FINE, Layout
from print.options import MARKS

#: what is on a slip unless chosen otherwise
USUAL = PARTS - {"cover", "steps"}
OFFERED = ("title", "course", "student", "spoken", "address", "serial", "steps", "logo", "cover")
OWN = "own:"
WHO_LENGTH, GROUP_LENGTH = 400, 60
#: the usual layout where paper is Letter, and these regions
LETTER_LAYOUT = "letter-24"
LETTER_REGIONS = {"US", "CA", "MX", "PH", "CL", "CO", "VE", "GT", "PR"}


@dataclass(frozen=True)
class PrintChoice:
    """`layout` is a name or `own:ID`; `skip` are cells that are peeled off already, `resume` names
    the run whose half-used sheet is gone on with; `tagged` is for screen readers.

    `who` is the query of a completion list: a catch-up is for those in it who are not done.
    `lessons` are all where none is named, and students where neither `students` nor `groups` are; `anyway` prints lessons too
    that a platform would refuse, for a `reason`.
    """

    kind: str = KINDS[0]
    layout: str = DEFAULT_LAYOUT
    copies: int = 1
    by_lesson: bool = False
    parts: frozenset[str] = USUAL
    marks: str = ""
    language: str = "en"
    skip: frozenset[int] = frozenset()
    resume: str = ""
    printer: str = ""
    lessons: tuple[UUID, ...] = ()
    students: tuple[UUID, ...] = ()
    groups: tuple[str, ...] = ()
    found: str = ""
    who: str = ""
    anyway: bool = False
    reason: str = ""
    tagged: bool = False

    @property
    def personal(self) -> bool:
        return self.kind in PERSONAL

    @property
    def slips_each(self) -> int:
        """Of a lesson, or of a student and lesson: nobody needs two of a personal slip."""
        return 1 if self.personal else self.copies

    @property
    def query(self) -> str:
        """The same in an address, without what changes nothing on paper."""
        pairs = [("chosen", "1"), ("kind", self.kind), ("layout", self.layout), ("copies", self.copies),
                 ("order", "lesson" if self.by_lesson else ""), ("marks", self.marks), ("language", self.language),
                 ("printer", self.printer), ("found", self.found),
                 ("who", self.who if self.kind == "catchup" else ""), ("anyway", "1" if self.anyway else ""),
                 ("resume", self.resume), ("skip_of", self.layout if self.skip else "")]  # fmt: skip
        pairs += [("tagged", "1")] if self.tagged else []
        pairs += [("part", part) for part in sorted(self.parts)] + [("skip", cell) for cell in sorted(self.skip)]
        pairs += [("lesson", lesson) for lesson in self.lessons]
        if self.personal:
            pairs += [("student", student) for student in self.students] + [("group", group) for group in self.groups]
        return urlencode([(name, value) for name, value in pairs if value != ""])


@dataclass(frozen=True)
class LayoutChoice:
    """A layout as one chooses it; one that is `off` stands there to say why it cannot be chosen."""

    value: str
    label: str
    layout: Layout
    grid: Mapping[str, float] = field(default_factory=dict)
    off: bool = False


def read_choice(form: Mapping[str, str | list[str]], usual: PrintChoice | None = None) -> PrintChoice:
    """What was sent; what it says wrong is as if it were not said, and what it does not say is as `usual`."""
    usual = usual or PrintChoice(language=language())
    kind = one(form, "kind") or ("personal" if one(form, "personal") == "1" else usual.kind)
    layout = one(form, "layout")
    chosen = one(form, "chosen") == "1"
    return PrintChoice(
        kind=kind if kind in KINDS else usual.kind,
        layout=_poster(layout or usual.layout) if kind == "poster" else layout or usual.layout,
        copies=min(read_number(one(form, "copies")) or usual.copies, SLIPS_MAX + 1),
        by_lesson=one(form, "order") == "lesson" if chosen or "order" in form else usual.by_lesson,
        parts=frozenset(many(form, "part")) & frozenset(OFFERED) if chosen else usual.parts,
        marks=marks if (marks := one(form, "marks")) in MARKS and (chosen or marks) else usual.marks,
        language=one(form, "language") if one(form, "language") in LANGUAGES else usual.language,
        # Cells that were checked for another layout mean nothing on this one.
        skip=frozenset(_cells(many(form, "skip"))) if one(form, "skip_of") == layout else frozenset(),
        resume=one(form, "resume"),
        printer=one(form, "printer") or usual.printer,
        lessons=_ids(many(form, "lesson")) or usual.lessons,
        students=_ids(many(form, "student")),
        groups=tuple(group[:GROUP_LENGTH] for group in many(form, "group") if group),
        found=one(form, "found"),
        who=one(form, "who")[:WHO_LENGTH],
        anyway=one(form, "anyway") == "1",
        reason=one(form, "reason"),
        tagged=one(form, "tagged") == "1" if chosen else usual.tagged,
    )


def as_last_time(run: PrintRunInfo, choice: PrintChoice, groups: Mapping[str, list[LayoutChoice]]) -> PrintChoice:
    """The choice with the paper of a run: its layout, as far as there still is one, its parts, marks and printer."""
    options = run.options
    offered = (each for group in groups.values() for each in group if not each.off)
    same = next((each for each in offered if each.layout.name == run.layout and each.grid == run.grid), None)
    return replace(
        choice, layout=same.value if same else choice.layout, by_lesson=options.by_lesson,
        parts=frozenset(options.parts) & frozenset(OFFERED), marks=options.marks,
        language=options.language, printer=options.printer, tagged=options.tagged,
    )  # fmt: skip


def paper_for(language_header: str) -> str:
    """The usual layout where the browser's first language says the region: Letter in North America, else A4."""
    region = language_header.partition(",")[0].partition(";")[0].strip().upper().rpartition("-")[2]
    return LETTER_LAYOUT if region in LETTER_REGIONS else DEFAULT_LAYOUT


def query_form(pairs: Iterable[tuple[str, str]]) -> Form:
    """An address's query as a form would send it."""
    form: Form = {}
    for name, value in pairs:
        form[name] = [*many(form, name), value]
    return form


def _ids(texts: Iterable[str]) -> tuple[UUID, ...]:
    return tuple(filter(None, map(read_id, texts)))


def _cells(texts: Iterable[str]) -> Iterable[int]:
    return (cell for text in texts if (cell := read_number(text)) is not None)


def _poster(layout: str) -> str:
    if layout in LAYOUTS and LAYOUTS[layout].kind == "poster":
        return layout
    return "letter-poster" if layout.startswith("letter") else "a4-poster"


def layout_groups(own: Iterable[OwnLayoutInfo]) -> dict[str, list[LayoutChoice]]:
    """All layouts by the words over them: the course's own, plain paper, posters and cards, labels by maker."""
    groups: dict[str, list[LayoutChoice]] = {}
    for each in own:
        named = LayoutChoice(f"{OWN}{each.id}", each.name, layout_of(each.name, each.grid), each.grid)
        groups.setdefault(_("This course’s own labels"), []).append(named)
    for name, layout in sorted(LAYOUTS.items(), key=lambda item: _rank(item[1])):
        groups.setdefault(_group(layout), []).append(LayoutChoice(name, _label(layout), layout))
    too_fine = _("%(layout)s: too small for our codes") % {"layout": _label(TOO_FINE)}
    groups[_group(TOO_FINE)].append(LayoutChoice(TOO_FINE.name, too_fine, TOO_FINE, off=True))
    return groups


def _rank(layout: Layout) -> tuple[bool, str, bool]:
    maker = layout.stock.partition(" ")[0]
    return bool(layout.stock), maker, layout.name.startswith("letter")


def _group(layout: Layout) -> str:
    if layout.stock:
        return _("Labels: %(maker)s") % {"maker": layout.stock.partition(" ")[0]}
    paper = "Letter" if layout.name.startswith("letter") else "A4"
    if layout.name.rpartition("-")[2].isdigit():
        return _("Plain paper, %(paper)s") % {"paper": paper}
    return _("Posters and cards, %(paper)s") % {"paper": paper}


def _label(layout: Layout) -> str:
    grid = layout.grid
    cell = f"{grid.cell_width:g} × {grid.cell_height:g} mm" if layout.stock else ""
    if layout.stock:
        return f"{layout.stock} · {grid.columns} × {grid.rows} · {cell}"
    special = {"poster": _("Poster"), "tent": _("Table tent, to fold"), "card": _("Business cards"),
               "postcard": _("Postcards, two-sided")}  # fmt: skip
    return special.get(layout.name.rpartition("-")[2]) or _("%(count)s on a page (%(grid)s)") % {
        "count": layout.per_page, "grid": f"{grid.columns} × {grid.rows}",
    }  # fmt: skip
