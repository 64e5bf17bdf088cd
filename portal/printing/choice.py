"""What somebody chose to print, as it stands in a form or an address; and the layouts there are to choose from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from courses.printing.own_layouts import OwnLayoutInfo
from courses.printing.printable import SLIPS_MAX
from courses.printing.values import KINDS, PERSONAL
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
WHO_LENGTH = 400


@dataclass(frozen=True)
class PrintChoice:
    """`layout` is a name or `own:ID`; `skip` are cells that are peeled off already, `resume` names
    the run whose half-used sheet is gone on with; `tagged` is for screen readers.

    `who` is the query of a completion list: a catch-up is for those in it who are not done.
    `lessons` are all where none is named; `anyway` prints lessons too that a platform would refuse, for a `reason`.
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
        return urlencode([(name, value) for name, value in pairs if value != ""])


def read_choice(form: Mapping[str, str | list[str]]) -> PrintChoice:
    """What was sent; what it says wrong is as if it were not said."""
    kind, layout = one(form, "kind") or ("personal" if one(form, "personal") == "1" else KINDS[0]), one(form, "layout")
    chosen = one(form, "chosen") == "1"
    return PrintChoice(
        kind=kind if kind in KINDS else KINDS[0],
        layout=_poster(layout) if kind == "poster" else layout or DEFAULT_LAYOUT,
        copies=min(read_number(one(form, "copies")) or 1, SLIPS_MAX + 1),
        by_lesson=one(form, "order") == "lesson",
        parts=frozenset(many(form, "part")) & frozenset(OFFERED) if chosen else USUAL,
        marks=one(form, "marks") if one(form, "marks") in MARKS else "",
        language=one(form, "language") if one(form, "language") in LANGUAGES else language(),
        # Cells that were checked for another layout mean nothing on this one.
        skip=frozenset(_cells(many(form, "skip"))) if one(form, "skip_of") == layout else frozenset(),
        resume=one(form, "resume"),
        printer=one(form, "printer"),
        lessons=tuple(filter(None, map(read_id, many(form, "lesson")))),
        found=one(form, "found"),
        who=one(form, "who")[:WHO_LENGTH],
        anyway=one(form, "anyway") == "1",
        reason=one(form, "reason"),
        tagged=one(form, "tagged") == "1",
    )


def query_form(pairs: Iterable[tuple[str, str]]) -> Form:
    """An address's query as a form would send it."""
    form: Form = {}
    for name, value in pairs:
        form[name] = [*many(form, name), value]
    return form


def _cells(texts: Iterable[str]) -> Iterable[int]:
    return (cell for text in texts if (cell := read_number(text)) is not None)


def _poster(layout: str) -> str:
    if layout in LAYOUTS and LAYOUTS[layout].kind == "poster":
        return layout
    return "letter-poster" if layout.startswith("letter") else "a4-poster"


@dataclass(frozen=True)
class LayoutChoice:
    """A layout as one chooses it; one that is `off` stands there to say why it cannot be chosen."""

    value: str
    label: str
    layout: Layout
    grid: Mapping[str, float] = field(default_factory=dict)
    off: bool = False


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
