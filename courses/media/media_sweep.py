"""Lets go of pictures and videos that were uploaded and came into no lesson."""

from datetime import timedelta

from obstore.store import ObjectStore

from courses.clock import now
from courses.media.unneeded import remove_unneeded
from courses.tables.media import Media

#: what was uploaded and is not in a lesson yet waits so long
WAIT = timedelta(days=7)


async def sweep_media(store: ObjectStore, older_than: timedelta = WAIT) -> int:
    """Take away media that came longer ago and that no lesson holds or could bring back, with their files; how many."""
    ids = await Media.select(Media.id).where(Media.created_at < now() - older_than).output(as_list=True)
    return await remove_unneeded(store, ids)
