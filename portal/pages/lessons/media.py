"""Pictures and videos: upload from the lesson's form, and their bytes under signed addresses."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import obstore
from litestar import HttpMethod, Request, Response, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream
from obstore.store import ObjectStore

from courses.catalogue.courses import course_of
from courses.errors import Invalid, Message, NotFound
from courses.media.library import read_media
from courses.signed_in import SignedIn
from portal.media.addresses import read_media_token
from portal.media.answers import media_told
from portal.media.intake import UPLOAD_LIMIT, store_upload
from portal.settings import Settings
from portal.web.multipart import multipart_form

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


@post("/courses/{course_id:uuid}/media", request_max_body_size=UPLOAD_LIMIT, include_in_schema=False)
async def upload(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
) -> dict[str, Any]:
    """One file at a time, as the form's script sends them; a video comes back with its poster."""
    course = await course_of(person, course_id, "write")
    async with multipart_form(request) as (_, uploads):
        if len(uploads) != 1:
            raise Invalid({"file": Message("Send one file at a time.")})
        file = uploads[0]
        info, poster = await store_upload(store, course.id, file.name, file.type, file.path)
    return media_told(settings, info, poster)


@route("/media/{token:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def serve(
    request: Request[Any, Any, Any],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    token: FromPath[str],
) -> Response[Any]:
    """The bytes, whole or one range (RFC 9110 §14). No account: platforms fetch them by address."""
    key, kind = read_media_token(settings, token)
    try:
        size = (await obstore.head_async(store, key))["size"]
    except FileNotFoundError as error:
        raise NotFound from error
    headers = {
        "Cache-Control": "private, max-age=86400, immutable",
        "ETag": f'"{key}"',
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'inline; filename="{key.rsplit("/", 1)[-1]}"',
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if _known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(b"", status_code=304, headers=headers, media_type=kind)
    part = _range(request.headers, size, headers["ETag"])
    start, end = part or (0, size)
    if end <= start:
        return Response(b"", status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"}, media_type=kind)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    chunks = _nothing() if request.method == "HEAD" else (await read_media(store, key, start, end)).chunks
    return Stream(chunks, status_code=206 if part else 200, headers=headers, media_type=kind)


def _known(given: str, etag: str) -> bool:
    return given.strip() == "*" or etag in (one.strip().removeprefix("W/") for one in given.split(","))


def _range(headers: Mapping[str, str], size: int, etag: str) -> tuple[int, int] | None:
    """From byte, up to byte, the same where nothing is there; None for no range, for several and for what is none."""
    match = _RANGE.fullmatch(headers.get("range", ""))
    first, last = match.groups() if match else ("", "")
    if not (first or last) or headers.get("if-range", etag) != etag:
        return None
    if not first:
        return max(0, size - int(last)), size
    if last and int(last) < int(first):
        return None
    return min(int(first), size), min(int(last) + 1, size) if last else size


async def _nothing() -> AsyncIterator[bytes]:
    none: tuple[bytes, ...] = ()
    for chunk in none:
        yield chunk


routes = [upload, serve]
