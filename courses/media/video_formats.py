"""What a file of a video is, by its first bytes, so that people who bring no MP4 are told what they have."""

from courses.errors import MediaRefused, Message

#: bytes from the start of a file by which it is told
START = 400
_STARTS = (
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV"),
    (b"FLV\x01", "FLV"),
    (b"OggS", "Ogg"),
    (b".RMF", "RealMedia"),
    (b"\x06\x0e\x2b\x34", "MXF"),
    (b"\x00\x00\x01\xba", "MPEG"),
    (b"\x00\x00\x01\xb3", "MPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
)
# Of QuickTime before it named its brand.
_OLD_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_MATROSKA = b"\x1a\x45\xdf\xa3"
_PACKETS = (188, 192)  # lengths in MPEG transport streams: broadcast, and with a time stamp as camcorders write them


def is_mp4(start: bytes) -> bool:
    """Or what is built alike: MOV, M4V, 3GP, HEIC. `start` is the file's first bytes, 12 at least."""
    return start[4:8] == b"ftyp" or start[4:8] in _OLD_BOXES


def other_format(start: bytes) -> str | None:
    """The name of a video format that is no MP4, by the file's first 400 bytes."""
    if start.startswith(b"RIFF"):
        return "AVI" if start[8:12] == b"AVI " else None
    if start.startswith(_MATROSKA):
        return "WebM" if b"webm" in start[:64] else "MKV"
    for size in _PACKETS:
        if len(start) > 2 * size and all(start[size * number + size - 188] == 0x47 for number in range(2)):
            return "MPEG-TS"
    return next((name for signature, name in _STARTS if start.startswith(signature)), None)


def refuse_other_videos(start: bytes) -> None:
    """`start` is the file's first 400 bytes. Raises MediaRefused for what is no MP4."""
    if is_mp4(start):
        return
    if name := other_format(start):
        raise MediaRefused(
            Message("This video is {format}, not MP4. Export it as MP4 (H.264) and try again.", format=name)
        )
    if start.startswith((b"ID3", b"fLaC")) or (start.startswith(b"RIFF") and start[8:12] == b"WAVE"):
        raise MediaRefused(Message("There is no picture in this video, only sound."))
    raise MediaRefused(Message("This file is not an MP4 video. Export it as MP4 (H.264) and try again."))
