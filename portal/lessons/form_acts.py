"""Buttons of the lesson form that change what it shows and save nothing, for browsers without our script."""

from dataclasses import dataclass
from uuid import UUID

from obstore.store import ObjectStore

from courses.errors import Invalid, MediaRefused
from portal.lessons.fields import LessonFields
from portal.lessons.splitting import Split, joined, split_stored, with_parts
from portal.web.forms import Form, one
from portal.web.typed import lookup_id
from portal.workers.pool import WorkFailed

#: the buttons' names
ACTS = ("split", "join")


@dataclass(frozen=True)
class Acted:
    """What the form shows now; `split` is what was done to a picture, `error` why nothing was."""

    fields: LessonFields
    split: Split | None = None
    error: Invalid | None = None


def act_of(form: Form) -> tuple[str, str] | None:
    """The name and the value of the button that was pressed; none for saving."""
    return next(((name, one(form, name)) for name in ACTS if one(form, name)), None)


async def act(store: ObjectStore, course_id: UUID, fields: LessonFields, name: str, value: str) -> Acted:
    """Do it; a picture that is not there raises NotFound."""
    ids = [lookup_id(text) for text in value.split() or [""]]
    if name == "join":
        return Acted(joined(fields, ids[0], ids[1:]))
    return await _split(store, course_id, fields, ids[0])


async def _split(store: ObjectStore, course_id: UUID, fields: LessonFields, picture: UUID) -> Acted:
    others = [other for other in fields.kept if other != picture]
    try:
        split = await split_stored(store, course_id, picture, len(others))
    except Invalid as error:
        return Acted(fields, error=error)
    except (MediaRefused, WorkFailed) as error:
        return Acted(fields, error=Invalid({"pictures": error.message}))
    return Acted(with_parts(fields, split), split)
