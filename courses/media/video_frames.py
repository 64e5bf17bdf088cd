"""Frames of a stored video, to choose its cover from. Runs in a worker process."""

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from courses.errors import MediaRefused
from courses.media.pictures import picture_variants
from courses.media.videos import SIDE_MAX, damaged, open_video, shown_frame, time_base

# From a frame that needs no other up to the one that is wanted: ten seconds as encoders make them.
_FRAMES_MAX = 250


@dataclass(frozen=True)
class PreparedFrame:
    """What is seen at `seconds`: as JPEG, and as a small WebP."""

    seconds: float
    full: bytes = field(repr=False)
    thumb: bytes = field(repr=False)


def prepare_frames(path: Path, seconds: float, count: int) -> list[PreparedFrame]:
    """Up to `count` frames at equal distances; fewer of a video that has fewer. Raises MediaRefused."""
    found: dict[float, PreparedFrame] = {}
    try:
        with open_video(path) as video:
            stream = video.streams.video[0]
            stream.codec_context.options = {"max_pixels": str(SIDE_MAX * SIDE_MAX)}
            first = (stream.start_time or 0) * time_base(stream)
            for number in range(count):
                wanted = first + Fraction(seconds).limit_denominator(1000) * (2 * number + 1) / (2 * count)
                frame = _frame_at(video, stream, wanted)
                if frame is None or frame.time in found:
                    continue
                picture = picture_variants(shown_frame(frame, stream), "jpeg")
                found[frame.time] = PreparedFrame(frame.time, picture.full, picture.thumb)
    except av.FFmpegError as error:
        raise MediaRefused(damaged()) from error
    return list(found.values())


def _frame_at(video: InputContainer, stream: VideoStream, wanted: Fraction) -> VideoFrame | None:
    video.seek(int(wanted / time_base(stream)), stream=stream, backward=True)
    found = None
    for frame in islice(video.decode(stream), _FRAMES_MAX):
        if frame.time is None:
            continue  # type: ignore[unreachable]  # a frame without a time stamp, which PyAV's types leave out
        found = frame
        if frame.time >= wanted:
            break
    return found
