"""The first page of a plan as a picture, drawn once for as long as it would look the same."""

import hashlib
import pickle

from cachetools import LRUCache
from obstore.store import ObjectStore

from courses.catalogue.courses import CourseInfo
from courses.spoken import show_spoken
from portal.printing.logos import logo_bytes
from portal.printing.parts import repeated
from portal.printing.plan import Plan
from portal.printing.slips import poster_steps, sample_address
from portal.settings import Settings
from portal.sharing.addresses import typed_address
from portal.workers.pool import in_worker
from portal.workers.run_parts import Look, draw_preview
from print.options import Options
from print.sheets import Slip

#: of a picture, in pixels
WIDTH = 640
#: pictures; those that were asked for last
KEPT = 64


class Previews:
    """Pictures by their content: one per process."""

    def __init__(self, settings: Settings, store: ObjectStore) -> None:
        self._settings, self._store = settings, store
        self._drawn: LRUCache[str, bytes] = LRUCache(KEPT)

    async def draw(self, course: CourseInfo, plan: Plan) -> bytes:
        """A PNG whose codes open nothing. Raises Conflict where it cannot be printed, WorkFailed."""
        logo = await logo_bytes(self._store, course.id) if "logo" in plan.choice.parts else b""
        options = Options(parts=plan.choice.parts, marks=plan.choice.marks, logo=logo)
        look = Look(plan.named.layout, course.title, plan.choice.language, options, plan.fit)
        slips = _first_slips(self._settings, course, plan)
        key = _key(slips, look, plan.skip)
        known = self._drawn.get(key)
        if known is not None:
            return known
        drawn = self._drawn[key] = await in_worker(draw_preview, slips, look, plan.skip, WIDTH)
        return drawn


def _first_slips(settings: Settings, course: CourseInfo, plan: Plan) -> list[Slip]:
    lessons = {lesson.id: lesson for lesson in plan.lessons}
    students = {student.id: student for student in plan.students}
    room = plan.named.layout.per_page - len(plan.skip)
    copies = min(plan.choice.slips_each, room)
    pairs = repeated(list(enumerate(plan.pairs, start=1)), plan.choice.kind, copies)
    address, steps = typed_address(settings), poster_steps(plan.choice.language)
    slips = []
    for serial, pair in pairs[:room]:
        student = students.get(pair.student) if pair.student else None
        slips.append(Slip(
            url=sample_address(settings, serial, student is not None), title=lessons[pair.lesson].title,
            course=course.title, student=student.name if student else "", number=student.number if student else "",
            spoken=show_spoken("0000000"), address=address, steps=steps, serial=f"P0-{serial:03d}",
        ))  # fmt: skip
    return slips


def _key(slips: list[Slip], look: Look, skip: frozenset[int]) -> str:
    """Of everything that is seen; sets in an order, as pickling keeps none."""
    options = look.options
    seen = (slips, look.layout, look.title, look.language, options.marks, options.logo, look.fit,
            sorted(options.parts), sorted(skip))  # fmt: skip
    return hashlib.sha256(pickle.dumps(seen)).hexdigest()
