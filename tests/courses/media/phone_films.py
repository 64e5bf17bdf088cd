"""Videos as phones film them, written by the library that reads them."""

from pathlib import Path
from typing import Any

import av
from PIL import Image

from tests.courses.media.test_videos import CLOCKWISE, film, turned

#: of ITU-T H.273: primaries BT.2020, transfer HLG or PQ, matrix BT.2020
BT2020, PQ, HLG = 9, 16, 18


def iphone(path: Path, seconds: float = 1, **more: Any) -> Path:
    """HEVC and AAC in MOV, filmed upright, with its place."""
    return turned(film(path, seconds, codec="libx265", form="mov", **more), CLOCKWISE)


def hdr_film(path: Path, transfer: int, level: int, size: tuple[int, int] = (320, 180), seconds: float = 0.4) -> Path:
    """Ten bits of one grey (`level` of 64 to 940) with the marks of HDR."""
    with av.open(str(path), "w", format="mov") as target:
        video = target.add_stream("libx265", rate=30, options={"x265-params": "log-level=none"})
        video.width, video.height, video.pix_fmt = *size, "yuv420p10le"
        context = video.codec_context
        context.color_trc, context.color_primaries, context.colorspace, context.color_range = (
            transfer,
            BT2020,
            BT2020,
            1,
        )
        for number in range(int(seconds * 30)):
            frame = av.VideoFrame(*size, "yuv420p10le")
            for plane, value in zip(frame.planes, (level, 512, 512), strict=True):
                plane.update(value.to_bytes(2, "little") * (plane.buffer_size // 2))
            frame.pts = number
            target.mux(video.encode(frame))
        target.mux(video.encode())
    return path


def frame_of(path: Path) -> tuple[Image.Image, Any]:
    """The last frame as it is stored, and its stream's facts: codec, pixels, colours, rotation, sound."""
    with av.open(str(path)) as made:
        video = made.streams.video[0]
        *_, last = made.decode(video)
        context = video.codec_context
        sound = [stream.codec_context.name for stream in made.streams.audio]
        facts = (
            context.name,
            context.pix_fmt,
            int(context.color_trc),
            int(context.color_primaries),
            last.rotation,
            sound,
        )
        return last.to_image(), facts
