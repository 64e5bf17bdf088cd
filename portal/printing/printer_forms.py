"""A person's printers: what was typed of a printed ruler, and what a printer does in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from courses.errors import Invalid, Message
from courses.printing.printers import PrinterInfo
from portal.i18n import gettext as _
from portal.words.lengths import read_length
from portal.workers.refusals import message_of
from print.fit import RULERS, Measured, fault, fit, problems
from print.options import Fit

#: what is measured, in the order of the numbers on the ruler
DISTANCES = ("left", "across", "top", "down")
#: a printer that shrinks a page by so many per cent in both directions was told to fit it to the paper
FITTED, ALIKE = (-12.0, -1.5), 0.8


@dataclass(frozen=True)
class Words:
    """What a printer does, across and down; `right` where it does nothing, `fitted` where "fit to page" looks likely."""

    across: str
    down: str
    right: bool
    fitted: bool


def read_fit(typed: Mapping[str, str]) -> Fit:
    """What makes up for the printer, from the numbers of its ruler. Raises Invalid with all that is wrong."""
    lengths = {name: read_length(typed[name]) for name in DISTANCES}
    wrong = {
        name: Message("Write the distance in millimetres, such as {example}.", example="19.5")
        for name, length in lengths.items()
        if length is None
    }
    if typed["paper"] not in RULERS:
        raise Invalid(wrong | {"paper": Message("Choose the paper that the ruler is on.")})
    ruler = RULERS[typed["paper"]]
    # What cannot be read is taken for right, so that what is wrong with the others is said at once.
    measured = Measured(*(getattr(ruler, name) if length is None else length for name, length in lengths.items()))
    for problem in problems(measured, ruler):
        wrong.setdefault(problem.field, message_of(problem))
    if wrong:
        raise Invalid(wrong)
    return fit(measured, ruler)


def fit_of(printer: PrinterInfo) -> Fit:
    """For sheets that this printer prints."""
    return Fit(printer.offset_x, printer.offset_y, printer.scale_x, printer.scale_y)


def words_of(made: Fit) -> Words:
    """In the language of the request."""
    said = fault(made)
    percents = (said.percent_x, said.percent_y)
    return Words(
        across=_direction(said.percent_x, said.shift_x, _("%(mm)s mm too far left"), _("%(mm)s mm too far right")),
        down=_direction(said.percent_y, said.shift_y, _("%(mm)s mm too high"), _("%(mm)s mm too low")),
        right=all(abs(at) < 0.05 for at in (*percents, said.shift_x, said.shift_y)),
        fitted=all(FITTED[0] <= at <= FITTED[1] for at in percents) and abs(percents[0] - percents[1]) < ALIKE,
    )


def _direction(percent: float, shift: float, before: str, behind: str) -> str:
    size = _("%(percent)s %% too small") if percent < 0 else _("%(percent)s %% too large")
    size = _("the right size") if abs(percent) < 0.05 else size % {"percent": f"{abs(percent):.1f}"}
    place = _("in its place") if abs(shift) < 0.05 else (before if shift < 0 else behind) % {"mm": f"{abs(shift):.1f}"}
    return _("%(size)s, %(place)s") % {"size": size, "place": place}
