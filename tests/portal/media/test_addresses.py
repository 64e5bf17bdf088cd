"""Signed addresses of media: ours and in time, or nothing."""

import time
from uuid import UUID

import pytest

from courses.errors import NotFound
from courses.media.values import MediaInfo
from courses.tokens import Keyring, seal
from portal.media.addresses import PURPOSE, media_path, media_url, read_media_token
from portal.settings import Settings

SETTINGS = Settings(public_url="https://class.example.com", keyring=Keyring.parse(f"1:{'5a' * 32}"))
SHA = "ab" * 32


def info(form: str = "jpeg") -> MediaInfo:
    kind = "video" if form == "mp4" else "image"
    return MediaInfo(UUID(int=1), UUID(int=2), kind, SHA, form, 4, 3, 12, None, "")


def token(path: str) -> str:
    return path.removeprefix("/media/")


@pytest.mark.parametrize(
    ("form", "variant", "key", "kind"),
    [
        ("jpeg", "full", f"ab/{SHA}.jpg", "image/jpeg"),
        ("png", "full", f"ab/{SHA}.png", "image/png"),
        ("png", "phone", f"ab/{SHA}-phone.webp", "image/webp"),
        ("webp", "thumb", f"ab/{SHA}-thumb.webp", "image/webp"),
        ("mp4", "full", f"ab/{SHA}.mp4", "video/mp4"),
    ],
)
def test_media_path_leads_to_the_stored_object(form: str, variant: str, key: str, kind: str) -> None:
    assert read_media_token(SETTINGS, token(media_path(SETTINGS, info(form), variant))) == (key, kind)


def test_media_url_is_absolute_and_steady_over_the_day() -> None:
    assert media_url(SETTINGS, info()) == "https://class.example.com" + media_path(SETTINGS, info())
    assert len(token(media_path(SETTINGS, info()))) < 80


def test_media_token_ends_with_its_time() -> None:
    past = (int(time.time()) - 1).to_bytes(5, "big") + bytes([0, 0]) + bytes.fromhex(SHA)
    with pytest.raises(NotFound):
        read_media_token(SETTINGS, seal(SETTINGS.keyring, PURPOSE, past))


def test_media_token_refuses_what_is_none() -> None:
    good = token(media_path(SETTINGS, info()))
    short = seal(SETTINGS.keyring, PURPOSE, b"too short")
    other_purpose = seal(SETTINGS.keyring, "phone-v1", bytes(39))
    other_key = seal(Keyring.parse(f"1:{'6b' * 32}"), PURPOSE, bytes(39))
    for text in (good[:-1], good + "A", good.swapcase(), short, other_purpose, other_key, "", "../../etc/passwd"):
        with pytest.raises(NotFound):
            read_media_token(SETTINGS, text)
