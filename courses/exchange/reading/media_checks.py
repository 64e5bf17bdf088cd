"""A first look at pictures and videos in an archive: enough to tell people at once what will not be taken."""

import hashlib
import io

from PIL import Image

from courses.errors import MediaRefused, Message
from courses.exchange.reading.found import FoundFile
from courses.exchange.reading.names import shown
from courses.exchange.reading.zip_files import Archive
from courses.media import pictures as pictures  # registers HEIC with Pillow
from courses.media.formats import (
    BYTES_MAX,
    FORMATS,
    claimed_size,
    refuse_other_formats,
    refuse_too_many_bytes,
    refuse_too_many_pixels,
)
from courses.media.repairs import readable
from courses.media.video_formats import START, refuse_other_videos
from courses.media.videos import BYTES_MAX as VIDEO_BYTES_MAX


def look_at_picture(archive: Archive, path: str, name: str, alt: str, sealed: frozenset[str]) -> FoundFile:
    """Read it whole, decode nothing but its head. Raises MediaRefused, FileRefused."""
    refuse_too_many_bytes(archive.files[path].file_size)
    data = archive.read(path, BYTES_MAX) or b""
    refuse_other_formats(data)
    refuse_too_many_pixels(*claimed_size(data))
    try:
        with Image.open(io.BytesIO(readable(data)), formats=FORMATS) as picture:
            refuse_too_many_pixels(*picture.size)
    except MediaRefused:
        raise
    except Exception as error:  # decoders of hostile files raise anything
        raise MediaRefused(Message("This picture is damaged or incomplete. Put a whole one in its place.")) from error
    sha256 = hashlib.sha256(data).hexdigest()
    return FoundFile(path, name, sha256, len(data), sha256 in sealed, alt)


def look_at_video(archive: Archive, path: str, name: str, sealed: frozenset[str]) -> FoundFile:
    """Read it in pieces. Raises MediaRefused, FileRefused."""
    info = archive.files[path]
    if info.file_size > VIDEO_BYTES_MAX:
        raise MediaRefused(
            Message("The video has {size} MB; at most {limit} MB fit.",
                    size=round(info.file_size / 1e6), limit=VIDEO_BYTES_MAX // 1_000_000)
        )  # fmt: skip
    digest, start = hashlib.sha256(), b""
    for chunk in archive.chunks(path):
        start = start or chunk[:START]
        digest.update(chunk)
    refuse_other_videos(start)
    return FoundFile(path, name, digest.hexdigest(), info.file_size, digest.hexdigest() in sealed)


def file_label(path: str) -> str:
    """What the file is called, without the number that puts it in order."""
    name = path.rpartition("/")[2]
    number, hyphen, rest = name.partition("-")
    return shown(rest if hyphen and number.isdecimal() and rest else name)
