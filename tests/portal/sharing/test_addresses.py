"""Addresses that codes and copy buttons carry."""

from dataclasses import replace
from typing import Any

import pytest

from courses.tokens import read_share_token
from portal.settings import Settings
from portal.sharing.addresses import only_here, share_path, share_url, share_url_lower, token_of, typed_address


def test_share_url_is_upper_case_but_for_its_scheme(classroom: Any, settings: Settings) -> None:
    url = share_url(settings, classroom.link)
    assert url == f"http://TESTSERVER.LOCAL/S/{classroom.token()}"
    assert share_url_lower(settings, classroom.link) == url.lower()
    assert share_path(settings, classroom.link) == f"/s/{classroom.token().lower()}"
    assert token_of(settings, classroom.link) == classroom.token()
    far = replace(settings, public_url="https://class.example.com:8443")
    assert share_url(far, classroom.link).startswith("https://CLASS.EXAMPLE.COM:8443/S/")
    assert typed_address(far) == "class.example.com:8443/go"


def test_share_url_with_a_seat_is_personal(classroom: Any, settings: Settings) -> None:
    token = share_url(settings, classroom.link, 7).rsplit("/", 1)[1]
    assert read_share_token(settings.keyring, token).seat == 7
    own = replace(classroom.link, seat=3)
    assert read_share_token(settings.keyring, share_url(settings, own).rsplit("/", 1)[1]).seat == 3


@pytest.mark.parametrize(
    ("url", "here"),
    [("http://127.0.0.1:8000", True), ("http://localhost", True), ("http://[::1]:80", True), ("http://a.localhost", True),
     ("http://192.168.1.4:8000", False), ("https://class.example.com", False)],
)  # fmt: skip
def test_only_here_knows_this_machines_own_names(settings: Settings, url: str, here: bool) -> None:
    assert only_here(replace(settings, public_url=url)) is here
