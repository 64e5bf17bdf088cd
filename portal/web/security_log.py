"""The security log: a line of JSON for each sign-in, refusal and change of keys, in a file that several processes write.

A line says when, what, from which network and whose account: no address, no typed text, no part of a secret.
"""

import fcntl
import logging
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from courses.errors import TooMany
from portal.web.limits import Limit

logger = logging.getLogger("portal.security")

#: what a line may say
EVENTS = (
    "signed_in", "sign_in_failed", "signed_out", "locked_out", "link_used", "link_refused", "password_changed",
    "password_refused", "key_made", "key_ended", "key_used", "key_refused", "sessions_ended", "invited", "access_ended",
    "access_returned", "identity_refused", "access_refused", "not_found", "cross_site",
    "reset_asked", "second_factor_asked", "second_factor_refused", "second_factor_on", "second_factor_off", "recovery_codes_made",
    "passkey_added", "passkey_removed", "passkey_copied",
)  # fmt: skip
#: bytes of a file before the next one begins, and files that are kept
LARGEST, FILES = 1 << 20, 5
#: lines of one event from one network in a minute; whoever makes more fills no disk, and hides nothing of others
LINES_A_MINUTE = 60


@dataclass(frozen=True)
class Line:
    """`network` is a /24 of IPv4 or a /48 of IPv6; `visitor` a keyed hash that tells visitors of one network apart.

    `person` is who acted, or whose account it was tried for; `where` the route, `left_out` how many lines like this one
    were not written.
    """

    at: datetime
    event: str
    network: str
    visitor: str
    status: int
    where: str
    person: UUID | None = None
    key: str = ""
    left_out: int = 0


class SecurityLog:
    """The file at `path`, with `path`.1 and so on behind it, the older the higher; nothing is written where it is None."""

    def __init__(self, path: Path | None, largest: int = LARGEST) -> None:
        self.files = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, FILES))] if path else []
        self.largest = largest
        self._limit = Limit(LINES_A_MINUTE)
        self._left_out: Counter[str] = Counter()

    def write(self, line: Line) -> None:
        """Append a line. A disk that is full keeps nobody from signing in: the ordinary log says so."""
        if not self.files:
            return
        try:
            self._limit.hit(line.event, line.network)
        except TooMany:
            self._left_out[line.event] += 1
            return
        text = msgspec.json.encode(replace(line, left_out=self._left_out.pop(line.event, 0))) + b"\n"
        try:
            with self._newest() as file:
                os.write(file, text)
        except OSError as error:
            logger.warning("the security log could not be written: %s", error.strerror)

    @contextmanager
    def _newest(self) -> Iterator[int]:
        """The file to write into, for this process alone until the line is written; another one when it is full."""
        self.files[0].parent.mkdir(parents=True, exist_ok=True)
        while True:
            file = os.open(self.files[0], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                if not self._is_newest(file):
                    continue  # another process began the next one meanwhile
                if os.fstat(file).st_size >= self.largest:
                    for older, newer in zip(reversed(self.files), reversed(self.files[:-1]), strict=False):
                        if newer.exists():
                            newer.replace(older)
                    continue
                yield file
                return
            finally:
                os.close(file)

    def _is_newest(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), self.files[0].stat())
        except FileNotFoundError:
            return False

    def lines(self) -> Iterator[Line]:
        """All that are kept, the newest first; what is no line of ours is passed over."""
        for path in self.files:
            try:
                texts = path.read_bytes().splitlines()
            except FileNotFoundError:
                continue
            for text in reversed(texts):
                try:
                    yield msgspec.json.decode(text, type=Line)
                except msgspec.DecodeError:
                    continue
