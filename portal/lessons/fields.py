"""What the lesson form holds: read from what was sent or from a lesson, and made into a draft."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from courses.events.done import USUAL, DoneRule
from courses.lessons.drafts import DECLARATIONS, TOPICS_GIVEN
from courses.lessons.values import LessonDraft, LessonInfo
from portal.platforms import PLATFORMS
from portal.web.forms import Form, many, one
from portal.web.typed import lookup_id, read_id, read_number

#: Chinese keyboards type commas and number signs of their own; XiaoHongShu itself writes `#topic[话题]#`
_BETWEEN_TOPICS = re.compile(r"\[话题\]|[\s,，、;；#＃]+")


@dataclass(frozen=True)
class LessonFields:
    """The form: media are ids of what is stored already. `removed` pictures leave when it is saved.

    `cover` is chosen for the pictures (none: the first), `poster` is the video's.
    """

    kind: str = "normal"
    title: str = ""
    body: str = ""
    topics: str = ""
    platforms: tuple[str, ...] = ("xiaohongshu",)
    pictures: tuple[UUID, ...] = ()
    removed: frozenset[UUID] = field(default_factory=frozenset)
    cover: UUID | None = None
    video: UUID | None = None
    poster: UUID | None = None
    alts: Mapping[UUID, str] = field(default_factory=dict)
    declarations: tuple[str, ...] = ()
    #: as it was typed: platforms may be named where they do not count
    done: DoneRule = USUAL
    #: the version that the author began from, and the id that was made for this save before its first try
    base: int | None = None
    save: UUID | None = None

    @property
    def media(self) -> list[UUID]:
        """All that the form shows."""
        return [*self.pictures, *filter(None, (self.cover, self.video, self.poster))]

    @property
    def kept(self) -> tuple[UUID, ...]:
        """The pictures that stay."""
        return tuple(picture for picture in self.pictures if picture not in self.removed)

    @property
    def chosen_cover(self) -> UUID | None:
        """The video's or the pictures', as the kind asks for."""
        return self.poster if self.kind == "video" else self.cover


def fields_of(lesson: LessonInfo) -> LessonFields:
    """A lesson as its form shows it."""
    return replace(fields_of_draft(lesson.draft), base=lesson.version)


def fields_of_draft(draft: LessonDraft) -> LessonFields:
    """A draft as a form shows it; `draft_from` gives the same draft again."""
    film = draft.kind == "video"
    return LessonFields(
        draft.kind, draft.title, draft.body, hashed(draft.topics), tuple(draft.platforms), tuple(draft.pictures),
        cover=None if film else draft.cover, video=draft.video, poster=draft.cover if film else None, alts=draft.alts,
        declarations=tuple(draft.declarations),
        done=draft.done,
    )  # fmt: skip


def read_fields(form: Form) -> LessonFields:
    """What was sent, as it was typed; the pictures in the order that their numbers give."""
    # What is no id becomes one that no course has, so that the domain refuses it in its words.
    pictures, orders = [lookup_id(text) for text in many(form, "picture")], map(read_number, many(form, "order"))
    numbers = [len(pictures) if order is None else order for order in orders]
    numbers += [len(pictures)] * (len(pictures) - len(numbers))
    placed = sorted(zip(numbers, range(len(pictures)), pictures, strict=False))
    return LessonFields(
        kind=one(form, "kind") or "normal",
        title=one(form, "title"),
        body=one(form, "body"),
        topics=one(form, "topics"),
        platforms=tuple(slug for slug in many(form, "platforms") if slug in PLATFORMS),
        pictures=tuple(dict.fromkeys(picture for _, _, picture in placed)),
        removed=frozenset(lookup_id(text) for text in many(form, "remove")),
        cover=lookup_id(one(form, "cover")) if one(form, "cover") else None,
        video=lookup_id(one(form, "video_id")) if one(form, "video_id") and not one(form, "remove_video") else None,
        poster=lookup_id(one(form, "poster")) if one(form, "poster") and not one(form, "remove_video") else None,
        alts={picture: alt for picture, alt in zip(pictures, many(form, "alt"), strict=False) if alt.strip()},
        declarations=tuple(name for name in many(form, "declarations") if name in DECLARATIONS),
        done=DoneRule(
            one(form, "done_which") or USUAL.which,
            tuple(slug for slug in many(form, "done_platforms") if slug in PLATFORMS),
            one(form, "done_rung") or USUAL.rung,
        ),
        base=read_number(one(form, "base")),
        save=read_id(one(form, "save")),
    )


def draft_from(fields: LessonFields) -> LessonDraft:
    """The lesson as it is to be saved: of pictures and video only what its kind has."""
    topics = split_topics(fields.topics)
    if fields.kind == "video":
        return LessonDraft(
            fields.kind, fields.title, fields.body, topics, fields.platforms, (), fields.video, fields.poster,
            declarations=fields.declarations,
            done=fields.done,
        )  # fmt: skip
    cover = None if fields.cover in fields.removed else fields.cover
    return LessonDraft(
        fields.kind, fields.title, fields.body, topics, fields.platforms, fields.kept, None, cover, fields.alts,
        fields.declarations,
        fields.done,
    )  # fmt: skip


def split_topics(text: str) -> list[str]:
    """`#a#b`, `a, b` and `a b` are all two topics. What is beyond all that fit is one more, which is too long."""
    return list(filter(None, _BETWEEN_TOPICS.split(text, TOPICS_GIVEN)))


def hashed(topics: Sequence[str]) -> str:
    """`#a #b`, as the form shows topics."""
    return " ".join(f"#{topic}" for topic in topics)
