"""Where on this machine the portal keeps what is its own."""

from pathlib import Path

from obstore.store import LocalStore

from courses.database import engine_for
from courses.engine import KeptSQLiteEngine
from courses.media.library import open_store
from courses.places import VAR
from portal.settings import Settings


def kept_places(settings: Settings) -> list[Path]:
    """The files of the database, the folder of the media and var/, as far as they are of this machine."""
    places = [VAR]
    if isinstance(store := open_store(settings.media), LocalStore):
        places.insert(0, Path(str(store.prefix)))
    if isinstance(engine := engine_for(settings.database_url), KeptSQLiteEngine):
        path = Path(engine.path)
        places[:0] = [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
    return places
