"""A closing sheet in the words of the request's language."""

from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from courses.results.closing_sheets import Closing, show_code
from courses.results.statistics import STEPS
from portal.i18n import gettext as _
from portal.i18n import language
from portal.settings import Settings
from portal.words.causes import cause_name
from portal.words.rungs import rung_name
from print.closing import ClosingTexts


def closing_texts(closing: Closing, settings: Settings) -> ClosingTexts:
    """All texts of the sheet; times are the portal's."""
    at = format_datetime(closing.as_of, "medium", tzinfo=ZoneInfo(settings.time_zone), locale=language())
    as_of = f"{at} ({settings.time_zone})"
    facts = [
        (_("As of"), as_of),
        (_("Students"), str(closing.enrolled)),
        (_("Lessons"), str(len(closing.funnels))),
        (_("Students × lessons"), str(closing.pairs)),
    ]
    if closing.person:
        facts.append((_("Made by"), closing.person))
    failed = sum(funnel.counts["failed"] for funnel in closing.funnels)
    rows = [
        (funnel.title, [*(str(funnel.reached[step]) for step in STEPS), str(funnel.counts["failed"])])
        for funnel in closing.funnels
    ]
    return ClosingTexts(
        title=closing.course,
        subtitle=" · ".join(filter(None, (_("Closing sheet"), closing.term))),
        facts=facts,
        lesson=_("Lesson"),
        columns=[*(rung_name(step) for step in STEPS), rung_name("failed")],
        rows=rows,
        total=(_("All lessons"), [*(str(closing.totals[step]) for step in STEPS), str(failed)]),
        causes_title=_("What went wrong"),
        causes=[(cause_name(cause.cause), str(cause.publications)) for cause in closing.causes],
        check=[
            _("Each column counts the students who came to this step or further."),
            _("To check this sheet, scan the code or open %(address)s and type %(code)s.")
            % {"address": f"{settings.host}/v", "code": show_code(closing.code)},
        ],
        foot=f"Lessonlink · {show_code(closing.code)}",
    )
