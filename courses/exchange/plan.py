"""What an import would do with each lesson, beside what is in the course already."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from courses.exchange.reading.found import Contents, Finding, FoundLesson
from courses.lessons.values import LessonDraft, LessonInfo

Action = Literal["add", "replace", "skip"]
Known = Literal["new", "same", "other"]
ACTIONS: tuple[Action, ...] = ("add", "replace", "skip")


@dataclass(frozen=True)
class Step:
    """A lesson that was found; `known` says whether one with its title is there, with the same or other content."""

    lesson: FoundLesson
    bad: bool
    known: Known
    present: LessonInfo | None
    findings: tuple[Finding, ...]

    @property
    def choices(self) -> tuple[Action, ...]:
        """What can be done with it."""
        if self.bad:
            return ("skip",)
        return ("add", "skip") if self.present is None else ("skip", "replace", "add")

    @property
    def usual(self) -> Action:
        """What is done unless somebody says otherwise."""
        return self.choices[0]


def steps(contents: Contents, present: Sequence[LessonInfo]) -> list[Step]:
    """One for each lesson that was found, in its order. Lessons of one title meet in the order of both sides."""
    waiting: dict[tuple[str, bool], list[LessonInfo]] = defaultdict(list)
    for lesson in present:
        waiting[lesson.title, lesson.template].append(lesson)
    about: dict[str, list[Finding]] = defaultdict(list)
    for each in contents.findings:
        about[each.lesson].append(each)
    bad, found = contents.bad(), []
    for new in contents.lessons:
        known = waiting[new.title, new.template]
        other = known.pop(0) if known and new.key not in bad else None
        state: Known = "new" if other is None else "same" if _same(new, other) else "other"
        found.append(Step(new, new.key in bad, state, other, tuple(about[new.key])))
    return found


def _same(lesson: FoundLesson, present: LessonInfo) -> bool:
    """Whether taking it over would change nothing."""
    there = {
        "kind": present.kind, "body": present.body, "topics": present.topics, "platforms": present.platforms,
        "opens_at": present.opens_at, "closes_at": present.closes_at, "declarations": present.declarations,
        "done": present.done,
        "pictures": tuple((picture.sha256, picture.alt) for picture in present.pictures),
        "cover": present.cover.sha256 if present.cover else None,
        "video": present.video.sha256 if present.video else None,
    }  # fmt: skip
    here = {
        name: getattr(lesson, name)
        for name in ("kind", "body", "topics", "platforms", "opens_at", "closes_at", "declarations", "done")
    } | {
        "pictures": tuple((picture.sha256, picture.alt) for picture in lesson.pictures),
        "cover": lesson.cover.sha256 if lesson.cover else None,
        "video": lesson.video.sha256 if lesson.video else None,
    }
    return all(here[name] == there[name] for name in there if name in lesson.given)


def draft_of(lesson: FoundLesson, media: Mapping[str, UUID], present: LessonInfo | None = None) -> LessonDraft:
    """The lesson as a draft, `media` by path; what the file does not speak of stays as it is at present."""
    draft = LessonDraft(
        lesson.kind, lesson.title, lesson.body, lesson.topics, lesson.platforms,
        tuple(media[picture.path] for picture in lesson.pictures),
        media[lesson.video.path] if lesson.video else None, media[lesson.cover.path] if lesson.cover else None,
        {media[picture.path]: picture.alt for picture in lesson.pictures if picture.alt},
        lesson.declarations, lesson.done,
    )  # fmt: skip
    if present is None:
        return draft
    given = {name: getattr(draft, name) for name in lesson.given if name in LessonDraft.__dataclass_fields__}
    return replace(present.draft, **given | ({"alts": draft.alts} if "pictures" in given else {}))
