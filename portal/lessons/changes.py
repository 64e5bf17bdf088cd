"""What differs between two states of a lesson: in short for a list, and in full for a page."""

import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from courses.events.done import DoneRule
from courses.lessons.values import LessonDraft
from courses.media.values import MediaInfo
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.lessons.word_diff import Op, word_diff, words
from portal.words.declarations import declaration_name

#: unchanged text longer than this is folded, in characters; this much of it stays at each end
FOLDED, EDGE = 500, 160

Piece = tuple[Op | Literal["folded"], str]
PictureState = Literal["same", "added", "removed", "moved", "described"]


def summary(old: LessonDraft, new: LessonDraft) -> list[str]:
    """What changed, in a few words each: "title", "text +34 −5 words", "2 pictures added"; quick, as a list shows many."""
    parts: list[str] = []
    if old.kind != new.kind:
        parts.append(_("type"))
    if old.title != new.title:
        parts.append(_("title"))
    if old.body != new.body:
        parts.append(_words_changed(old.body, new.body))
    parts += [*_topics_changed(old, new), *_pictures_changed(old, new)]
    common = set(old.pictures) & set(new.pictures)
    if any(old.alts.get(picture, "") != new.alts.get(picture, "") for picture in common):
        parts.append(_("descriptions of pictures"))
    if old.video != new.video:
        parts.append(_("video"))
    if old.cover != new.cover:
        parts.append(_("cover"))
    if tuple(old.platforms) != tuple(new.platforms):
        parts.append(_("platforms"))
    if tuple(old.declarations) != tuple(new.declarations):
        parts.append(_("declarations"))
    if old.done != new.done:
        parts.append(_("what done means"))
    return parts


def _words_changed(old: str, new: str) -> str:
    before, after = Counter(words(old)), Counter(words(new))
    more, fewer = (after - before).total(), (before - after).total()
    if not more and not fewer:
        return _("order or spacing of the text")
    figures = " ".join([f"+{more}"] * bool(more) + [f"−{fewer}"] * bool(fewer))
    return _("text {figures} words").format(figures=figures)


def _topics_changed(old: LessonDraft, new: LessonDraft) -> list[str]:
    parts = []
    if added := len(set(new.topics) - set(old.topics)):
        parts.append(ngettext("%(num)s topic added", "%(num)s topics added", added) % {"num": added})
    if removed := len(set(old.topics) - set(new.topics)):
        parts.append(ngettext("%(num)s topic removed", "%(num)s topics removed", removed) % {"num": removed})
    if not parts and tuple(old.topics) != tuple(new.topics):
        parts.append(_("order of the topics"))
    return parts


def _pictures_changed(old: LessonDraft, new: LessonDraft) -> list[str]:
    parts = []
    if added := len(set(new.pictures) - set(old.pictures)):
        parts.append(ngettext("%(num)s picture added", "%(num)s pictures added", added) % {"num": added})
    if removed := len(set(old.pictures) - set(new.pictures)):
        parts.append(ngettext("%(num)s picture removed", "%(num)s pictures removed", removed) % {"num": removed})
    if not parts and tuple(old.pictures) != tuple(new.pictures):
        parts.append(_("order of the pictures"))
    return parts


@dataclass(frozen=True)
class PictureChange:
    """A picture in the new order, those that went at the end; `info` is None where it is not stored any more."""

    info: MediaInfo | None
    state: PictureState
    #: places from 1
    before: int | None
    after: int | None
    alt: list[Piece]


@dataclass(frozen=True)
class Differences:
    """All that differs; None or empty where nothing does. Of video and cover: before, after."""

    title: Sequence[Piece] | None
    body: Sequence[Piece] | None
    topics: list[tuple[Op, str]] | None
    platforms: list[tuple[Op, str]] | None
    declarations: list[tuple[Op, str]] | None
    done: tuple[DoneRule, DoneRule] | None
    pictures: list[PictureChange] | None
    kind: tuple[str, str] | None
    video: tuple[MediaInfo | None, MediaInfo | None] | None
    cover: tuple[MediaInfo | None, MediaInfo | None] | None

    def __bool__(self) -> bool:
        return any(value is not None for value in vars(self).values())


def differences(old: LessonDraft, new: LessonDraft, media: Mapping[UUID, MediaInfo]) -> Differences:
    """Takes up to a second for long texts: call it in a thread."""
    return Differences(
        title=word_diff(old.title, new.title) if old.title != new.title else None,
        body=folded(word_diff(old.body, new.body)) if old.body != new.body else None,
        topics=_list_diff(old.topics, new.topics),
        platforms=_list_diff(old.platforms, new.platforms),
        declarations=_list_diff([*map(declaration_name, old.declarations)], [*map(declaration_name, new.declarations)]),
        done=(old.done, new.done) if old.done != new.done else None,
        pictures=_picture_changes(old, new, media),
        kind=(old.kind, new.kind) if old.kind != new.kind else None,
        video=(_known(media, old.video), _known(media, new.video)) if old.video != new.video else None,
        cover=(_known(media, old.cover), _known(media, new.cover)) if old.cover != new.cover else None,
    )


def _known(media: Mapping[UUID, MediaInfo], which: UUID | None) -> MediaInfo | None:
    return media.get(which) if which else None


def folded(pieces: Sequence[tuple[Op, str]]) -> list[Piece]:
    """Long unchanged stretches give way to ("folded", how many characters)."""
    found: list[Piece] = []
    for place, (op, text) in enumerate(pieces):
        start = EDGE if place else 0
        end = len(text) - (EDGE if place < len(pieces) - 1 else 0)
        if op != "same" or end - start < FOLDED - 2 * EDGE:
            found.append((op, text))
        else:
            found += [("same", text[:start]), ("folded", str(end - start)), ("same", text[end:])]
    return [piece for piece in found if piece[1]]


def _list_diff(old: Sequence[str], new: Sequence[str]) -> list[tuple[Op, str]] | None:
    if tuple(old) == tuple(new):
        return None
    present: list[tuple[Op, str]] = [("same" if each in old else "added", each) for each in new]
    return present + [("removed", each) for each in old if each not in new]


def _picture_changes(old: LessonDraft, new: LessonDraft, media: Mapping[UUID, MediaInfo]) -> list[PictureChange] | None:
    same_alts = all(old.alts.get(each, "") == new.alts.get(each, "") for each in new.pictures)
    if tuple(old.pictures) == tuple(new.pictures) and same_alts:
        return None
    before = {identity: place for place, identity in enumerate(old.pictures, start=1)}
    after = {identity: place for place, identity in enumerate(new.pictures, start=1)}
    stayed = _in_order([before[identity] for identity in new.pictures if identity in before])

    def state(identity: UUID) -> PictureState:
        if identity not in before:
            return "added"
        if identity not in after:
            return "removed"
        if before[identity] not in stayed and before[identity] != after[identity]:
            return "moved"
        return "same" if old.alts.get(identity, "") == new.alts.get(identity, "") else "described"

    def alt(identity: UUID) -> list[Piece]:
        texts = old.alts.get(identity, ""), new.alts.get(identity, "")
        return list(word_diff(*texts)) if identity in before and identity in after and texts[0] != texts[1] else []

    return [
        PictureChange(media.get(each), state(each), before.get(each), after.get(each), alt(each))
        for each in (*new.pictures, *(each for each in old.pictures if each not in after))
    ]


def _in_order(places: Sequence[int]) -> set[int]:
    """A longest part that keeps its order: the rest has moved."""
    ends: list[list[int]] = []
    for place in places:
        at = bisect.bisect_left([run[-1] for run in ends], place)
        run = [*(ends[at - 1] if at else []), place]
        ends[at : at + 1] = [run]
    return set(ends[-1]) if ends else set()
