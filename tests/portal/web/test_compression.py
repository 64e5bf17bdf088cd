"""Answers over the wire: compressed for who takes it, whole for who does not, and never twice."""

import gzip

import pytest
from litestar.testing import TestClient

from portal.web.compression import takes_gzip


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [("gzip", True), ("br, gzip;q=0.8", True), ("GZIP", True), ("", False), ("br", False), ("gzip;q=0", False),
     ("gzip; q=0.0", False), ("identity, *;q=0", False), ("xgzip", False)],
)  # fmt: skip
def test_takes_gzip_reads_the_header(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken


def test_page_is_compressed_for_who_takes_it(client: TestClient) -> None:
    small = client.get("/sign-in", headers={"accept-encoding": "gzip"})
    plain = client.get("/sign-in", headers={"accept-encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert small.text == plain.text
    assert int(small.headers["content-length"]) < len(plain.content) / 2
    assert "Accept-Encoding" in small.headers["vary"]
    for answer in (small, plain):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_short_answer_is_left_alone(client: TestClient) -> None:
    answer = client.get("/healthz", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers


def test_head_has_no_body_and_says_no_encoding(client: TestClient) -> None:
    answer = client.head("/sign-in", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 405 or answer.content == b""


def test_error_page_is_compressed_too(client: TestClient) -> None:
    with client.stream("GET", "/nothing", headers={"accept-encoding": "gzip", "accept-language": "zh"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.status_code == 404
    assert '<html lang="zh-CN">' in gzip.decompress(raw).decode()
