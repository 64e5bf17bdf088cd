"""What one click mends in a lesson's pictures: a copy that fits takes the place of one that does not."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from obstore.store import ObjectStore

from courses.media.library import media_key, media_of_kind, store_picture
from courses.media.picture_fitting import Room, fit_picture
from courses.media.values import MediaInfo
from courses.objects import object_bytes
from portal.lessons.fields import LessonFields
from portal.platforms import Platform
from portal.preflight.repairs import not_repairable
from portal.web.typed import read_number
from portal.workers.pool import in_worker

CODES = ("picture_format", "picture_too_large", "picture_too_big")


def room_for(platforms: Iterable[Platform]) -> Room:
    """What all of the platforms take; those that take no pictures have no say."""
    limits = [platform.limits.pictures for platform in platforms if platform.limits.pictures is not None]
    formats = frozenset({"jpeg", "png", "webp"}).intersection(*(each.formats.taken for each in limits))
    return Room(
        formats,
        _least(each.bytes.refused if each.bytes.advised is None else each.bytes.advised for each in limits),
        _least(each.width.most for each in limits),
        _least(each.longest_side.most for each in limits),
    )


def _least(limits: Iterable[float | None]) -> int | None:
    return min((int(limit) for limit in limits if limit is not None), default=None)


def picture_at(fields: LessonFields, where: str) -> UUID:
    """The picture that a finding is about: "pictures[2]" of those that stay, or "cover". Raises Invalid."""
    if where == "cover" and fields.chosen_cover is not None:
        return fields.chosen_cover
    name, _, place = where.removesuffix("]").partition("[")
    number = read_number(place)
    if name == "pictures" and number is not None and number < len(fields.kept):
        return fields.kept[number]
    raise not_repairable()


async def fitting_copy(store: ObjectStore, course_id: UUID, picture: UUID, room: Room) -> MediaInfo:
    """Make and store it. Raises NotFound, MediaRefused, WorkFailed."""
    info = await media_of_kind(course_id, picture, "image")
    data = await object_bytes(store, media_key(info))
    return await store_picture(store, course_id, info.name, await in_worker(fit_picture, data, room))


def replaced(fields: LessonFields, old: UUID, new: UUID) -> LessonFields:
    """The fields with another picture in the same place, with the same description."""

    def instead(picture: UUID | None) -> UUID | None:
        return new if picture == old else picture

    return replace(
        fields,
        pictures=tuple(new if picture == old else picture for picture in fields.pictures),
        cover=instead(fields.cover),
        poster=instead(fields.poster),
        alts={new if picture == old else picture: alt for picture, alt in fields.alts.items()},
    )
