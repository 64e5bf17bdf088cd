"""A long picture of a lesson and the several that take its place, until somebody joins them again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from obstore.store import ObjectStore

from courses.lessons.drafts import ALT_LENGTH, PICTURES
from courses.media.covers import media_file
from courses.media.library import media_of_kind, store_picture
from courses.media.values import MediaInfo
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.lessons.fields import LessonFields
from portal.workers.media import split_picture_file
from portal.workers.pool import in_worker

_NUMBER = re.compile(r" \(\d+/\d+\)$")


@dataclass(frozen=True)
class Split:
    """What took the place of a picture; `through` of the cuts are not between two lines."""

    old: UUID
    parts: list[MediaInfo]
    through: int

    @property
    def said(self) -> str:
        """For people."""
        count = len(self.parts)
        said = ngettext("Split into %(num)s picture.", "Split into %(num)s pictures.", count) % {"num": count}
        if not self.through:
            return said
        if self.through == count - 1:
            more = _("There is no empty line to cut at, so the parts are of equal height. Please look at them.")
        else:
            more = ngettext(
                "%(num)s cut goes through the picture, as there is no empty line near. Please look at the parts.",
                "%(num)s cuts go through the picture, as there is no empty line near. Please look at the parts.",
                self.through,
            ) % {"num": self.through}
        return f"{said} {more}"


async def split_stored(store: ObjectStore, course_id: UUID, picture: UUID, others: int) -> Split:
    """Make and store the parts of a picture in a lesson with so many others; it stays as it is.

    Raises NotFound, Invalid, MediaRefused, WorkFailed.
    """
    info = await media_of_kind(course_id, picture, "image")
    async with media_file(store, info) as path:
        made = await in_worker(split_picture_file, path, PICTURES - others)
    parts = [
        await store_picture(store, course_id, part_name(info.name, number), part)
        for number, part in enumerate(made.parts, start=1)
    ]
    return Split(info.id, parts, made.through)


def part_name(name: str, number: int) -> str:
    """As "page-3.png"."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{number}{dot}{ending}" if stem else f"{name}-{number}"


def with_parts(fields: LessonFields, split: Split) -> LessonFields:
    """The fields with the parts in the picture's place; its description with their numbers."""
    new = [part.id for part in split.parts]
    alt = fields.alts.get(split.old, "").strip()
    alts = {part: _numbered(alt, number, len(new)) for number, part in enumerate(new, start=1)} if alt else {}
    return _exchanged(fields, [split.old], new, alts)


def _numbered(alt: str, number: int, count: int) -> str:
    mark = f" ({number}/{count})"
    return alt[: ALT_LENGTH - len(mark)] + mark


def joined(fields: LessonFields, old: UUID, parts: Sequence[UUID]) -> LessonFields:
    """The fields with the picture back in the place of its parts, and with the description that they have."""
    alt = _NUMBER.sub("", next((fields.alts[part] for part in parts if part in fields.alts), ""))
    return _exchanged(fields, parts, [old], {old: alt} if alt else {})


def _exchanged(fields: LessonFields, old: Sequence[UUID], new: Sequence[UUID], alts: dict[UUID, str]) -> LessonFields:
    place = next((number for number, picture in enumerate(fields.pictures) if picture in old), None)
    if place is None:
        return fields
    before = [picture for picture in fields.pictures[:place] if picture not in old]
    after = [picture for picture in fields.pictures[place:] if picture not in old]
    return replace(
        fields,
        pictures=tuple(dict.fromkeys([*before, *new, *after])),
        removed=fields.removed.difference(old),
        cover=new[0] if fields.cover in old else fields.cover,
        alts={picture: alt for picture, alt in fields.alts.items() if picture not in old} | alts,
    )
