"""Objects of the store by their keys: read whole, and taken away."""

import obstore
from obstore.store import ObjectStore

from courses.errors import NotFound


async def object_bytes(store: ObjectStore, key: str) -> bytes:
    """All of it, for what fits into memory. Raises NotFound."""
    try:
        return bytes(await (await obstore.get_async(store, key)).bytes_async())
    except FileNotFoundError as error:
        raise NotFound from error


async def drop_object(store: ObjectStore, key: str) -> None:
    """Take away what may be gone."""
    try:
        await obstore.delete_async(store, key)
    except FileNotFoundError:
        return
