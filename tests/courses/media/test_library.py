"""Pictures and videos kept and found again, in a folder and in a bucket."""

import asyncio
import io
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import av
import obstore
import pytest
from PIL import Image

from courses.clock import now
from courses.errors import MediaRefused, NotFound
from courses.media.library import find_media, media_key, media_of, open_store, read_media
from courses.media.values import MediaInfo
from courses.tables.courses import Course
from courses.tables.media import Media
from tests.buckets import bucket_on, name_bucket
from tests.media import add_picture, add_video

pytestmark = pytest.mark.anyio


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """A bucket on this machine, named by the AWS_* variables; its objects by path."""
    with bucket_on() as (port, objects):
        name_bucket(monkeypatch, port)
        yield objects


@pytest.fixture
def store(tmp_path: Path) -> obstore.store.ObjectStore:
    return open_store(f"file:///{tmp_path}/media")


@pytest.fixture
async def course(db: object) -> UUID:
    return await make_course()


async def make_course() -> UUID:
    course = Course(title="Physics", created_at=now(), updated_at=now())
    await Course.insert(course)
    return course.id


def jpeg(colour: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (1500, 900), colour).save(target, "JPEG")
    return target.getvalue()


def film(noisy: bool = False) -> io.BytesIO:
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = (640, 480, "yuv420p") if noisy else (64, 48, "yuv420p")
        for _ in range(50 if noisy else 25):
            picture = (
                Image.frombytes("RGB", (640, 480), os.urandom(640 * 480 * 3)) if noisy else Image.new("RGB", (64, 48))
            )
            container.mux(video.encode(av.VideoFrame.from_image(picture)))
        container.mux(video.encode())
    target.seek(0)
    return target


async def whole(store: obstore.store.ObjectStore, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in (await read_media(store, key, start, end)).chunks])


async def test_a_picture_is_kept_in_three_sizes_and_a_row(
    course: UUID, store: obstore.store.ObjectStore, tmp_path: Path
) -> None:
    info = await add_picture(store, course, "holiday.jpg", jpeg())
    assert (info.kind, info.format, info.width, info.height, info.seconds) == ("image", "jpeg", 1500, 900, None)
    assert (info.course, info.name) == (course, "holiday.jpg")
    assert await find_media(info.id) == info
    keys = [media_key(info, variant) for variant in ("full", "phone", "thumb")]
    stem = f"{info.sha256[:2]}/{info.sha256}"
    assert keys == [f"{stem}.jpg", f"{stem}-phone.webp", f"{stem}-thumb.webp"]
    files = sorted(str(path.relative_to(tmp_path / "media")) for path in (tmp_path / "media").rglob("*.*"))
    assert files == sorted(keys)
    assert [Image.open(io.BytesIO(await whole(store, key))).width for key in keys] == [1500, 1080, 480]
    assert len(await whole(store, keys[0])) == info.size


async def test_the_same_picture_is_stored_once(course: UUID, store: obstore.store.ObjectStore, tmp_path: Path) -> None:
    first, second = await asyncio.gather(*(add_picture(store, course, "a", jpeg()) for _ in range(2)))
    assert first.id != second.id
    assert media_key(first) == media_key(second)
    assert len(list((tmp_path / "media").rglob("*.*"))) == 3


@pytest.mark.parametrize(
    "data", [b"", b"<svg/>", jpeg()[:500], bytes(31_000_000)], ids=["empty", "svg", "truncated", "large"]
)
async def test_a_refused_picture_leaves_nothing(
    course: UUID, store: obstore.store.ObjectStore, tmp_path: Path, data: bytes
) -> None:
    with pytest.raises(MediaRefused):
        await add_picture(store, course, "a.jpg", data)
    assert await Media.count() == 0
    assert list((tmp_path / "media").iterdir()) == []


async def test_a_store_that_fails_leaves_no_row(course: UUID, store: obstore.store.ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "media").rmdir()
    (tmp_path / "media").write_bytes(b"a file in the way")
    with pytest.raises((OSError, obstore.exceptions.BaseError)):
        await add_picture(store, course, "a.jpg", jpeg())
    assert await Media.count() == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\alice\\照片.jpg", "照片.jpg"),
        ("<script>alert(1)</script>", "script>"),
        ("=cmd()", "=cmd()"),
        ("a\r\nSet-Cookie: b\0c\u202egpj.exe", "a Set-Cookie: b c gpj.exe"),
        ("x" * 10_000, "x" * 200),
        ("\ud800", ""),
        ("", ""),
    ],
)
async def test_a_file_name_is_only_a_label(
    course: UUID, store: obstore.store.ObjectStore, name: str, kept: str
) -> None:
    info = await add_picture(store, course, name, jpeg())
    assert (await find_media(info.id)).name == info.name == kept


async def test_a_video_is_kept_with_its_poster(course: UUID, store: obstore.store.ObjectStore, tmp_path: Path) -> None:
    video, poster = await add_video(store, course, "film.mp4", film())
    assert (video.kind, video.format, video.width, video.height) == ("video", "mp4", 64, 48)
    assert video.seconds == pytest.approx(1, abs=0.1)
    assert (poster.kind, poster.format, poster.width, poster.height) == ("image", "jpeg", 64, 48)
    assert await media_of(course, [video.id, poster.id]) == {video.id: video, poster.id: poster}
    assert len(await whole(store, media_key(video))) == video.size
    assert media_key(video).endswith(f"{video.sha256}.mp4")
    with pytest.raises(ValueError, match="variant"):
        media_key(video, "phone")
    with pytest.raises(ValueError, match="variant"):
        media_key(poster, "huge")


async def test_a_refused_video_leaves_nothing(course: UUID, store: obstore.store.ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(MediaRefused):
        await add_video(store, course, "film.mp4", io.BytesIO(b"no film"))
    assert await Media.count() == 0
    assert list((tmp_path / "media").iterdir()) == []


async def test_media_of_another_course_is_not_found(course: UUID, store: obstore.store.ObjectStore) -> None:
    info = await add_picture(store, course, "a.jpg", jpeg())
    assert await media_of(await make_course(), [info.id]) == {}
    assert await media_of(course, []) == {}
    assert await media_of(course, [info.id, uuid4(), info.id]) == {info.id: info}
    with pytest.raises(NotFound):
        await find_media(uuid4())


async def test_read_media_gives_ranges(store: obstore.store.ObjectStore) -> None:
    data = os.urandom(1_000_000)
    await obstore.put_async(store, "aa/x", data)
    part = await read_media(store, "aa/x", 10, 999_999_999)
    assert (part.start, part.end, part.size) == (10, 1_000_000, 1_000_000)
    assert await whole(store, "aa/x") == data
    assert await whole(store, "aa/x", 10, 20) == data[10:20]
    assert await whole(store, "aa/x", 999_999) == data[-1:]
    for start, end in ((1_000_000, None), (5, 5), (-1, None)):
        with pytest.raises(ValueError, match="not in 1000000 bytes"):
            await read_media(store, "aa/x", start, end)
    for key in ("aa/none", "../aa/x", "aa"):
        with pytest.raises((NotFound, ValueError)):
            await read_media(store, key)


async def test_a_file_is_seen_whole_or_not_at_all(store: obstore.store.ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "large"
    source.write_bytes(os.urandom(60_000_000))
    target = tmp_path / "media" / "aa" / "large"
    put = asyncio.ensure_future(obstore.put_async(store, "aa/large", source))
    sizes = set()
    while not put.done():
        sizes.add(target.stat().st_size if target.exists() else None)
        await asyncio.sleep(0)
    await put
    assert sizes <= {None, 60_000_000}
    assert target.stat().st_size == 60_000_000


async def test_a_bucket_keeps_pictures_and_videos(course: UUID, bucket: dict[str, bytes]) -> None:
    store = open_store("s3://lessons/media")
    picture = await add_picture(store, course, "a.jpg", jpeg())
    video, _ = await add_video(store, course, "film.mp4", film(noisy=True))
    assert video.size > 6_000_000  # sent in parts
    assert set(bucket) >= {f"/lessons/media/{media_key(info)}" for info in (picture, video)}
    assert await whole(store, media_key(picture)) == bucket[f"/lessons/media/{media_key(picture)}"]
    data = bucket[f"/lessons/media/{media_key(video)}"]
    assert len(data) == video.size
    assert await whole(store, media_key(video), 100, 5_000_000) == data[100:5_000_000]
    with pytest.raises(NotFound):
        await read_media(store, "aa/none")


def test_open_store_takes_absolute_folders(tmp_path: Path) -> None:
    assert open_store(f"file://{tmp_path}/deep/er").prefix == tmp_path / "deep" / "er"
    assert open_store(f"file:///{tmp_path}/deep/er").prefix == tmp_path / "deep" / "er"


@pytest.mark.parametrize(
    "url", ["", "var/media", "file:///", "file:////", "file://host/x", "s3://", "s3:///x", "ftp://x/y"]
)
def test_open_store_refuses_other_addresses(url: str) -> None:
    with pytest.raises(ValueError, match="is not of the form file:///PATH or s3://BUCKET/PREFIX"):
        open_store(url)


def test_media_info_is_what_the_table_holds() -> None:
    columns = {column._meta.name for column in Media._meta.columns}
    # A description belongs to a picture's place in a lesson.
    assert set(MediaInfo.__dataclass_fields__) | {"created_at"} == columns | {"alt"}
