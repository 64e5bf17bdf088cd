"""A lesson as its author gives it and as it is read, apart from the database that keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from courses.events.done import USUAL, DoneRule
from courses.media.values import MediaInfo


@dataclass(frozen=True)
class LessonDraft:
    """What an author gives: `pictures`, `video` and `cover` are media ids of the same course."""

    kind: str
    title: str
    body: str = ""
    topics: Sequence[str] = ()
    platforms: Sequence[str] = ("xiaohongshu",)
    pictures: Sequence[UUID] = ()
    video: UUID | None = None
    cover: UUID | None = None
    #: what a picture shows, for those who do not see it; not of all pictures
    alts: Mapping[UUID, str] = field(default_factory=dict)
    #: what is declared of it, of DECLARATIONS in drafts.py
    declarations: Sequence[str] = ()
    #: when it is done
    done: DoneRule = USUAL

    @property
    def media(self) -> list[UUID]:
        """All that it shows."""
        return [*self.pictures, *filter(None, (self.video, self.cover))]

    def encoded(self) -> str:
        """As JSON, for its revision; equal drafts that were checked give equal texts."""
        return msgspec.json.encode(self).decode()


def decoded(content: str) -> LessonDraft:
    """A draft out of its JSON; what it lacks, because an older release wrote it, has its default."""
    return msgspec.json.decode(content, type=LessonDraft)


@dataclass(frozen=True)
class LessonInfo:
    """A lesson with its media; each picture has the description of its place here."""

    id: UUID
    course: UUID
    course_title: str
    kind: str
    title: str
    body: str
    topics: tuple[str, ...]
    platforms: tuple[str, ...]
    pictures: tuple[MediaInfo, ...]
    video: MediaInfo | None
    cover: MediaInfo | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = field(default=None)
    author: UUID | None = None
    author_name: str | None = None
    #: the number of its newest revision
    version: int = 1
    template: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    due_at: datetime | None = None
    section: str = ""
    #: class links of the course ask for the code on the projector
    room_code: bool = False
    declarations: tuple[str, ...] = ()
    done: DoneRule = USUAL

    @property
    def done_rule(self) -> DoneRule:
        """When it is done, over the platforms that it goes to."""
        return self.done.over(self.platforms)

    @property
    def draft(self) -> LessonDraft:
        """Its content alone."""
        return LessonDraft(
            self.kind, self.title, self.body, self.topics, self.platforms,
            tuple(picture.id for picture in self.pictures), self.video.id if self.video else None,
            self.cover.id if self.cover else None, {picture.id: picture.alt for picture in self.pictures if picture.alt},
            self.declarations,
            self.done,
        )  # fmt: skip
