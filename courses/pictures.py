"""Pictures as they are uploaded become pictures that are safe to serve: decoded, checked, turned upright, written anew.

Knows neither the database nor the object store, so that it can run in a worker process; everything it takes, returns
and raises can be pickled.
"""

import hashlib
import io
from dataclasses import dataclass, field

from PIL import Image, ImageCms, ImageFile

from courses.errors import MediaRefused, Message

BYTES_MAX = 30_000_000
PIXELS_MAX = 50_000_000
FULL_SIDE, PHONE_WIDTH, THUMB_WIDTH = 1920, 1080, 480
# A larger PNG without transparency is a photograph, and a tenth of the size as JPEG.
PNG_BYTES_MAX = 1_500_000
QUALITY = {"full": 88, "phone": 82, "thumb": 80}
FORMATS = ("JPEG", "PNG", "WEBP")
_PROFILE_BYTES_MAX = 1_000_000
_ORIENTATION = 0x0112
# What brings a picture of each EXIF orientation upright (EXIF 2.32, table 6).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class PreparedPicture:
    """A picture ready to be stored: `full` in `format` ("jpeg", "png", "webp"), `phone` and `thumb` as WebP.

    `width` and `height` are those of `full`, in pixels.
    """

    format: str
    width: int
    height: int
    full: bytes = field(repr=False)
    phone: bytes = field(repr=False)
    thumb: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Lower-case hex, of `full`."""
        return hashlib.sha256(self.full).hexdigest()


def prepare_picture(data: bytes) -> PreparedPicture:
    """Decode and re-encode a JPEG, PNG or WebP. Raises MediaRefused."""
    refuse_too_many_bytes(len(data))
    _refuse_other_formats(data)
    _refuse_too_many_pixels(*_claimed_size(data))
    # WeasyPrint, which draws sheets in the same worker processes, tells Pillow to fill up cut pictures with grey.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            _refuse_too_many_pixels(*picture.size)
            if getattr(picture, "is_animated", False) and picture.format != "MPO":
                raise MediaRefused(Message("Moving pictures cannot be used. Choose a still picture or a video."))
            source = picture.format
            upright = _upright(picture)
    except MediaRefused:
        raise
    except Image.DecompressionBombError as error:
        raise MediaRefused(_too_many_pixels()) from error
    except MemoryError as error:
        raise MediaRefused(Message("This picture is too large for this server. Make it smaller.")) from error
    except Exception as error:  # decoders of hostile files raise anything from SyntaxError to struct.error
        raise MediaRefused(
            Message(
                "This picture is damaged or incomplete. Open it in a picture program, save it as JPEG and try again."
            )
        ) from error
    # Phones that store a depth map or a second view write "MPO", a JPEG with an appendix.
    return picture_variants(upright, {"PNG": "png", "WEBP": "webp"}.get(source or "", "jpeg"))


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


def picture_variants(picture: Image.Image, form: str) -> PreparedPicture:
    """Encode a decoded picture, at most 1920 pixels long, in the format `form` and in the small sizes."""
    picture = _fit(picture, FULL_SIDE / max(picture.size))
    opaque = picture.mode in ("RGB", "L")
    full = _encode(picture, form, QUALITY["full"])
    if form == "png" and opaque and len(full) > PNG_BYTES_MAX:
        form, full = "jpeg", _encode(picture, "jpeg", QUALITY["full"])
    small = {
        variant: _encode(_fit(picture, width / picture.width), "webp", QUALITY[variant])
        for variant, width in (("phone", PHONE_WIDTH), ("thumb", THUMB_WIDTH))
    }
    return PreparedPicture(form, picture.width, picture.height, full, small["phone"], small["thumb"])


def _refuse_other_formats(data: bytes) -> None:
    """Say in plain words what a file is that people take for a picture."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        raise MediaRefused(Message("The file is empty."))
    if data[:6] in (b"GIF87a", b"GIF89a"):
        raise MediaRefused(Message("GIF pictures cannot be used. Save it as JPEG or PNG."))
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"):
        raise MediaRefused(
            Message(
                "HEIC and AVIF pictures cannot be used yet. Save it as JPEG; on an iPhone choose Settings, Camera, "
                "Formats, Most Compatible."
            )
        )
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!doctype", b"<!--")) and b"<svg" in start):
        raise MediaRefused(Message("SVG drawings cannot be used. Export it as PNG."))
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) and not (
        data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    ):
        raise MediaRefused(Message("This file is not a picture that we can read. Choose a JPEG, PNG or WebP picture."))


def _claimed_size(data: bytes) -> tuple[int, int]:
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


def _refuse_too_many_pixels(width: int, height: int) -> None:
    if width * height > PIXELS_MAX:
        raise MediaRefused(
            Message(
                "The picture has {width} × {height} pixels; at most {limit} million fit. Make it smaller.",
                width=width,
                height=height,
                limit=PIXELS_MAX // 1_000_000,
            )
        )


def _too_many_pixels() -> Message:
    return Message("The picture has more than {limit} million pixels. Make it smaller.", limit=PIXELS_MAX // 1_000_000)


def _upright(picture: Image.Image) -> Image.Image:
    """Pixels alone: RGB, RGBA or L, sRGB, upright, at most 1920 pixels long, without any metadata."""
    # A JPEG can be decoded at half, a quarter or an eighth of its size, never below what is asked for.
    picture.draft(None, (FULL_SIDE, FULL_SIDE))
    picture.load()
    orientation = picture.getexif().get(_ORIENTATION)
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    elif picture.has_transparency_data:
        # Only where it must be: each conversion of a large picture is a copy of some 200 MB.
        picture = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    elif picture.mode in ("1", "LA"):
        picture = picture.convert("L")
    elif picture.mode not in ("L", "RGB", "CMYK"):
        picture = picture.convert("RGB")
    # Reduced before colours are converted and the picture is turned, as both cost per pixel.
    picture = _in_srgb(_fit(picture, FULL_SIDE / max(picture.size)), profile)
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    if orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[orientation])
    bare = picture.copy()
    bare.info = {}
    return bare


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from the profile that was stored with the picture; where that fails, its numbers are taken for sRGB."""
    if profile and len(profile) <= _PROFILE_BYTES_MAX and picture.mode in ("RGB", "RGBA", "CMYK"):
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        try:
            return ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def _fit(picture: Image.Image, factor: float) -> Image.Image:
    """A copy reduced by the factor; never enlarged."""
    if factor >= 1:
        return picture.copy()
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encode(picture: Image.Image, form: str, quality: int) -> bytes:
    target = io.BytesIO()
    match form:
        case "jpeg":
            picture.convert("L" if picture.mode == "L" else "RGB").save(
                target, "JPEG", quality=quality, progressive=True, optimize=True
            )
        case "png":
            picture.save(target, "PNG", optimize=True)
        case "webp":
            picture.save(target, "WEBP", quality=quality, method=4)
    return target.getvalue()
