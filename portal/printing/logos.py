"""A course's logo as it is stored, for printing."""

from uuid import UUID

from obstore.store import ObjectStore

from courses.catalogue.logos import logo_of
from courses.errors import NotFound
from courses.media.library import media_key
from courses.objects import object_bytes


async def logo_bytes(store: ObjectStore, course_id: UUID) -> bytes:
    """A PNG or JPEG; nothing where the course has no logo."""
    logo = await logo_of(course_id)
    try:
        return await object_bytes(store, media_key(logo)) if logo else b""
    except NotFound:
        return b""
