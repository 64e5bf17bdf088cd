"""How a class of phones walks a lesson: who scans when, who fails and comes back, who says nothing."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from courses.events.ladder import Report
from courses.events.simulated import SIMULATED

#: what a phone does one after another, and the most seconds that it takes to do it
PATHS: Mapping[str, Sequence[tuple[str, float]]] = {
    "absent": (),
    "app": (("scan", 0),),
    "opened": (("scan", 0),),
    "looked": (("scan", 0), ("preview", 12)),
    "failed": (("scan", 0), ("preview", 12), ("launch", 240), ("fail", 6)),
    "claimed": (("scan", 0), ("preview", 12), ("launch", 240), ("return", 200), ("claim", 8)),
    "linked": (("scan", 0), ("preview", 12), ("launch", 240), ("return", 200), ("claim", 8), ("link", 60)),
    "mended": (
        ("scan", 0), ("preview", 12), ("launch", 150), ("fail", 6), ("launch", 180), ("return", 200), ("claim", 8),
        ("link", 60),
    ),
}  # fmt: skip
#: what phones and platforms say of a failure, in the platform's words
FAILURES: Sequence[Mapping[str, str]] = (
    {"message": "您尚未安装小红书，请先安装 App"},
    {"message": "网络超时，请稍后重试"},
    {"message": "图片加载失败"},
    {"message": "操作过于频繁，请稍后再试"},
    {"reason": "no_sdk", "message": "The share script did not load"},
)


@dataclass(frozen=True)
class Step:
    """What one phone does `after` so many seconds; `student` is a place in the list of students."""

    student: int
    after: float
    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def walk(chance: random.Random, student: int, path: str, begins: float = 0.0) -> list[Step]:
    """One of PATHS, begun after so many seconds."""
    steps, after = [], begins
    for kind, most in PATHS[path]:
        after += chance.uniform(most / 4, most)
        steps.append(Step(student, after, kind, _detail(chance, path, kind)))
    return steps


def class_walks(
    chance: random.Random, paths: Sequence[str], spread: float, late: Mapping[int, float] | None = None
) -> list[Step]:
    """Everybody's steps in their order: each begins within `spread` seconds, who is `late` so many seconds later."""
    later = late or {}
    steps = [
        step
        for student, path in enumerate(paths)
        for step in walk(chance, student, path, chance.uniform(0, spread) + later.get(student, 0.0))
    ]
    return sorted(steps, key=lambda step: step.after)


def some_paths(chance: random.Random, students: int, weights: Mapping[str, int]) -> list[str]:
    """A path for each student, each of PATHS by its weight; the first one fills up."""
    usual, *others = weights
    share = students / sum(weights.values())
    paths = [path for path in others for _ in range(max(1, round(weights[path] * share)))]
    paths = [*paths, *[usual] * (students - len(paths))][:students]
    chance.shuffle(paths)
    return paths


def device_of(chance: random.Random) -> str:
    """Of a phone that nobody holds."""
    return f"{SIMULATED}{chance.getrandbits(32):08x}"


def report_of(step: Step, at: datetime, lesson: UUID, link: UUID, student: UUID | None, device: str) -> Report:
    """The step as it is reported, a second after it happened."""
    return Report(
        lesson=lesson, kind=step.kind, platform="xiaohongshu", at=at, received_at=at + timedelta(seconds=1), link=link,
        student=student, device=device, detail=step.detail,
    )  # fmt: skip


def note(chance: random.Random) -> dict[str, str]:
    """A note's link as it is kept when it was read; it leads nowhere."""
    name = f"{chance.getrandbits(96):024x}"
    return {"url": f"https://www.xiaohongshu.com/explore/{name}?xsec_token=rehearsal{name[-8:]}", "note_id": name}


def _detail(chance: random.Random, path: str, kind: str) -> Mapping[str, Any]:
    match kind:
        case "scan" if path == "app":
            return {"browser": "wechat"}
        case "fail":
            return chance.choice(FAILURES)
        case "link":
            return note(chance)
    return {}
