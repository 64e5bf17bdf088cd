"""Two more courses for the demo: a class that is finished, and one in the middle whose last lesson is under way."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.students.reading import Entry
from portal.demo.content import GIVEN_NAMES, SURNAMES, VISITORS

SEED = 2026
#: minutes that the lesson of today has been going on
UNDER_WAY = 12
#: how classes go: who comes to the end, and who does not
DILIGENT = {"linked": 62, "mended": 10, "claimed": 12, "failed": 3, "looked": 4, "app": 2, "absent": 7}
TODAY = {"linked": 44, "mended": 8, "claimed": 12, "failed": 8, "looked": 12, "opened": 14, "app": 4, "absent": 8}


@dataclass(frozen=True)
class DemoClass:
    """A course with the demo's lessons: `days` has for each when it was given, before today; without one it is still to come."""

    title: str
    term: str
    numbers: int
    students: int
    groups: tuple[str, ...]
    days: tuple[int, ...]
    weights: Mapping[str, int]
    #: lessons whose handed-in notes the instructor has looked at
    reviewed: int
    finished: bool = False


CLASSES = (
    DemoClass(
        "手机摄影与文案 · Photos and words", "2026 春季 Spring", 25100, 22, ("一组 A", "二组 B", "三组 C"),
        (84, 77, 70, 63, 56, 49, 42, 35), DILIGENT, 8, finished=True,
    ),
    DemoClass(
        "新媒体二班 · New media, class 2", "2026 秋季 Autumn", 26300, 28, ("红组 Red", "绿组 Green", "蓝组 Blue", "黄组 Yellow"),
        (35, 28, 21, 14, 7, 0), DILIGENT, 4,
    ),
)  # fmt: skip


def roster(chance: random.Random, of: DemoClass) -> list[Entry]:
    """The list of a class: no name twice, the groups about as large as one another."""
    names = [f"{surname}{given}" for surname in SURNAMES for given in GIVEN_NAMES]
    chosen = [*chance.sample(names, of.students - len(VISITORS)), *VISITORS]
    chance.shuffle(chosen)
    return [
        Entry(f"{of.numbers + place}", name, of.groups[place % len(of.groups)])
        for place, name in enumerate(chosen, start=1)
    ]


def given_at(of: DemoClass, moment: datetime) -> list[datetime]:
    """When each lesson began, and will begin: at ten in the morning in China, the one of today some minutes ago."""
    days: Sequence[int] = of.days
    begun = [
        (moment - timedelta(days=day)).replace(hour=2, minute=0, second=0, microsecond=0)
        if day else moment - timedelta(minutes=UNDER_WAY)
        for day in days
    ]  # fmt: skip
    return [*begun, *(begun[-1] + timedelta(days=7 * week) for week in range(1, 9 - len(days)))]
