"""Buttons of the lesson form that change what it shows and save nothing, for browsers without our script."""

from dataclasses import dataclass, replace
from uuid import UUID

from obstore.store import ObjectStore

from courses.errors import Invalid, MediaRefused, NotFound
from courses.media.conversions import conversion_of
from courses.media.uploads import drop_upload, upload_of
from courses.signed_in import SignedIn
from portal.lessons.fields import LessonFields
from portal.lessons.splitting import Split, joined, split_stored, with_parts
from portal.web.forms import Form, one
from portal.web.typed import lookup_id
from portal.workers.pool import NOT_NOW

#: the buttons' names
ACTS = ("split", "join", "look", "use", "drop")


@dataclass(frozen=True)
class Acted:
    """What the form shows now; `split` is what was done to a picture, `error` why nothing was, which may be otherwise `later`."""

    fields: LessonFields
    split: Split | None = None
    error: Invalid | None = None
    later: bool = False


def act_of(form: Form) -> tuple[str, str] | None:
    """The name and the value of the button that was pressed; none for saving."""
    return next(((name, one(form, name)) for name in ACTS if one(form, name)), None)


async def act(
    store: ObjectStore, person: SignedIn, course_id: UUID, fields: LessonFields, name: str, value: str
) -> Acted:
    """Do it; a picture that is not there raises NotFound."""
    ids = [lookup_id(text) for text in value.split() or [""]]
    if name == "join":
        return Acted(joined(fields, ids[0], ids[1:]))
    if name == "split":
        return await _split(store, course_id, fields, ids[0])
    if name in ("use", "drop"):
        fields = await _end_conversion(store, person, course_id, fields, ids[0], use=name == "use")
    return Acted(fields)


async def _split(store: ObjectStore, course_id: UUID, fields: LessonFields, picture: UUID) -> Acted:
    others = [other for other in fields.kept if other != picture]
    try:
        split = await split_stored(store, course_id, picture, len(others))
    except Invalid as error:
        return Acted(fields, error=error)
    except (MediaRefused, *NOT_NOW) as error:
        return Acted(fields, error=Invalid({"pictures": error.message}), later=isinstance(error, NOT_NOW))
    return Acted(with_parts(fields, split), split)


async def _end_conversion(
    store: ObjectStore, person: SignedIn, course_id: UUID, fields: LessonFields, upload_id: UUID, *, use: bool
) -> LessonFields:
    """Take the video into the form, or stop and forget it, at whatever point it is; one that is gone changes nothing."""
    try:
        upload = await upload_of(person, course_id, upload_id)
    except NotFound:
        return fields
    made = await conversion_of(upload)
    if use:
        if made is None or made.media is None:
            return fields
        fields = replace(fields, kind="video", video=made.media, poster=made.poster or fields.poster)
    await drop_upload(store, upload)
    return fields
