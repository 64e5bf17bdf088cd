"""What becomes of uploaded videos, good and bad."""

import io
import pickle
import random
import resource
import struct
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image

from courses.errors import MediaRefused
from courses.media.video_frames import prepare_frames
from courses.media.videos import BYTES_MAX, prepare_video

UPRIGHT = (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
# As a phone held upright records: stored lying, shown turned by 90 degrees clockwise.
CLOCKWISE = (0, 65536, 0, -65536, 0, 0, 180 * 65536, 0, 1 << 30)


def film(
    path: Path,
    seconds: float = 2,
    codec: str = "libx264",
    sound: str | None = "aac",
    pixels: str = "yuv420p",
    form: str = "mp4",
    size: tuple[int, int] = (320, 180),
    rate: int = 25,
    shape: tuple[int, int] = (1, 1),
) -> Path:
    """A video that is black for half a second, then blue with a red left half and a green top left corner."""
    scene = Image.new("RGB", size, (20, 20, 220))
    scene.paste((220, 20, 20), (0, 0, size[0] // 2, size[1]))
    scene.paste((20, 200, 20), (0, 0, size[0] // 4, size[1] // 4))
    with av.open(str(path), "w", format=form) as target:
        target.metadata["title"] = "SecretTitle"
        target.metadata["location"] = "+27.5000+153.0000/"
        video = target.add_stream(codec, rate=rate)
        video.width, video.height, video.pix_fmt = *size, pixels
        video.codec_context.sample_aspect_ratio = Fraction(*shape)
        voice = target.add_stream(sound, rate=48_000, layout="mono") if sound else None
        for number in range(int(seconds * rate)):
            frame = av.VideoFrame.from_image(Image.new("RGB", size) if number < rate / 2 else scene)
            target.mux(video.encode(frame.reformat(format=pixels)))
        target.mux(video.encode())
        if voice:
            for number in range(int(seconds * 48_000 / 960)):
                frame = av.AudioFrame(format="s16", layout="mono", samples=960)
                frame.planes[0].update(bytes(960 * 2))
                frame.rate, frame.pts = 48_000, number * 960
                resampled = av.AudioResampler(voice.codec_context.format, "mono", 48_000).resample(frame)
                for piece in resampled:
                    target.mux(voice.encode(piece))
            target.mux(voice.encode())
    return path


def turned(path: Path, matrix: tuple[int, ...]) -> Path:
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    assert struct.unpack(">9i", data[at : at + 36]) == UPRIGHT
    data[at : at + 36] = struct.pack(">9i", *matrix)
    path.write_bytes(data)
    return path


def reason(path: Path) -> str:
    before = set(path.parent.iterdir())
    with pytest.raises(MediaRefused) as caught:
        prepare_video(path)
    assert set(path.parent.iterdir()) == before
    assert pickle.loads(pickle.dumps(caught.value)).message == caught.value.message
    return str(caught.value.message)


def corners(data: bytes) -> list[int]:
    """Which of red, green and blue is strongest in the corners top left, bottom left and top right."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    width, height = picture.size
    pixels = [picture.getpixel(at) for at in ((9, 9), (9, height - 9), (width - 9, 9))]
    return [pixel.index(max(pixel)) for pixel in pixels]


def test_prepare_video_writes_a_clean_mp4(tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4")
    assert b"SecretTitle" in source.read_bytes()
    prepared = prepare_video(source)
    data = prepared.path.read_bytes()
    assert (prepared.width, prepared.height, prepared.size) == (320, 180, len(data))
    assert prepared.seconds == pytest.approx(2, abs=0.1)
    assert not {secret for secret in (b"SecretTitle", b"27.5000", b"Lavf") if secret in data}
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(prepared.path)) as clean:
        assert [stream.codec_context.name for stream in clean.streams] == ["h264", "aac"]
        assert len(list(clean.decode(video=0))) == 50
    assert pickle.loads(pickle.dumps(prepared)) == prepared


def test_prepare_video_takes_a_poster_after_the_black_start(tmp_path: Path) -> None:
    poster = prepare_video(film(tmp_path / "film.mp4")).poster
    assert (poster.format, poster.width, poster.height) == ("jpeg", 320, 180)
    assert corners(poster.full) == corners(poster.thumb) == [1, 0, 2]


def test_prepare_video_shows_a_phone_video_upright(tmp_path: Path) -> None:
    prepared = prepare_video(turned(film(tmp_path / "film.mp4"), CLOCKWISE))
    assert (prepared.width, prepared.height) == (prepared.poster.width, prepared.poster.height) == (180, 320)
    assert corners(prepared.poster.full) == [0, 2, 1]
    assert struct.pack(">9i", *CLOCKWISE) in prepared.path.read_bytes()


@pytest.mark.parametrize(
    ("size", "shape", "shown"),
    [
        ((720, 576), (64, 45), (1024, 576)),  # PAL, 16:9
        ((720, 576), (16, 15), (768, 576)),  # PAL, 4:3
        ((720, 480), (8, 9), (640, 480)),  # NTSC, 4:3
        ((1440, 1080), (4, 3), (1920, 1080)),  # HDV
        ((320, 180), (0, 1), (320, 180)),  # unknown
    ],
)
def test_video_is_measured_and_pictured_in_the_shape_of_its_display(
    tmp_path: Path, size: tuple[int, int], shape: tuple[int, int], shown: tuple[int, int]
) -> None:
    prepared = prepare_video(film(tmp_path / "film.mp4", size=size, shape=shape, sound=None))
    assert (prepared.width, prepared.height) == (prepared.poster.width, prepared.poster.height) == shown
    assert corners(prepared.poster.full) == [1, 0, 2]
    (frame,) = prepare_frames(prepared.path, prepared.seconds, 1)
    assert Image.open(io.BytesIO(frame.full)).size == shown
    with av.open(str(prepared.path)) as clean:
        assert (clean.streams.video[0].sample_aspect_ratio or 0) == Fraction(*shape)


def test_video_of_wide_pixels_that_was_turned_is_measured_upright(tmp_path: Path) -> None:
    prepared = prepare_video(turned(film(tmp_path / "film.mp4", size=(720, 576), shape=(64, 45)), CLOCKWISE))
    assert (prepared.width, prepared.height) == (prepared.poster.width, prepared.poster.height) == (576, 1024)
    assert corners(prepared.poster.full) == [0, 2, 1]


def test_the_same_video_gives_the_same_hash(tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4")
    assert prepare_video(source).sha256 == prepare_video(source).sha256


@pytest.mark.parametrize("sound", [None, "aac"])
def test_prepare_video_takes_silent_and_very_short_videos(tmp_path: Path, sound: str | None) -> None:
    assert prepare_video(film(tmp_path / "film.mp4", seconds=0.2, sound=sound)).seconds == pytest.approx(0.2, abs=0.1)


def test_prepare_video_takes_what_an_iphone_calls_mov(tmp_path: Path) -> None:
    assert prepare_video(film(tmp_path / "film.mov", form="mov")).path.read_bytes()[4:12] == b"ftypisom"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"codec": "libx265"},
            "The video is coded as HEVC (H.265), which not every phone plays. Export it as MP4 (H.264).",
        ),
        (
            {"codec": "mpeg4"},
            "The video is coded as MPEG-4 Part 2, which not every phone plays. Export it as MP4 (H.264).",
        ),
        (
            {"sound": "libmp3lame"},
            "The sound is coded as MP3, which not every phone plays. Export it as MP4 with AAC sound.",
        ),
        (
            {"pixels": "yuv444p"},
            "The video has the colour format yuv444p, which not every phone plays. Export it with 8 bits (4:2:0).",
        ),
        (
            {"size": (320, 64), "shape": (20, 1), "sound": None},
            "The video has 6400 × 64 pixels; at most 4096 on each side fit.",
        ),
        ({"size": (4112, 64)}, "The video has 4112 × 64 pixels; at most 4096 on each side fit."),
        *(
            (options, f"This video is {name}, not MP4. Export it as MP4 (H.264) and try again.")
            for name, options in {
                "AVI": {"form": "avi"},
                "MKV": {"form": "matroska"},
                "WebM": {"form": "webm", "codec": "libvpx", "sound": None},
                "FLV": {"form": "flv", "sound": None},
                "WMV": {"form": "asf", "sound": None},
                "MPEG": {"form": "mpeg", "codec": "mpeg2video", "sound": "mp2"},
                "MPEG-TS": {"form": "mpegts"},
                "Ogg": {"form": "ogg", "codec": "libvpx", "sound": None},
                "MXF": {"form": "mxf", "codec": "mpeg2video", "sound": None},
                "RealMedia": {"form": "rm", "codec": "rv10", "sound": None, "size": (352, 288)},
            }.items()
        ),
    ],
)
def test_what_phones_cannot_play_is_refused_in_plain_words(tmp_path: Path, options: dict, sentence: str) -> None:
    assert reason(film(tmp_path / "film.mp4", **options)) == sentence


def test_a_file_with_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w", format="mp4") as target:
        voice = target.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        frame.planes[0].update(bytes(4096))
        frame.rate = 48_000
        target.mux([*voice.encode(frame), *voice.encode()])
    assert reason(path) == "There is no picture in this video, only sound."


def gif() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (60, 80), "red").save(target, "GIF", save_all=True, append_images=[Image.new("RGB", (60, 80))])
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (gif(), "This video is GIF, not MP4. Export it as MP4 (H.264) and try again."),
        (
            b"\0\0\0\x08wide" + bytes(400),
            "This video is damaged or incomplete. Export it as MP4 (H.264) and try again.",
        ),
        (
            b"".join(bytes(4) + b"\x47" + bytes(187) for _ in range(3)),  # as camcorders write M2TS
            "This video is MPEG-TS, not MP4. Export it as MP4 (H.264) and try again.",
        ),
        (b"RIFF\x10\0\0\0WAVEfmt ", "There is no picture in this video, only sound."),
        (b"ID3\x04\0", "There is no picture in this video, only sound."),
    ],
)
def test_what_people_take_for_an_mp4_is_named(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    assert reason(path) == sentence


def test_a_video_over_an_hour_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w", format="mp4") as target:
        video = target.add_stream("libx264", rate=1)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        for number in range(3700):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            target.mux(video.encode(frame))
        target.mux(video.encode())
    assert reason(path) == "The video is 62 minutes long; at most 60 fit."


def test_a_video_over_the_size_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.truncate(BYTES_MAX + 50_000_000)
    assert reason(path) == "The video has 550 MB; at most 500 MB fit."


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"just text",
        b"<html><script>alert(1)</script>",
        b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
        b"\xff\xd8\xff\xe0",
    ],
)
def test_what_is_no_video_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    assert reason(path) == "This file is not an MP4 video. Export it as MP4 (H.264) and try again."


@pytest.mark.parametrize(
    "start", [b"\0\0\0\x18ftypisom\0\0\0\0isomiso2", b"\0\0\0\x0bftyp#EXTM3U\nfile:///etc/passwd\n"]
)
def test_what_only_starts_like_a_video_is_refused(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(start)
    assert reason(path) == "This video is damaged or incomplete. Export it as MP4 (H.264) and try again."


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("streamable", [False, True])
def test_truncated_videos_are_refused(tmp_path: Path, part: float, streamable: bool) -> None:
    path = film(tmp_path / "film.mp4", seconds=20)
    if streamable:
        path = prepare_video(path).path
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    assert reason(path) == "This video is damaged or incomplete. Export it as MP4 (H.264) and try again."


def test_a_shortage_of_this_machine_is_not_blamed_on_the_video(tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            prepare_video(source)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_flipped_bytes_are_refused_or_give_a_video(tmp_path: Path) -> None:
    source = random.Random(7)
    original = film(tmp_path / "film.mp4", seconds=1, size=(64, 48)).read_bytes()
    path = tmp_path / "broken.mp4"
    for _ in range(100):
        data = bytearray(original)
        for _ in range(source.randint(1, 8)):
            data[source.randrange(len(data))] = source.randrange(256)
        path.write_bytes(data)
        try:
            assert prepare_video(path).seconds > 0
        except MediaRefused:
            continue
