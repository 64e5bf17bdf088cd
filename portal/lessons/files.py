"""The files that came with the lesson form: stored, or told why not."""

from dataclasses import dataclass, replace
from uuid import UUID

from obstore.store import ObjectStore

from courses.disk import is_full
from courses.errors import CourseError, MediaRefused, Message, NeedsConversion, NoRoom, TooManyUploads
from courses.media.conversions import queue_conversion
from courses.media.uploads import keep_file, open_upload
from courses.media.values import MediaInfo
from courses.signed_in import SignedIn
from portal.i18n import say
from portal.lessons.fields import LessonFields
from portal.media.intake import store_upload
from portal.web.multipart import SentFile
from portal.workers.pool import NOT_NOW

NAME_SHOWN = 60


@dataclass(frozen=True)
class FileProblem:
    """A file that was not taken: the form's field it came from, its name, and why; `later` it may be."""

    field: str
    name: str
    text: str
    later: bool = False


async def keep_uploads(
    fields: LessonFields, uploads: list[SentFile], person: SignedIn, course_id: UUID, store: ObjectStore
) -> tuple[LessonFields, list[FileProblem], bool]:
    """Store the files that came with the form; those that are refused are told, the others are in the fields.

    Also whether a video is among them that waits for conversion.
    """
    problems, waits = [], False
    for upload in uploads:
        try:
            if not upload.whole:
                raise NoRoom
            info, poster = await store_upload(store, course_id, upload.name, upload.type, upload.path)
            fields = _with(fields, upload.field, info, poster)
        except NeedsConversion:
            try:
                await _queue(store, person, course_id, upload)
                waits = True
            except (MediaRefused, TooManyUploads, NoRoom) as error:
                problems.append(_problem(upload, error))
        except (MediaRefused, *NOT_NOW, NoRoom) as error:
            problems.append(_problem(upload, error))
        except Exception as error:
            if not is_full(error):
                raise
            problems.append(_problem(upload, NoRoom()))
    return fields, problems, waits


async def _queue(store: ObjectStore, person: SignedIn, course_id: UUID, sent: SentFile) -> None:
    """Raises MediaRefused in another place than the video's, TooManyUploads, NoRoom."""
    if sent.field != "video_file":
        raise MediaRefused(Message("This is a video. Choose “Video” above, and then the file."))
    size = sent.path.stat().st_size
    upload = await open_upload(store, person, course_id, sent.name, sent.type, size)
    await queue_conversion(await keep_file(store, upload, sent.path))


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


def _problem(upload: SentFile, error: CourseError) -> FileProblem:
    name = upload.name.replace("\\", "/").rsplit("/", 1)[-1]
    return FileProblem(
        upload.field, name if len(name) <= NAME_SHOWN else f"{name[: NAME_SHOWN - 1]}…", say(error.message),
        isinstance(error, NOT_NOW),
    )  # fmt: skip
