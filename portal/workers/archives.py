"""Reading archives and preparing what is in them, in worker processes."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from courses.errors import MediaRefused
from courses.exchange.reading.archive import read_archive
from courses.exchange.reading.found import Contents, FileRefused, FoundFile
from courses.exchange.reading.lesson import Rules
from courses.exchange.reading.lesson_csv import CSV_MAX, read_csv
from courses.exchange.reading.zip_files import open_archive
from courses.media.formats import BYTES_MAX
from courses.media.pictures import PreparedPicture, prepare_picture
from courses.media.videos import PreparedVideo, prepare_video
from courses.tokens import Keyring


def read_file(
    path: Path, name: str, kind: str, keys: str, platforms: Collection[str], zone: str, encoding: str = ""
) -> Contents:
    """All that is in an archive ("zip") or a list ("csv"); never raises for what is in it."""
    if kind == "zip":
        return read_archive(path, Keyring.parse(keys), platforms, ZoneInfo(zone))
    with path.open("rb") as file:
        data = file.read(CSV_MAX + 1)
    return read_csv(data, name, Rules(platforms, ZoneInfo(zone)), encoding)


def kind_of(path: Path, name: str) -> str:
    """ "zip" or "csv": by the first bytes, else by the name."""
    with path.open("rb") as file:
        start = file.read(4)
    packed = start.startswith((b"PK", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zX"))
    return "zip" if packed or name.casefold().endswith(".zip") else "csv"


def prepare_entry(
    path: Path, file: FoundFile, kind: str, folder: Path
) -> PreparedPicture | PreparedVideo | MediaRefused:
    """A picture ("image") or video of an archive. Sealed bytes are ours: checked by decoding, and taken as they are.

    A video is left in `folder`. What is refused comes back as the reason.
    """
    try:
        with open_archive(path) as archive:
            if kind == "image":
                data = archive.read(file.path, BYTES_MAX) or b""
                return _ours(prepare_picture(data), data) if file.sealed else prepare_picture(data)
            given = folder / "given.mp4"
            with given.open("wb") as target:
                for chunk in archive.chunks(file.path):
                    target.write(chunk)
        prepared = prepare_video(given)
        if not file.sealed:
            return prepared
        prepared.path.unlink()
        return replace(prepared, path=given, sha256=file.sha256, size=file.size)
    except MediaRefused as error:
        return error
    except FileRefused as error:
        return MediaRefused(error.message)


def _ours(prepared: PreparedPicture, data: bytes) -> PreparedPicture:
    """With the bytes as they were written before, in place of their copy."""
    starts = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG"}
    return replace(prepared, full=data) if data.startswith(starts[prepared.format]) else prepared
