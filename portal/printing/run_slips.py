"""The slips of a print run, a part at a time."""

from collections.abc import Sequence
from uuid import UUID

from obstore.store import ObjectStore

from courses.errors import NotFound
from courses.media.library import media_key, media_of
from courses.objects import object_bytes
from courses.printing.runs import RunSlip, slips_of_run
from courses.printing.values import PERSONAL, PrintRunInfo
from courses.spoken import show_spoken
from portal.i18n import catalogue
from portal.printing.parts import Part, repeated
from portal.printing.slips import poster_steps
from portal.settings import Settings
from portal.sharing.addresses import share_url, typed_address
from portal.workers.run_parts import Look
from print.layouts import LAYOUTS, Grid, Layout, own
from print.options import Fit, Options
from print.sheets import Slip

#: more than a run can have
_ALL = 100_000


def layout_of(name: str, grid: dict[str, float]) -> Layout:
    """One of ours, or of the course's own by its grid. Raises NotFound, GridRefused."""
    if grid:
        return own(name, Grid.kept(grid))
    if name not in LAYOUTS:
        raise NotFound
    return LAYOUTS[name]


def look_of(run: PrintRunInfo) -> Look:
    """How a run is printed. Raises NotFound, GridRefused."""
    options = Options(parts=frozenset(run.options.parts), marks=run.options.marks, tagged=run.options.tagged)
    title = f"{run.course_title} {run.name}"
    say = catalogue(run.options.language).gettext
    notes = (
        f"{run.name} · {say('{count} of {count} codes on this page were read back')}",
        f"{run.name} · {say('codes on other pages of this run were read back, as a sample')}",
    )
    layout = layout_of(run.layout, dict(run.grid))
    return Look(layout, title, run.options.language, options, Fit(*run.options.fit), notes)


async def slips_of(settings: Settings, store: ObjectStore, run: PrintRunInfo, part: Part) -> list[tuple[RunSlip, Slip]]:
    """A part's links and what is printed for each; links that are gone are left out."""
    links = await _links(run, part)
    covers = await _covers(store, run, links) if "cover" in run.options.parts else {}
    address, steps = typed_address(settings), poster_steps(run.options.language)
    return [
        (each, Slip(
            url=share_url(settings, each.link), title=each.title, course=run.course_title, student=each.student,
            number=each.number, spoken=show_spoken(each.link.spoken), address=address, steps=steps,
            serial=run.serial(each.serial), cover=covers.get(each.cover, b"") if each.cover else b"",
        ))
        for each in links
    ]  # fmt: skip


async def _links(run: PrintRunInfo, part: Part) -> list[RunSlip]:
    if run.kind in PERSONAL and not run.options.replaces:
        # The place in the run is the slip's own number.
        found = await slips_of_run(run.id, part.start, part.end - part.start)
        return [each for each in found if each.serial <= part.end]
    links = await slips_of_run(run.id, 0, _ALL)
    if run.kind in PERSONAL:
        return links[part.start : part.end]
    return repeated(links, run.kind, run.options.copies)[part.start : part.end]


async def _covers(store: ObjectStore, run: PrintRunInfo, links: Sequence[RunSlip]) -> dict[UUID, bytes]:
    """Each lesson's cover once, as it is shown on phones."""
    wanted = {each.cover for each in links if each.cover}
    covers = {}
    for key, media in (await media_of(run.course, wanted)).items():
        try:
            covers[key] = await object_bytes(store, media_key(media, "phone"))
        except NotFound:
            continue
    return covers
