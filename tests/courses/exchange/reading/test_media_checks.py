"""What an archive's pictures and videos are told to be before anything is decoded."""

import io
import zipfile

import pytest
from PIL import Image, PngImagePlugin

from courses.errors import MediaRefused
from courses.exchange.reading.media_checks import look_at_picture, look_at_video
from courses.exchange.reading.zip_files import Archive


def archive(name: str, data: bytes) -> Archive:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(name, data)
    opened = zipfile.ZipFile(file)
    return Archive(opened, len(file.getvalue()), {info.filename: info for info in opened.infolist()})


def test_look_at_picture_takes_a_png_with_much_text() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", "tea " * 600_000, zip=True)
    file = io.BytesIO()
    Image.new("RGB", (90, 120)).save(file, "PNG", pnginfo=texts)
    found = look_at_picture(archive("a.png", file.getvalue()), "a.png", "a.png", "Tea", frozenset())
    assert (found.name, found.alt, found.size) == ("a.png", "Tea", len(file.getvalue()))


def test_look_at_video_names_what_is_no_mp4() -> None:
    film = archive("video.mp4", b"RIFF\x10\0\0\0AVI LIST" + bytes(500))
    with pytest.raises(MediaRefused, match=r"This video is AVI, not MP4\."):
        look_at_video(film, "video.mp4", "video.mp4", frozenset())
