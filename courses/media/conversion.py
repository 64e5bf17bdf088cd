"""Videos that phones do not all play become ones that they do: H.264 and AAC in MP4, upright, without HDR. In a worker process."""

from __future__ import annotations  # a packet is generic for type checkers only

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.resampler import AudioResampler
from av.container import OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from courses.errors import MediaRefused
from courses.media.tones import HLG, PQ, write_table
from courses.media.videos import (
    BYTES_MAX,
    SECONDS_MAX,
    SIDE_MAX,
    PreparedVideo,
    codec_of,
    damaged,
    open_video,
    plays,
    prepare_video,
    promised_seconds,
    raise_refusal,
    refuse_cut_off,
    refuse_too_long,
    shown_size,
    streams_of,
    time_base,
)

#: pixels on the long side, and pictures in a second, of what is drawn anew
LONG_SIDE, RATE_MAX = 1920, 60
#: bits in a second at most; of a long film fewer, so that it fits into BYTES_MAX
_PICTURE_BITS, _SOUND_BITS = 10_000_000, 128_000
_ENCODER = {"preset": "veryfast", "crf": "21", "profile": "high", "threads": "2"}
_CLOCK = Fraction(1, 90_000)
_BT709 = 1
_TV_RANGE = 1

#: is told the seconds that are done, of how many
Told = Callable[[float, float], None]


def convert_video(path: Path, told: Told) -> PreparedVideo:
    """As `prepare_video`, of a video that needs conversion. What is beside it afterwards is the prepared one alone.

    Raises MediaRefused.
    """
    drawn, table = path.with_name(path.name + ".drawn.mp4"), path.with_name(path.name + ".cube")
    try:
        _convert(path, drawn, table, told)
        prepared = prepare_video(drawn)
        return replace(prepared, path=prepared.path.replace(path.with_name(path.name + ".clean.mp4")))
    except Exception as error:
        raise_refusal(error)
    finally:
        drawn.unlink(missing_ok=True)
        table.unlink(missing_ok=True)


def _convert(source: Path, target: Path, table: Path, told: Told) -> None:
    with open_video(source) as given:
        video, audio = streams_of(given)
        promised = promised_seconds(given)
        refuse_too_long(promised)
        with av.open(str(target), "w", format="mp4", options={"fflags": "+bitexact"}) as made:
            # Before anything is written, as all streams of a file are named at its start.
            picture = (
                _Copied(made, video) if plays(video) else _Drawn(made, video, _first_frame(source), promised, table)
            )
            writers: dict[int, _Copied | _Drawn | _Spoken] = {video.index: picture}
            if audio is not None:
                writers[audio.index] = _Copied(made, audio) if codec_of(audio) == "aac" else _Spoken(made, audio)
            for packet in given.demux(*[stream for stream in (video, audio) if stream]):
                if packet.is_corrupt:
                    raise MediaRefused(damaged())
                writers[packet.stream.index].take(packet)
                told(picture.seconds, promised)
            for writer in writers.values():
                writer.end()
    refuse_cut_off(picture.seconds, promised)


def _first_frame(source: Path) -> VideoFrame:
    """Raises MediaRefused where there is none."""
    with open_video(source) as given:
        stream, _ = streams_of(given)
        stream.codec_context.options = {"max_pixels": str(SIDE_MAX * SIDE_MAX)}
        frame = next(given.decode(stream), None)
    if frame is None:
        raise MediaRefused(damaged())
    return frame


class _Copied:
    """A stream as it is."""

    def __init__(self, made: OutputContainer, stream: Any) -> None:
        self._made, self._copy, self.seconds = made, made.add_stream_from_template(stream), 0.0

    def take(self, packet: Packet[Any]) -> None:
        if packet.dts is None:
            return  # the empty packet that ends a stream
        if packet.pts is not None and packet.time_base is not None:
            self.seconds = max(self.seconds, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        packet.stream = self._copy
        self._made.mux(packet)

    def end(self) -> None:
        """Nothing is held back."""


class _Spoken:
    """Sound as AAC, in one or two channels."""

    def __init__(self, made: OutputContainer, stream: Any) -> None:
        layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        self._made = made
        self._voice: Any = made.add_stream("aac", rate=48_000, layout=layout)
        self._voice.bit_rate = _SOUND_BITS
        self._shaped = AudioResampler("fltp", layout, 48_000)

    def take(self, packet: Packet[Any]) -> None:
        for frame in packet.decode():
            for piece in self._shaped.resample(frame):  # type: ignore[arg-type]  # of a stream of sound
                self._made.mux(self._voice.encode(piece))

    def end(self) -> None:
        for piece in self._shaped.resample(None):
            self._made.mux(self._voice.encode(piece))
        self._made.mux(self._voice.encode(None))


class _Drawn:
    """Pictures as H.264 with eight bits: upright, in the shape of the screen, in the colours of screens without HDR."""

    def __init__(
        self, made: OutputContainer, stream: VideoStream, first: VideoFrame, seconds: float, table: Path
    ) -> None:
        self._made, self._given, self._table = made, stream, table
        stream.thread_type = "AUTO"
        stream.codec_context.thread_count = 2
        # Streams can change their size half-way.
        stream.codec_context.options = {"max_pixels": str(SIDE_MAX * SIDE_MAX)}
        self._rate = min(Fraction(RATE_MAX), stream.average_rate or Fraction(30))
        self._shape = _shape(first)
        self._size = _fitting(*shown_size(stream))
        lies = round(first.rotation / 90) % 2 == 1
        self._film = self._encoder(*(self._size[::-1] if lies else self._size), _bits_for(seconds))
        self._graph = self._chain(first)
        self.seconds = 0.0

    def take(self, packet: Packet[Any]) -> None:
        for frame in packet.decode():
            if isinstance(frame, VideoFrame):
                self._draw(frame)

    def end(self) -> None:
        self._graph.push(None)
        self._pull()
        self._made.mux(self._film.encode(None))

    def _draw(self, frame: VideoFrame) -> None:
        if _shape(frame) != self._shape:
            raise MediaRefused(damaged())
        if frame.time is not None:
            self.seconds = max(self.seconds, frame.time + float(1 / self._rate))
        self._graph.push(frame)
        self._pull()

    def _pull(self) -> None:
        while True:
            try:
                frame = self._graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            frame.pict_type = PictureType.NONE
            self._made.mux(self._film.encode(frame))

    def _encoder(self, width: int, height: int, bits: int) -> Any:
        film: Any = self._made.add_stream("libx264", rate=self._rate)
        film.width, film.height, film.pix_fmt = width, height, "yuv420p"
        context = film.codec_context
        context.time_base = _CLOCK
        context.options = _ENCODER | {"maxrate": str(bits), "bufsize": str(2 * bits)}
        context.gop_size = round(2 * self._rate)
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = _TV_RANGE
        return film

    def _chain(self, frame: VideoFrame) -> Graph:
        """From what the decoder gives to what the encoder takes."""
        graph = Graph()
        graph.threads = 2
        last = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=time_base(self._given)
        )
        for name, values in [*self._filters(frame), ("buffersink", None)]:
            following = graph.add(name, values)
            last.link_to(following)
            last = following
        graph.configure()
        return graph

    def _filters(self, frame: VideoFrame) -> list[tuple[str, str | None]]:
        width, height = self._size
        steps: list[tuple[str, str | None]] = []
        if self._given.average_rate and self._given.average_rate > RATE_MAX:
            steps.append(("fps", str(RATE_MAX)))
        transfer = int(self._given.codec_context.color_trc)
        if transfer in (HLG, PQ):
            write_table(self._table, transfer)
            steps += [
                ("scale", f"{width}:{height}:in_color_matrix=bt2020:flags=bicubic"),
                ("format", "gbrp10le"),
                ("lut3d", f"file={_escaped(self._table)}:interp=tetrahedral"),
                ("scale", "out_color_matrix=bt709:out_range=tv"),
            ]
        else:
            steps.append(("scale", f"{width}:{height}:out_color_matrix=bt709:out_range=tv:flags=bicubic"))
        steps += [("format", "yuv420p"), ("setsar", "1"), *_turns(frame.rotation)]
        colours = "range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
        return [*steps, ("setparams", colours)]


def _shape(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name


def _bits_for(seconds: float) -> int:
    """Bits in a second for the pictures, so that all of it fits with a tenth to spare."""
    room = BYTES_MAX * 8 * 0.9 / (seconds if 0 < seconds < SECONDS_MAX else SECONDS_MAX) - 2 * _SOUND_BITS
    return int(min(_PICTURE_BITS, room))


def _fitting(width: int, height: int) -> tuple[int, int]:
    """Even numbers, as the colours are halved."""
    factor = min(1.0, LONG_SIDE / max(width, height))
    return max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2)


def _turns(rotation: int) -> list[tuple[str, str | None]]:
    """Filters that bring a frame upright; `rotation` is against the clock."""
    match round(rotation / 90) % 4:
        case 1:
            return [("transpose", "cclock")]
        case 2:
            return [("hflip", None), ("vflip", None)]
        case 3:
            return [("transpose", "clock")]
    return []


def _escaped(path: Path) -> str:
    """As a value within a filter's options."""
    return "".join(f"\\{letter}" if letter in "\\':,[];" else letter for letter in str(path))
