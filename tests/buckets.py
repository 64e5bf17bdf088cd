"""A bucket on this machine, as S3 answers."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as a store needs: objects put whole or in parts, read whole or in ranges."""

    objects: dict[str, bytes]
    parts: dict[tuple[str, int], bytes]

    def do_PUT(self) -> None:
        path, query = self._path()
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if "partNumber" in query:
            self.parts[query["uploadId"][0], int(query["partNumber"][0])] = data
        else:
            self.objects[path] = data
        self._answer(200, b"", ETag='"x"')

    def do_POST(self) -> None:
        path, query = self._path()
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "uploads" in query:
            upload = str(uuid4())
            body = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
        else:
            mine = sorted(key for key in self.parts if key[0] == query["uploadId"][0])
            self.objects[path] = b"".join(self.parts.pop(key) for key in mine)
            body = "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
        self._answer(200, body.encode())

    def do_GET(self) -> None:
        path, _ = self._path()
        data = self.objects.get(path)
        if data is None:
            return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        size = len(data)
        span = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        headers = {"ETag": '"x"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"}
        if span is None:
            return self._answer(200, data, **headers)
        start, last = int(span[1]), min(int(span[2]), size - 1)
        headers["Content-Range"] = f"bytes {start}-{last}/{size}"
        return self._answer(206, data[start : last + 1], **headers)

    do_HEAD = do_GET

    def _path(self) -> tuple[str, dict[str, list[str]]]:
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=key/")
        parts = urlsplit(self.path)
        return parts.path, parse_qs(parts.query, keep_blank_values=True)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def bucket_on() -> Iterator[tuple[int, dict[str, bytes]]]:
    """Its port and its objects by path, while this is open."""
    handler = type("Handler", (Bucket,), {"objects": {}, "parts": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, handler.objects
    server.shutdown()
    server.server_close()


def name_bucket(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """By the AWS_* variables."""
    for name, value in {
        "AWS_ENDPOINT": f"http://127.0.0.1:{port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
