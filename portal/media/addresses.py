"""Signed addresses of pictures and videos: no account is needed, no database is touched, and they expire."""

import time

from courses.errors import NotFound, TokenInvalid
from courses.media.library import VARIANTS, stored_key
from courses.media.values import MediaInfo
from courses.tokens import seal, unseal
from portal.settings import Settings

PURPOSE = "media-v1"
FORMATS = ("jpeg", "png", "webp", "mp4")
DAY = 86_400


def media_path(settings: Settings, info: MediaInfo, variant: str = "full") -> str:
    """The path of a variant ("full", "phone", "thumb", "frame0" …), good for one to two days and the same all day long."""
    expires = (int(time.time()) // DAY + 2) * DAY
    payload = expires.to_bytes(5, "big") + bytes([VARIANTS.index(variant), FORMATS.index(info.format)])
    token = seal(settings.keyring, PURPOSE, payload + bytes.fromhex(info.sha256))
    return f"/media/{token}"


def media_url(settings: Settings, info: MediaInfo) -> str:
    """The absolute address of all of it, for platforms that fetch by address."""
    return settings.public_url + media_path(settings, info)


def read_media_token(settings: Settings, token: str) -> tuple[str, str]:
    """The object's key and its content type. Raises NotFound."""
    try:
        payload = unseal(settings.keyring, PURPOSE, token)
    except TokenInvalid as error:
        raise NotFound from error  # an address, not a code that somebody scanned
    if len(payload) != 39:
        raise NotFound
    if int.from_bytes(payload[:5], "big") < time.time():
        raise NotFound
    variant, form = VARIANTS[payload[5]], FORMATS[payload[6]]
    key = stored_key(payload[7:].hex(), variant, form)
    if variant != "full":
        return key, "image/jpeg" if variant.endswith("-full") else "image/webp"
    return key, "video/mp4" if form == "mp4" else f"image/{form}"
