"""Whether a failure means that the database or the object store is away for now, and not that something is wrong with us."""

import errno
import socket
import sqlite3

import asyncpg
from obstore.exceptions import GenericError, PermissionDeniedError, UnauthenticatedError

#: what SQLite says of a file that another process holds, or that cannot be read or written now
_SQLITE = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
}  # fmt: skip
#: of the system below it, and of the network
_SYSTEM = {errno.EIO, errno.EROFS, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH}
#: classes of https://www.postgresql.org/docs/current/errcodes-appendix.html: the connection, who may connect, rolled back for
#: others' sake, resources, ended by its operator, its system
_CLASSES = ("08", "28", "40", "53", "57", "58")
#: a server that only reads, as one that is not yet promoted; a lock that was not to be had
_STATES = ("25006", "55P03")
_STORE = (GenericError, PermissionDeniedError, UnauthenticatedError)


def is_outage(error: BaseException | None) -> bool:
    """Looks at what the error was raised from, too."""
    while error is not None:
        if _says_so(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _says_so(error: BaseException) -> bool:
    match error:
        case ConnectionError() | TimeoutError() | socket.gaierror():
            return True
        case OSError():
            return error.errno in _SYSTEM
        case sqlite3.Error():
            return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE
        case asyncpg.PostgresError():
            return str(error.sqlstate).startswith(_CLASSES) or error.sqlstate in _STATES
        case asyncpg.InterfaceError():
            # Of a connection that broke: asyncpg has one class for this and for its wrong use.
            return "clos" in str(error)
        case asyncpg.TargetServerAttributeNotMatched() | asyncpg.InternalClientError():
            # The second is all that asyncpg says of a connection whose server has said its last word and is about to end it.
            return True
    return isinstance(error, _STORE)
