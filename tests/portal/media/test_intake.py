"""A file becomes a picture or a video by its bytes, whatever way it came and whatever its sender calls it."""

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from courses.errors import MediaRefused
from courses.media.library import media_of, open_store
from courses.media.values import MediaInfo
from portal.media.intake import store_upload
from portal.settings import Settings


@pytest.fixture
def take(settings: Settings, course: UUID, run: Any) -> Any:
    return lambda *file: run(store_upload, open_store(settings.media), course, *file)


def photo(path: Path) -> Path:
    file = io.BytesIO()
    Image.new("RGB", (60, 80), (200, 40, 90)).save(file, "JPEG")
    path.write_bytes(file.getvalue())
    return path


def test_a_picture_is_kept_under_the_name_that_its_sender_gives(
    take: Any, run: Any, course: UUID, tmp_path: Path
) -> None:
    info, poster = take("C:\\fotos\\tea.mp4", "video/mp4", photo(tmp_path / "sent"))
    assert (info.kind, info.name, info.width, info.height, poster) == ("image", "tea.mp4", 60, 80, None)
    assert run(media_of, course, [info.id]) == {info.id: info}


def test_a_video_brings_its_first_picture_whatever_it_is_called(take: Any, film: Path) -> None:
    info, poster = take("tea.jpg", "image/jpeg", film)
    assert (info.kind, info.format, poster.kind, poster.name) == ("video", "mp4", "image", "tea.jpg")
    assert isinstance(poster, MediaInfo)


@pytest.mark.parametrize("type", ["video/x-msvideo", "application/octet-stream", "image/jpeg"])
@pytest.mark.parametrize("start", [b"RIFF\x10\0\0\0AVI LIST", b"\x1a\x45\xdf\xa3\x01", b"FLV\x01\x05"])
def test_a_video_of_another_kind_is_refused_as_a_video(take: Any, tmp_path: Path, type: str, start: bytes) -> None:
    (tmp_path / "sent").write_bytes(start + bytes(500))
    with pytest.raises(MediaRefused, match=r"This video is (AVI|MKV|FLV), not MP4\."):
        take("film", type, tmp_path / "sent")


@pytest.mark.parametrize(
    ("type", "sentence"), [("image/gif", "Save it as JPEG or PNG, or as an MP4 video"), ("video/gif", "GIF, not MP4")]
)
def test_a_gif_is_refused_as_what_it_was_meant_for(take: Any, tmp_path: Path, type: str, sentence: str) -> None:
    Image.new("P", (60, 80)).save(tmp_path / "sent.gif")
    with pytest.raises(MediaRefused, match=sentence):
        take("film", type, tmp_path / "sent.gif")


def test_a_refusal_speaks_of_what_the_sender_meant(take: Any, tmp_path: Path) -> None:
    (tmp_path / "sent").write_bytes(b"no such thing" * 10)
    said = {}
    for type in ("video/mp4", "image/png"):
        with pytest.raises(MediaRefused) as refused:
            take("a", type, tmp_path / "sent")
        said[type] = str(refused.value.message)
    assert "picture" in said["image/png"]
    assert "video" in said["video/mp4"]
