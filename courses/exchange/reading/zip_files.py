"""Opening archives of strangers: every name is checked first, and what is unpacked is counted, whatever the archive says.

Nothing is ever written by a name of the archive. Runs in a worker process.
"""

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipInfo

from courses.errors import Message
from courses.exchange.reading.found import FINDINGS_MAX, FileRefused, Finding, finding
from courses.exchange.reading.names import entry_name, folded, is_litter, path_problem, shown, tidy_path

ARCHIVE_MAX = 2_000_000_000
ENTRIES_MAX, DIRECTORY_MAX = 5_000, 4_000_000
#: bytes of all that is unpacked, and how many times the archive's own size that may be beyond a small amount
TOTAL_MAX, RATIO_MAX, RATIO_FREE = 2_000_000_000, 50, 50_000_000
#: seconds of a processor that an archive may take: 2 GB of videos take 20
SECONDS = 60.0
_CHUNK = 256 * 1024
_LOCAL_HEADER = 30
_OTHERS = {b"Rar!": "RAR", b"7z\xbc\xaf": "7-Zip", b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
#: what zipfile raises for hostile archives
_BROKEN = (
    zipfile.BadZipFile, NotImplementedError, struct.error, zlib.error, EOFError, OSError, RuntimeError, ValueError,
    UnicodeError, OverflowError,
)  # fmt: skip


@dataclass
class Archive:
    """An open archive: the files by their tidy paths, below the one folder that may hold them all."""

    zip: zipfile.ZipFile
    size: int
    files: dict[str, ZipInfo] = field(default_factory=dict)
    #: paths by what some systems take for the same
    spellings: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unpacked: int = 0
    #: by the clock of what this process has worked
    ends: float = field(default_factory=lambda: time.process_time() + SECONDS)

    def find(self, path: str) -> str | None:
        """The path of a file as the archive spells it."""
        return self.spellings.get(folded(path))

    def chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file, checked against their sum. Raises FileRefused."""
        try:
            with self.zip.open(self.files[path]) as file:
                while chunk := file.read(_CHUNK):
                    self.unpacked += len(chunk)
                    self._refuse_bomb(path)
                    self.refuse_late(path)
                    yield chunk
        except _BROKEN as error:
            raise _refused(path, Message("This file is damaged in the archive. Pack the archive again.")) from error

    def read(self, path: str, limit: int) -> bytes | None:
        """A whole file, or None when it is larger than the limit. Raises FileRefused."""
        if self.files[path].file_size > limit:
            return None
        return b"".join(self.chunks(path))

    def refuse_late(self, path: str) -> None:
        """Raises FileRefused for an archive that takes too long, at the file that is being read."""
        if time.process_time() > self.ends:
            raise _refused(path, Message("To read this archive takes too long. Divide it."))

    def _refuse_bomb(self, path: str) -> None:
        if self.unpacked > TOTAL_MAX:
            limit = TOTAL_MAX // 1_000_000
            raise _refused(path, Message("Unpacked the archive has more than {limit} MB. Divide it.", limit=limit))
        if self.unpacked > RATIO_FREE + RATIO_MAX * self.size:
            raise _refused(
                path, Message("This unpacks to far more than the archive could hold: it is refused as a zip bomb.")
            )


class _Bounded(io.BufferedReader):
    """Never reads more at once than a directory of reasonable size."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > DIRECTORY_MAX:
            raise zipfile.BadZipFile("the directory is too large")
        return super().read(DIRECTORY_MAX if size is None or size < 0 else size)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a zip. Raises FileRefused with a finding for each bad entry."""
    size = path.stat().st_size
    if size > ARCHIVE_MAX:
        limit = ARCHIVE_MAX // 1_000_000
        raise _refused("", Message("The archive has more than {limit} MB. Divide it.", limit=limit))
    with _Bounded(io.FileIO(path)) as file:
        start = file.peek(8)[:8]
        try:
            opened = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise _refused("", _no_zip(start)) from error
        with opened:
            archive = Archive(opened, size)
            _check_entries(archive)
            yield archive


def _no_zip(start: bytes) -> Message:
    for mark, name in _OTHERS.items():
        if start.startswith(mark):
            return Message("This is a {name} archive. Pack the folder as zip.", name=name)
    if start.startswith(b"PK"):
        return Message("This archive is damaged or incomplete. Download it again, or pack it again.")
    return Message("This is not a zip archive.")


def _check_entries(archive: Archive) -> None:
    entries = archive.zip.infolist()
    if len(entries) > ENTRIES_MAX:
        raise _refused(
            "",
            Message(
                "There are {count} files in the archive; at most {limit} fit.", count=len(entries), limit=ENTRIES_MAX
            ),
        )
    found: list[tuple[str, ZipInfo]] = []
    bad: list[Finding] = []
    guessed = ""
    for info in entries:
        name, was_guessed = entry_name(info)
        problem = path_problem(name, info) or _content_problem(info)
        if problem:
            bad.append(finding("error", shown(name), None, problem))
        elif not name.endswith("/") and not is_litter(tidy_path(name)):
            found.append((tidy_path(name), info))
            guessed = guessed or (name if was_guessed else "")
    _refuse_overlaps(entries)
    top = _top_folder([path for path, _ in found])
    for whole, info in found:
        path = whole.removeprefix(top)
        other = archive.spellings.setdefault(folded(path), path)
        if path in archive.files or other != path:
            bad.append(finding("error", shown(whole), None,
                               Message("This file is in the archive twice, or differs from {other} in upper and lower case "
                                       "only. Rename one.", other=shown(other))))  # fmt: skip
        archive.files[path] = info
    if bad:
        raise FileRefused(*bad[:FINDINGS_MAX])
    if guessed:
        archive.findings.append(finding("warning", shown(guessed), None, Message(
            "The names in this archive are not marked as UTF-8. They were read as GBK; look whether they are right.")))  # fmt: skip


def _content_problem(info: ZipInfo) -> Message | None:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return Message("This is compressed in a way that is not read here. Pack the archive as an ordinary zip.")
    if info.file_size > RATIO_FREE and info.file_size > RATIO_MAX * info.compress_size:
        return Message("This unpacks to far more than the archive could hold: it is refused as a zip bomb.")
    return None


def _refuse_overlaps(entries: list[ZipInfo]) -> None:
    """Bombs that use the same bytes many times (Fifield, 2019). Raises FileRefused."""
    end = 0
    for info in sorted(entries, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise _refused(shown(info.filename), Message("Files lie over one another in this archive. Pack it again."))
        end = info.header_offset + _LOCAL_HEADER + info.compress_size


def _top_folder(paths: list[str]) -> str:
    """ "name/" where one folder wraps all, else ""."""
    tops = {path.partition("/")[0] for path in paths}
    if len(tops) != 1 or tops == {"lessons"} or any("/" not in path for path in paths):
        return ""
    return f"{tops.pop()}/"


def _refused(file: str, message: Message) -> FileRefused:
    return FileRefused(finding("error", shown(file), None, message))
