"""What the lesson form holds: read from what was sent or from a lesson, and made into a draft."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from obstore.store import ObjectStore

from courses.authoring import LessonInfo
from courses.drafts import LessonDraft
from courses.errors import CourseError, MediaRefused, Message
from courses.media import MediaInfo
from portal.forms import Form, many, one
from portal.i18n import say
from portal.multipart import Upload
from portal.platforms import PLATFORMS
from portal.uploads import store_upload
from portal.workers import WorkFailed

#: Chinese keyboards type commas and number signs of their own; XiaoHongShu itself writes `#topic[话题]#`
_BETWEEN_TOPICS = re.compile(r"\[话题\]|[\s,，、;；#＃]+")
NAME_SHOWN = 60


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

    @property
    def media(self) -> list[UUID]:
        """All that the form shows."""
        return [*self.pictures, *filter(None, (self.cover, self.video, self.poster))]


@dataclass(frozen=True)
class FileProblem:
    """A file that was not taken: the form's field it came from, its name, and why."""

    field: str
    name: str
    text: str


def fields_of(lesson: LessonInfo) -> LessonFields:
    """A lesson as its form shows it."""
    cover = lesson.cover.id if lesson.cover else None
    film = lesson.kind == "video"
    return LessonFields(
        lesson.kind, lesson.title, lesson.body, " ".join(f"#{topic}" for topic in lesson.topics), lesson.platforms,
        tuple(picture.id for picture in lesson.pictures), cover=None if film else cover,
        video=lesson.video.id if lesson.video else None, poster=cover if film else None,
        alts=lesson.draft.alts,
    )  # fmt: skip


def read_fields(form: Form) -> LessonFields:
    """What was sent, as it was typed; the pictures in the order that their numbers give."""
    pictures, orders = [_media_id(text) for text in many(form, "picture")], many(form, "order")
    numbers = [int(text) if text.isascii() and text.isdigit() else len(pictures) for text in orders]
    numbers += [len(pictures)] * (len(pictures) - len(numbers))
    placed = sorted(zip(numbers, range(len(pictures)), pictures, strict=False))
    return LessonFields(
        kind=one(form, "kind") or "normal",
        title=one(form, "title"),
        body=one(form, "body"),
        topics=one(form, "topics"),
        platforms=tuple(slug for slug in many(form, "platforms") if slug in PLATFORMS),
        pictures=tuple(dict.fromkeys(picture for _, _, picture in placed)),
        removed=frozenset(_media_id(text) for text in many(form, "remove")),
        cover=_media_id(one(form, "cover")) if one(form, "cover") else None,
        video=_media_id(one(form, "video_id")) if one(form, "video_id") and not one(form, "remove_video") else None,
        poster=_media_id(one(form, "poster")) if one(form, "poster") and not one(form, "remove_video") else None,
        alts={picture: alt for picture, alt in zip(pictures, many(form, "alt"), strict=False) if alt.strip()},
    )


def _media_id(text: str) -> UUID:
    """What is no id becomes one that no course has, so that the domain refuses it in its words."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


async def keep_uploads(
    fields: LessonFields, uploads: list[Upload], course_id: UUID, store: ObjectStore
) -> tuple[LessonFields, list[FileProblem]]:
    """Store the files that came with the form; those that are refused are told, the others are in the fields."""
    problems = []
    for upload in uploads:
        try:
            info, poster = await store_upload(upload, course_id, store)
            fields = _with(fields, upload.field, info, poster)
        except (MediaRefused, WorkFailed) as error:
            problems.append(_problem(upload, error))
    return fields, problems


def _with(fields: LessonFields, name: str, info: MediaInfo, poster: MediaInfo | None) -> LessonFields:
    """Raises MediaRefused for a good file in the wrong place."""
    if name == "video_file":
        if info.kind != "video":
            raise MediaRefused(Message("This is a picture, not a video."))
        return replace(fields, video=info.id, poster=poster.id if poster else fields.poster)
    if info.kind != "image":
        raise MediaRefused(Message("This is a video. Choose “Video” above, and then the file."))
    if name == "poster_file":
        return replace(fields, poster=info.id)
    return replace(fields, pictures=(*fields.pictures, info.id))


def _problem(upload: Upload, error: CourseError) -> FileProblem:
    name = upload.name.replace("\\", "/").rsplit("/", 1)[-1]
    return FileProblem(
        upload.field, name if len(name) <= NAME_SHOWN else f"{name[: NAME_SHOWN - 1]}…", say(error.message)
    )


def draft_from(fields: LessonFields) -> LessonDraft:
    """The lesson as it is to be saved: of pictures and video only what its kind has."""
    pictures = [picture for picture in fields.pictures if picture not in fields.removed]
    topics = split_topics(fields.topics)
    if fields.kind == "video":
        return LessonDraft(
            fields.kind, fields.title, fields.body, topics, fields.platforms, (), fields.video, fields.poster
        )
    cover = None if fields.cover in fields.removed else fields.cover
    return LessonDraft(
        fields.kind, fields.title, fields.body, topics, fields.platforms, pictures, None, cover, fields.alts
    )


def split_topics(text: str) -> list[str]:
    """`#a#b`, `a, b` and `a b` are all two topics."""
    return list(filter(None, _BETWEEN_TOPICS.split(text)))
