"""Pictures and videos of a course: rows in the database, bytes in the object store under the hash of their content."""

import asyncio
import os
import unicodedata
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import obstore
from obstore.store import LocalStore, ObjectStore, S3Store

from courses.clock import now
from courses.errors import NotFound
from courses.media.pictures import PreparedPicture
from courses.media.values import MediaInfo
from courses.media.videos import PreparedVideo
from courses.places import VAR
from courses.tables.media import Media

DEFAULT_MEDIA = f"file://{VAR}/media"
EXTENSIONS = {"jpeg": "jpg", "png": "png", "webp": "webp", "mp4": "mp4"}
#: of one video, to choose its cover from
FRAMES = 8
VARIANTS = ("full", "phone", "thumb", *(f"frame{n}{size}" for n in range(FRAMES) for size in ("", "-full")))
NAME_MAX = 200
READY_KEY = "ready"
_CHUNK = 256 * 1024
# Of a bucket: for a piece to come, and for all of an object, which goes to a phone as fast as that reads. What is frozen is
# not tried again. Each is AWS_READ_TIMEOUT and so on, too, as the other options of the client are, which are else not read.
_PATIENCE = {"connect_timeout": "3s", "read_timeout": "8s", "timeout": "1h"}
_OPTIONS = (
    *_PATIENCE, "allow_http", "allow_invalid_certificates", "http1_only", "http2_only", "pool_idle_timeout", "proxy_url",
    "proxy_ca_certificate", "proxy_excludes", "root_certificate",
)  # fmt: skip
_TRIES: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=5)}
# Values in one statement are limited.
_IDS = 5_000


@dataclass(frozen=True)
class StoredBytes:
    """A part of an object: from byte `start` up to, not with, byte `end`; `size` is that of the whole."""

    start: int
    end: int
    size: int
    chunks: AsyncIterator[bytes]


def open_store(url: str) -> ObjectStore:
    """`file:///absolute/path` (RFC 8089) or `s3://bucket/prefix` with AWS_* variables.

    Raises ValueError.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "file" and rest.startswith("/") and rest.strip("/"):
        return LocalStore("/" + rest.lstrip("/"), mkdir=True)
    if scheme == "s3" and rest.partition("/")[0]:
        return S3Store.from_url(url, client_options=_client_options(), retry_config=_TRIES)
    raise ValueError("is not of the form file:///PATH or s3://BUCKET/PREFIX")


def _client_options() -> Any:
    given = {name: value for name in _OPTIONS if (value := os.environ.get(f"AWS_{name.upper()}"))}
    return _PATIENCE | given


async def store_is_ready(store: ObjectStore) -> None:
    """Raises what the store raises when it cannot be reached or written to."""
    await obstore.put_async(store, READY_KEY, b"ready")


def media_key(info: MediaInfo, variant: str = "full") -> str:
    """Where the bytes are: "full", for pictures "phone" and "thumb", for videos "frame0" and so on. Raises ValueError."""
    if variant != "full" and (info.kind == "video") != variant.startswith("frame"):
        raise ValueError(f"there is no variant {variant!r} of this")
    return stored_key(info.sha256, variant, info.format)


def stored_key(sha256: str, variant: str, form: str) -> str:
    """The object's key by the hash of its full bytes; small ones are WebP, whole frames JPEG. Raises ValueError."""
    if variant not in VARIANTS:
        raise ValueError(f"there is no variant {variant!r}")
    stem = f"{sha256[:2]}/{sha256}"
    if variant == "full":
        return f"{stem}.{EXTENSIONS[form]}"
    return f"{stem}-{variant}.{'jpg' if variant.endswith('-full') else 'webp'}"


async def store_picture(store: ObjectStore, course_id: UUID, name: str, prepared: PreparedPicture) -> MediaInfo:
    """Keep a prepared picture: first its bytes, then its row, so that a row never lacks its bytes."""
    row = Media(
        course=course_id, kind="image", sha256=prepared.sha256, format=prepared.format, width=prepared.width,
        height=prepared.height, size=len(prepared.full), name=file_label(name), created_at=now(),
        blur=prepared.blur,
    )  # fmt: skip
    info = media_info(row.to_dict())
    parts = {"full": prepared.full, "phone": prepared.phone, "thumb": prepared.thumb}
    await asyncio.gather(*(obstore.put_async(store, media_key(info, part), data) for part, data in parts.items()))
    await Media.insert(row)
    return info


async def store_video(
    store: ObjectStore, course_id: UUID, name: str, prepared: PreparedVideo
) -> tuple[MediaInfo, MediaInfo]:
    """Keep a prepared video, read piece by piece, and its poster as a picture of its own; returns both."""
    row = Media(
        course=course_id, kind="video", sha256=prepared.sha256, format="mp4", width=prepared.width,
        height=prepared.height, size=prepared.size, seconds=prepared.seconds, name=file_label(name), created_at=now(),
    )  # fmt: skip
    info = media_info(row.to_dict())
    await obstore.put_async(store, media_key(info), prepared.path)
    poster = await store_picture(store, course_id, name, prepared.poster)
    await Media.insert(row)
    return info, poster


async def media_of(course_id: UUID, ids: Iterable[UUID]) -> dict[UUID, MediaInfo]:
    """Those of the ids that are in the course."""
    wanted = list(dict.fromkeys(ids))
    found: dict[UUID, MediaInfo] = {}
    for start in range(0, len(wanted), _IDS):
        rows = await Media.select().where(Media.course == course_id, Media.id.is_in(wanted[start : start + _IDS]))
        found |= {row["id"]: media_info(row) for row in rows}
    return found


async def media_of_kind(course_id: UUID, media_id: UUID, kind: str) -> MediaInfo:
    """One of the course that is an "image" or a "video", as `kind` says. Raises NotFound."""
    info = (await media_of(course_id, [media_id])).get(media_id)
    if info is None or info.kind != kind:
        raise NotFound
    return info


async def find_media(media_id: UUID) -> MediaInfo:
    """By id, whatever its course. Raises NotFound."""
    row = await Media.select().where(Media.id == media_id).first()
    if row is None:
        raise NotFound
    return media_info(row)


async def read_media(store: ObjectStore, key: str, start: int = 0, end: int | None = None) -> StoredBytes:
    """The bytes from `start` up to, not with, `end`. Raises NotFound, ValueError for a range outside the object."""
    try:
        size = (await obstore.head_async(store, key))["size"]
        end = size if end is None else min(end, size)
        if not 0 <= start < end:
            raise ValueError(f"bytes {start} to {end} are not in {size} bytes")
        result = await obstore.get_async(store, key, options={"range": (start, end)})
    except FileNotFoundError as error:
        raise NotFound from error
    return StoredBytes(start, end, size, _plain(result.stream(min_chunk_size=_CHUNK)))


async def _plain(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield bytes(chunk)  # obstore's own Bytes, until here


def media_info(row: dict[str, Any]) -> MediaInfo:
    """A row of the table as others see it."""
    # PostgreSQL keeps seven digits of the seconds, SQLite all.
    seconds = None if row["seconds"] is None else round(row["seconds"], 2)
    return MediaInfo(
        **{name: row[name] for name in MediaInfo.__dataclass_fields__ if name != "alt"} | {"seconds": seconds}
    )


def file_label(name: str) -> str:
    """The last part of a path, without what cannot be shown, as a label for people; never used as a path."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in last)
    return " ".join(shown.split())[:NAME_MAX]
