"""What an uploaded file is, by its bytes and never by its name: a picture that can be decoded, or why not in plain words."""

from courses.errors import MediaRefused, Message

BYTES_MAX = 30_000_000
PIXELS_MAX = 50_000_000
#: Pillow's names of what is decoded; "HEIF" once its plugin is there
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
#: brands of the ISO base media format (ISO 14496-12) that are pictures; "avis" and "msf1" are moving ones
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")


def is_heif(data: bytes) -> bool:
    """HEIC and AVIF are boxes as MP4 is; the brand in the first twelve bytes tells them apart."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS + AVIF_BRANDS


def is_picture(data: bytes) -> bool:
    """Whether the first twelve bytes are those of a format that is decoded."""
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")
        or is_heif(data)
    )


def refuse_too_many_bytes(size: int) -> None:
    """For files that need not be read to be refused. Raises MediaRefused."""
    if size > BYTES_MAX:
        raise MediaRefused(
            Message(
                "The picture has {size} MB; at most {limit} MB fit.",
                size=f"{size / 1e6:.1f}",
                limit=BYTES_MAX // 1_000_000,
            )
        )


def refuse_other_formats(data: bytes) -> None:
    """Say in plain words what a file is that people take for a picture. Raises MediaRefused."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        raise MediaRefused(Message("The file is empty."))
    if data[:6] in (b"GIF87a", b"GIF89a"):
        raise MediaRefused(
            Message("GIF pictures cannot be used. Save it as JPEG or PNG, or as an MP4 video if it moves.")
        )
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!doctype", b"<!--")) and b"<svg" in start):
        raise MediaRefused(Message("SVG drawings cannot be used. Export it as PNG."))
    if not is_picture(data):
        raise MediaRefused(
            Message("This file is not a picture that we can read. Choose a JPEG, PNG, WebP or HEIC picture.")
        )


def refuse_too_many_pixels(width: int, height: int) -> None:
    """Raises MediaRefused."""
    if width * height > PIXELS_MAX:
        raise MediaRefused(
            Message(
                "The picture has {width} × {height} pixels; at most {limit} million fit. Make it smaller.",
                width=width,
                height=height,
                limit=PIXELS_MAX // 1_000_000,
            )
        )


def claimed_size(data: bytes) -> tuple[int, int]:
    """Width and height that a PNG or WebP states at its start, read before a decoder makes room; else (0, 0)."""
    if data.startswith(b"\x89PNG") and data[12:16] == b"IHDR":
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    chunk = data[12:16] if data.startswith(b"RIFF") else b""
    if chunk == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return 0, 0
