"""Characters that no font has, looked for before anything is queued: a run would fail at the first slip with one."""

from collections.abc import Iterable

from courses.errors import Conflict, Message
from courses.printing.printable import SLIPS_MAX
from courses.printing.runs import RunSlip, slips_of_run
from courses.printing.values import PrintRunInfo
from portal.workers.refusals import message_of
from portal.workers.threads import in_thread
from print.fitting import plain
from print.fonts import check_characters
from print.layouts import SheetRefused


async def unprintable(texts: Iterable[str]) -> Message | None:
    """All of the texts with such characters; None where there is none. In a thread: the fonts are files of megabytes."""

    def found() -> Message | None:
        try:
            check_characters(map(plain, texts))
        except SheetRefused as error:
            return message_of(error)
        return None

    return await in_thread(found)


async def check_run_characters(run: PrintRunInfo, only: RunSlip | None = None) -> None:
    """Raises Conflict for a run that is drawn again, or `only` one of its slips: titles and names may have changed."""
    slips = [only] if only else await slips_of_run(run.id, limit=SLIPS_MAX)
    said = (text for slip in slips for text in (slip.title, slip.student, slip.number))
    if problem := await unprintable([run.course_title, *said]):
        raise Conflict(problem)
