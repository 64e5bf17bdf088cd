"""Seconds of conversion for a second of 1080p HEVC, as phones film it, and the memory of the worker at most."""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import av

from courses.media.conversion import convert_video

SIZE, RATE = (1920, 1080), 30
#: colours as ITU-T H.273 numbers them: BT.709, and BT.2020 with HLG
COLOURS = {"SDR, 8 bits": (1, 1, "yuv420p"), "HLG, 10 bits": (9, 18, "yuv420p10le")}


def film(path: Path, seconds: int, primaries: int, transfer: int, pixels: str) -> None:
    """Noise that moves, so that neither coder has it easy."""
    with av.open(str(path), "w", format="mov") as target:
        options = {"preset": "ultrafast", "x265-params": "log-level=none"}
        video = target.add_stream("libx265", rate=RATE, options=options)
        video.width, video.height, video.pix_fmt = *SIZE, pixels
        context = video.codec_context
        context.color_primaries, context.color_trc, context.colorspace = primaries, transfer, primaries
        graph = av.filter.Graph()
        given = graph.add("testsrc2", f"size={SIZE[0]}x{SIZE[1]}:rate={RATE}:duration={seconds}")
        noise, end = graph.add("noise", "alls=12:allf=t"), graph.add("buffersink")
        given.link_to(noise)
        noise.link_to(end)
        graph.configure()
        for number in range(seconds * RATE):
            frame = graph.vpull().reformat(format=pixels)
            frame.pts = number
            target.mux(video.encode(frame))
        target.mux(video.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10, help="of the film")
    seconds = parser.parse_args().seconds
    for name, (primaries, transfer, pixels) in COLOURS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.mov"
            film(path, seconds, primaries, transfer, pixels)
            began, used = time.perf_counter(), time.process_time()
            made = convert_video(path, lambda done, whole: None)
            took, used = time.perf_counter() - began, time.process_time() - used
            print(
                f"{name}: {took / seconds:.2f} s a second of film ({used / seconds:.2f} s of processors),"
                f" {path.stat().st_size / 1e6:.1f} MB to {made.size / 1e6:.1f} MB"
            )
    # Also of the film's making, which takes more than a conversion of eight bits.
    print(f"memory at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
