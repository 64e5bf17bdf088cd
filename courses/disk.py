"""Whether a failure means that a disk is full: the file system, the object store and SQLite each say so in their way."""

import errno
import re
import shutil
import sqlite3

import asyncpg
from obstore.exceptions import BaseError as StoreError
from obstore.store import LocalStore, ObjectStore

#: full, over the quota, over the limit of a file's size
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_STORE_SAYS = re.compile(r"\(os error (\d+)\)")


def is_full(error: BaseException | None) -> bool:
    """Looks at what the error was raised from, too."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if isinstance(error, StoreError) and any(int(code) in _FULL for code in _STORE_SAYS.findall(str(error))):
            return True
        if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            return True
        if isinstance(error, asyncpg.DiskFullError):
            return True
        error = error.__cause__ or error.__context__
    return False


def has_room(store: ObjectStore, size: int) -> bool:
    """Whether `size` bytes still fit; of a store on other machines nobody knows, and it is taken to have room."""
    return not isinstance(store, LocalStore) or shutil.disk_usage(str(store.prefix)).free >= size
