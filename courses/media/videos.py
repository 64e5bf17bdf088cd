"""Videos as they are uploaded become videos that are safe to serve: copied into a clean MP4, with a poster frame.

Like courses/media/pictures.py it runs in a worker process.
"""

import errno
import hashlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NoReturn

import av
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from courses.errors import MediaRefused, Message, NeedsConversion
from courses.media.pictures import PreparedPicture, picture_variants
from courses.media.video_formats import START, refuse_other_videos

BYTES_MAX = 500_000_000
SECONDS_MAX = 60 * 60
SIDE_MAX = 4096
# Eight bits with colour halved both ways: what the decoders of phones are built for.
PIXEL_FORMATS = ("yuv420p", "yuvj420p")
#: what phones film in, and have filmed in
CONVERTIBLE = ("h264", "hevc", "mpeg4", "h263")
# What codecs are called in the menus of cameras and programs, where it is not FFmpeg's name.
_NAMES = {
    "hevc": "HEVC (H.265)",
    "mpeg4": "MPEG-4 Part 2",
    "prores": "Apple ProRes",
    "pcm_s16le": "PCM",
    "pcm_s16be": "PCM",
}
# Opening scenes are often black for a moment.
_POSTER_SECONDS = 1.0
_POSTER_FRAMES_MAX = 300
_HASH_CHUNK = 1_000_000
# Troubles of this machine, not of the file.
_OUR_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EROFS}


@dataclass(frozen=True)
class PreparedVideo:
    """A clean MP4 at `path`, which is the caller's to remove; `width` and `height` as shown, in pixels."""

    path: Path
    sha256: str
    size: int
    width: int
    height: int
    seconds: float
    poster: PreparedPicture


def prepare_video(path: Path) -> PreparedVideo:
    """Check an uploaded MP4 and write it anew beside itself, without metadata, ready to stream. Raises MediaRefused."""
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise MediaRefused(
            Message(
                "The video has {size} MB; at most {limit} MB fit.", size=round(size / 1e6), limit=BYTES_MAX // 1_000_000
            )
        )
    with path.open("rb") as file:
        refuse_other_videos(file.read(START))
    clean = path.with_name(path.name + ".clean.mp4")
    try:
        seconds = _remux(path, clean)
        poster, width, height = _poster(clean, seconds)
        return PreparedVideo(clean, _sha256(clean), clean.stat().st_size, width, height, seconds, poster)
    except Exception as error:
        clean.unlink(missing_ok=True)
        raise_refusal(error)


def raise_refusal(error: Exception) -> NoReturn:
    """For what a file could not be read by: readers of hostile ones raise anything from AttributeError to FFmpegError."""
    if isinstance(error, MediaRefused) or getattr(error, "errno", None) in _OUR_ERRORS:
        raise error
    raise MediaRefused(damaged()) from error


def _remux(source: Path, target: Path) -> float:
    """Copy the picture and the sound, nothing else; returns the length in seconds."""
    with open_video(source) as given:
        video, audio = streams_of(given)
        promised = promised_seconds(given)
        refuse_too_long(promised)
        _refuse_coding(video, audio)
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        with av.open(str(target), "w", format="mp4", options=options) as clean:
            copies = {stream.index: clean.add_stream_from_template(stream) for stream in (video, audio) if stream}
            for packet in given.demux(*[stream for stream in (video, audio) if stream]):
                if packet.dts is None:
                    continue  # the empty packet that ends a stream
                if packet.is_corrupt:
                    raise MediaRefused(damaged())
                packet.stream = copies[packet.stream.index]
                clean.mux(packet)
    with open_video(target) as written:
        seconds = written.duration / av.time_base if written.duration else 0.0
    refuse_too_long(seconds)
    refuse_cut_off(seconds, promised)
    return seconds


def promised_seconds(given: InputContainer) -> float:
    """How long it says it is; 0 where it says nothing."""
    return given.duration / av.time_base if given.duration else 0.0


def refuse_cut_off(seconds: float, promised: float) -> None:
    """A file that was cut off may still promise its whole length. Raises MediaRefused."""
    if seconds <= 0 or seconds < promised - max(2.0, promised * 0.05):
        raise MediaRefused(damaged())


def open_video(path: Path) -> InputContainer:
    """To be closed by the caller."""
    # The format is given, as FFmpeg would else follow a playlist that was renamed to other files and addresses.
    return av.open(str(path), format="mp4", options={"protocol_whitelist": "file"})


def streams_of(given: InputContainer) -> tuple[VideoStream, Stream | None]:
    """The streams to keep. Raises MediaRefused for what is too large, or only sound."""
    video = next((stream for stream in given.streams.video if not stream.disposition & Disposition.attached_pic), None)
    if video is None:
        raise MediaRefused(Message("There is no picture in this video, only sound."))
    for width, height in ((video.width, video.height), shown_size(video)):
        if not (0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX):
            raise MediaRefused(
                Message(
                    "The video has {width} × {height} pixels; at most {limit} on each side fit.",
                    width=width,
                    height=height,
                    limit=SIDE_MAX,
                )
            )
    # Newer phones put a second sound beside it that only they know.
    voices = sorted(given.streams.audio, key=lambda stream: codec_of(stream) == "?")
    return video, voices[0] if voices else None


def plays(video: VideoStream) -> bool:
    """Whether all phones do."""
    return codec_of(video) == "h264" and video.codec_context.pix_fmt in PIXEL_FORMATS


def _refuse_coding(video: VideoStream, audio: Stream | None) -> None:
    """Raises MediaRefused for what phones cannot play, NeedsConversion where that can be mended."""
    codec, voice = codec_of(video), codec_of(audio) if audio else "aac"
    refusal = NeedsConversion if codec in CONVERTIBLE and voice != "?" else MediaRefused
    if codec != "h264":
        raise refusal(
            Message(
                "The video is coded as {codec}, which not every phone plays. Export it as MP4 (H.264).",
                codec=_named(codec),
            )
        )
    if not plays(video):
        raise refusal(
            Message(
                "The video has the colour format {format}, which not every phone plays. Export it with 8 bits (4:2:0).",
                format=video.codec_context.pix_fmt or "?",
            )
        )
    if voice != "aac":
        raise refusal(
            Message(
                "The sound is coded as {codec}, which not every phone plays. Export it as MP4 with AAC sound.",
                codec=_named(voice),
            )
        )


def shown_size(video: VideoStream) -> tuple[int, int]:
    """Before it is turned: what cameras for television record has pixels that are wider or narrower than high."""
    shape = video.sample_aspect_ratio or Fraction(1)
    return round(video.width * shape), video.height


def codec_of(stream: Stream) -> str:
    context = stream.codec_context  # None for a codec that PyAV does not know, which its types leave out
    return context.codec.canonical_name if context else "?"  # type: ignore[truthy-bool]  # see above


def _named(codec: str) -> str:
    return _NAMES.get(codec, codec.upper())


def refuse_too_long(seconds: float) -> None:
    if seconds > SECONDS_MAX:
        raise MediaRefused(
            Message(
                "The video is {minutes} minutes long; at most {limit} fit.",
                minutes=int(-(-seconds // 60)),
                limit=SECONDS_MAX // 60,
            )
        )


def damaged() -> Message:
    """What people are told of a file that does not play to its end."""
    return Message("This video is damaged or incomplete. Export it as MP4 (H.264) and try again.")


def _poster(path: Path, seconds: float) -> tuple[PreparedPicture, int, int]:
    """A frame from one second in, or from the middle of a shorter video, and the video's width and height as shown."""
    with open_video(path) as video:
        stream = video.streams.video[0]
        # Streams can change their size half-way.
        stream.codec_context.options = {"max_pixels": str(SIDE_MAX * SIDE_MAX)}
        wanted = Fraction(min(_POSTER_SECONDS, seconds / 2)) + (stream.start_time or 0) * time_base(stream)
        frames = video.decode(stream)
        frame = next(frames)
        for _ in range(_POSTER_FRAMES_MAX):
            # PyAV's types leave out that a frame may be without a time.
            early = frame.time is None or frame.time < wanted  # type: ignore[redundant-expr]  # see above
            following = next(frames, None) if early else None
            if following is None:
                break
            frame = following
        picture = shown_frame(frame, stream)
        width, height = shown_size(stream)
        if frame.rotation % 180 != 0:
            width, height = height, width
    return picture_variants(picture, "jpeg"), width, height


def time_base(stream: VideoStream) -> Fraction:
    """Seconds of a tick of the stream's clock. Raises MediaRefused for a stream without one."""
    if stream.time_base is None:
        raise MediaRefused(damaged())
    return stream.time_base


def shown_frame(frame: VideoFrame, stream: VideoStream) -> Image.Image:
    """As a player shows it: in the shape of its display, and upright, as phones film lying down and say so."""
    picture: Image.Image = frame.to_image()
    size = shown_size(stream)
    if size != (stream.width, stream.height):
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_HASH_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
