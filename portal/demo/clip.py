"""The demo's video: ten seconds over the hills with a soft chord."""

import io
import math
from array import array
from pathlib import Path

import av
from PIL import Image

from portal.demo.pictures import SIZE, picture

SECONDS, RATE, SOUND_RATE = 10, 24, 44_100
FRAME = (720, 960)
ZOOM = 0.88  # how much of a scene's width is in view
CHORD = (220.0, 277.18, 329.63)  # A major, Hz


def clip(caption: str, path: Path) -> None:
    """Write an MP4 (H.264 and AAC): a slow walk of the view across two scenes."""
    size = (round(FRAME[0] / ZOOM), round(FRAME[0] / ZOOM * SIZE[1] / SIZE[0]))
    scenes = [Image.open(io.BytesIO(picture("hills", caption, number))).resize(size) for number in (0, 3)]
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as file:
        video = file.add_stream("libx264", rate=RATE, options={"crf": "26", "preset": "veryfast"})
        video.width, video.height = FRAME
        video.pix_fmt = "yuv420p"
        sound = file.add_stream("aac", rate=SOUND_RATE)
        for number in range(SECONDS * RATE):
            for packet in video.encode(av.VideoFrame.from_image(_view(scenes, number / (SECONDS * RATE)))):
                file.mux(packet)
        for block in range(SECONDS * SOUND_RATE // 1024):
            frame = av.AudioFrame(format="s16", layout="mono", samples=1024)
            frame.planes[0].update(_chord(block * 1024).tobytes())
            frame.sample_rate, frame.pts = SOUND_RATE, block * 1024
            for packet in sound.encode(frame):
                file.mux(packet)
        for stream in (video, sound):
            for packet in stream.encode(None):
                file.mux(packet)


def _view(scenes: list[Image.Image], part: float) -> Image.Image:
    """A crop that moves slowly to the right, fading from the first scene to the second."""
    left = round((scenes[0].width - FRAME[0]) * part)
    top = round((scenes[0].height - FRAME[1]) * 0.2)
    views = [scene.crop((left, top, left + FRAME[0], top + FRAME[1])) for scene in scenes]
    return Image.blend(views[0], views[1], min(1.0, max(0.0, (part - 0.4) / 0.2)))


def _chord(start: int) -> "array[int]":
    samples = array("h")
    for n in range(start, start + 1024):
        seconds = n / SOUND_RATE
        loudness = 3000 * min(1.0, seconds, SECONDS - seconds)
        samples.append(round(loudness * sum(math.sin(math.tau * pitch * seconds) for pitch in CHORD) / 3))
    return samples
