"""Pictures as they are uploaded become pictures that are safe to serve: decoded, checked, turned upright, written anew.

Knows neither the database nor the object store, so that it can run in a worker process; everything it takes, returns
and raises can be pickled.
"""

import base64
import hashlib
import io
from dataclasses import dataclass, field

import pi_heif
from PIL import Image, ImageCms, ImageFile

from courses.errors import MediaRefused, Message
from courses.media.formats import (
    FORMATS,
    PIXELS_MAX,
    claimed_size,
    refuse_other_formats,
    refuse_too_many_bytes,
    refuse_too_many_pixels,
)
from courses.media.repairs import PROFILE_BYTES_MAX, ended_jpegs, readable
from courses.media.values import is_long

FULL_SIDE, PHONE_WIDTH, THUMB_WIDTH = 1920, 1080, 480
# Phones draw no more of one picture, and a side of a WebP has no more pixels.
_FULL_HEIGHT, _PHONE_HEIGHT, _THUMB_HEIGHT = 32_000, 16_383, 1920
# A larger PNG without transparency is a photograph, and a tenth of the size as JPEG.
PNG_BYTES_MAX = 1_500_000
QUALITY = {"full": 88, "phone": 82, "thumb": 80, "blur": 30}
#: pixels on the long side of the placeholder that stands in while a picture loads, and characters of its address
BLUR_SIDE, BLUR_MAX = 20, 700
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
# Of these, width and height change places.
_LYING = (5, 6, 7, 8)
pi_heif.register_heif_opener(decode_threads=2, thumbnails=False, depth_images=False, aux_images=False)


@dataclass(frozen=True)
class PreparedPicture:
    """A picture ready to be stored: `full` in `format` ("jpeg" or, of transparent ones and of drawings, "png").

    `phone` and `thumb` are WebP; `width` and `height` are those of `full`, in pixels. `blur` is a few pixels as a data:
    address of at most 700 characters, "" for a transparent picture.
    """

    format: str
    width: int
    height: int
    full: bytes = field(repr=False)
    phone: bytes = field(repr=False)
    thumb: bytes = field(repr=False)
    blur: str = field(default="", repr=False)

    @property
    def sha256(self) -> str:
        """Lower-case hex, of `full`."""
        return hashlib.sha256(self.full).hexdigest()


def prepare_picture(data: bytes) -> PreparedPicture:
    """Decode and re-encode a JPEG, PNG, WebP, HEIC or AVIF. Raises MediaRefused."""
    refuse_too_many_bytes(len(data))
    refuse_other_formats(data)
    refuse_too_many_pixels(*claimed_size(data))
    picture, source = decoded(data)
    return picture_variants(picture, "png" if source == "PNG" or picture.mode == "RGBA" else "jpeg")


def decoded(data: bytes) -> tuple[Image.Image, str]:
    """Bare pixels, no more than are kept, and Pillow's name of the format they came in. Raises MediaRefused."""
    # WeasyPrint, which draws sheets in the same worker processes, tells Pillow to fill up cut pictures with grey.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        return _drawn(readable(data))
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


def _drawn(data: bytes) -> tuple[Image.Image, str]:
    """Raises MediaRefused, and whatever a decoder raises."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        refuse_too_many_pixels(*picture.size)
        # Phones that store a depth map or a second view write "MPO", a JPEG with an appendix; HEIC can hold several.
        if getattr(picture, "is_animated", False) and picture.format not in ("MPO", "HEIF"):
            raise MediaRefused(Message("Moving pictures cannot be used. Choose a still picture or a video."))
        source = picture.format or ""
        try:
            return _upright(picture), source
        except OSError:  # cut short
            if source not in ("JPEG", "MPO"):
                raise
            pictures = [_drawn_jpeg(ended) for ended in ended_jpegs(data)]
            if not pictures or any(picture != pictures[0] for picture in pictures):
                raise
            return pictures[0], source


def _drawn_jpeg(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
        return _upright(picture)


def picture_variants(picture: Image.Image, form: str) -> PreparedPicture:
    """Encode a decoded picture in the format `form` and in the small sizes.

    It becomes at most 1920 pixels long; a long one at most 1080 wide, so that it can still be read.
    """
    picture = _fit(picture, _full_factor(*picture.size))
    opaque = picture.mode in ("RGB", "L")
    full = _encode(picture, form, QUALITY["full"])
    if form == "png" and opaque and len(full) > PNG_BYTES_MAX:
        form, full = "jpeg", _encode(picture, "jpeg", QUALITY["full"])
    small = {
        variant: _encode(_fit(picture, min(width / picture.width, height / picture.height)), "webp", QUALITY[variant])
        for variant, width, height in (
            ("phone", PHONE_WIDTH, _PHONE_HEIGHT),
            ("thumb", THUMB_WIDTH, _THUMB_HEIGHT),
        )
    }
    blur = _blur(picture) if opaque else ""
    return PreparedPicture(form, picture.width, picture.height, full, small["phone"], small["thumb"], blur)


def _full_factor(width: int, height: int) -> float:
    if is_long(width, height):
        return min(PHONE_WIDTH / width, _FULL_HEIGHT / height)
    return FULL_SIDE / max(width, height)


def _blur(picture: Image.Image) -> str:
    """A data: address, some 300 characters."""
    tiny = _encode(_fit(picture, BLUR_SIDE / max(picture.size)), "webp", QUALITY["blur"])
    address = f"data:image/webp;base64,{base64.b64encode(tiny).decode()}"
    return address if len(address) <= BLUR_MAX else ""


def _too_many_pixels() -> Message:
    return Message("The picture has more than {limit} million pixels. Make it smaller.", limit=PIXELS_MAX // 1_000_000)


def _upright(picture: Image.Image) -> Image.Image:
    """Pixels alone: RGB, RGBA or L, sRGB, upright, no more than are kept, without any metadata."""
    # A JPEG can be decoded at half, a quarter or an eighth of its size, never below what is asked for.
    picture.draft(None, (FULL_SIDE, FULL_SIDE))
    picture.load()
    refuse_too_many_pixels(*picture.size)  # of HEIC the decoder has the last word
    # libheif turns pictures by itself.
    orientation = _orientation(picture) if picture.format != "HEIF" else None
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
    size = picture.size[::-1] if orientation in _LYING else picture.size
    picture = _in_srgb(_fit(picture, _full_factor(*size)), profile)
    if picture.mode == "RGBA" and picture.getchannel("A").getextrema() == (255, 255):
        picture = picture.convert("RGB")
    if orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[orientation])
    bare = picture.copy()
    bare.info = {}
    return bare


def _orientation(picture: Image.Image) -> int | None:
    """As the camera wrote it; none where its notes cannot be read."""
    try:
        return picture.getexif().get(_ORIENTATION)
    except Exception:  # readers of hostile notes raise anything from SyntaxError to struct.error
        return None


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from the profile that was stored with the picture; where that fails, its numbers are taken for sRGB."""
    if profile and len(profile) <= PROFILE_BYTES_MAX and picture.mode in ("RGB", "RGBA", "CMYK"):
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        try:
            converted = ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=mode
            )
            if converted is not None:  # as it is where a picture is changed in place
                return converted
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
