"""A course's logo as it is stored, for printing."""

from uuid import UUID

import obstore
from obstore.store import ObjectStore

from courses.catalogue.logos import logo_of
from courses.media.library import media_key


async def logo_bytes(store: ObjectStore, course_id: UUID) -> bytes:
    """A PNG or JPEG; nothing where the course has no logo."""
    logo = await logo_of(course_id)
    if logo is None:
        return b""
    try:
        found = await obstore.get_async(store, media_key(logo))
    except FileNotFoundError:
        return b""
    return bytes(await found.bytes_async())
