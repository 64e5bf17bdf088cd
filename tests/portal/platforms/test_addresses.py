"""Which addresses of ours a platform's servers can fetch from."""

import pytest

from portal.platforms.addresses import is_public


@pytest.mark.parametrize(
    "url", ["https://class.example.com/a.jpg", "https://93.184.215.14/", "https://[2606:4700::1111]:8443/"]
)
def test_name_or_number_of_the_internet_is_public(url: str) -> None:
    assert is_public(url)


@pytest.mark.parametrize("url", [
    "http://class.example.com/", "https://localhost/", "https://portal/", "https://portal.local/", "https://a.home.arpa/",
    "https://127.0.0.1:8000/", "https://192.168.1.20/", "https://169.254.169.254/", "https://224.0.0.1/", "https://[::1]/",
    "https://[fec0::1]/", "https://[64:ff9b::7f00:1]/", "https://[::1", "data:image/png;base64,AA==", "/media/a.jpg", "",
])  # fmt: skip
def test_everything_else_is_not(url: str) -> None:
    assert not is_public(url)
