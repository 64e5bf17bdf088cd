"""Uploads that go on after a lost connection, by the tus protocol (https://tus.io/protocols/resumable-upload, 1.0.0).

An upload that is complete becomes media by a request of its own, so that decoding can be asked for again, too.
"""

import base64
import binascii
import hashlib
from typing import Any
from uuid import UUID

from litestar import HttpMethod, Request, Response, delete, get, patch, post, route
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException, InternalServerException
from litestar.params import FromPath, SkipValidation
from obstore.store import ObjectStore

from courses.catalogue.courses import course_of
from courses.errors import Invalid, MediaRefused, Message, NeedsConversion, NotFound
from courses.media.conversions import conversion_of, queue_conversion
from courses.media.library import find_media
from courses.media.uploads import (
    PIECE,
    UploadInfo,
    add_piece,
    drop_upload,
    open_upload,
    settle_upload,
    upload_file,
    upload_of,
)
from courses.media.videos import BYTES_MAX
from courses.signed_in import SignedIn
from portal.media.answers import conversion_result, conversion_told, media_told
from portal.media.intake import UPLOAD_LIMIT, store_upload
from portal.parts import Parts
from portal.settings import Settings
from portal.web.typed import read_number

VERSION = {"Tus-Resumable": "1.0.0"}
ABLE = {
    "Tus-Version": "1.0.0",
    "Tus-Max-Size": str(BYTES_MAX),
    "Tus-Extension": "creation,expiration,checksum,termination",
    "Tus-Checksum-Algorithm": "sha1,sha256",
}
KIND = "application/offset+octet-stream"


@route("/courses/{course_id:uuid}/uploads", http_method=[HttpMethod.OPTIONS], status_code=204, include_in_schema=False)
async def able(course_id: FromPath[UUID]) -> Response[None]:
    """What the server can do; the same for every course, and for strangers."""
    return Response(None, status_code=204, headers=VERSION | ABLE)


@post("/courses/{course_id:uuid}/uploads", status_code=201, include_in_schema=False)
async def create(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
) -> Response[None]:
    """Make room for a file; its length and name are in the headers, its bytes come later."""
    course = await course_of(person, course_id, may="write")
    _check_version(request)
    given = _metadata(request.headers.get("upload-metadata", ""))
    upload = await open_upload(
        store, person, course.id, given.get("filename", ""), given.get("filetype", ""),
        _number(request, "upload-length"), given.get("purpose", "media"),
    )  # fmt: skip
    return _answer(201, upload, {"Location": f"/courses/{course.id}/uploads/{upload.id}"})


@route("/courses/{course_id:uuid}/uploads/{upload_id:uuid}", http_method=[HttpMethod.HEAD], include_in_schema=False)
async def look(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    course_id: FromPath[UUID],
    upload_id: FromPath[UUID],
) -> Response[None]:
    """How far it is."""
    course = await course_of(person, course_id, may="write")
    _check_version(request)
    upload = await upload_of(person, course.id, upload_id)
    return _answer(200, upload, {"Upload-Length": str(upload.length)})


@patch(
    "/courses/{course_id:uuid}/uploads/{upload_id:uuid}",
    status_code=204,
    request_max_body_size=UPLOAD_LIMIT,
    include_in_schema=False,
)
async def go_on(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    upload_id: FromPath[UUID],
) -> Response[None]:
    """Take bytes; what came before the connection was lost is kept."""
    course = await course_of(person, course_id, may="write")
    _check_version(request)
    upload = await upload_of(person, course.id, upload_id)
    if request.headers.get("content-type") != KIND:
        raise HTTPException(status_code=415)
    if _number(request, "upload-offset") != upload.received:
        raise HTTPException(status_code=409)
    checksum = request.headers.get("upload-checksum")
    taken = await (_take_checked(request, store, upload, checksum) if checksum else _take(request, store, upload))
    return _answer(204, taken)


async def _take(request: Request[Any, Any, Any], store: ObjectStore, upload: UploadInfo) -> UploadInfo:
    waiting = bytearray()
    try:
        async for chunk in request.stream():
            waiting += chunk
            while len(waiting) >= PIECE:
                upload = await add_piece(store, upload, bytes(waiting[:PIECE]))
                del waiting[:PIECE]
    except InternalServerException:
        pass  # Litestar's word for a connection that was lost
    return await add_piece(store, upload, bytes(waiting)) if waiting else upload


async def _take_checked(
    request: Request[Any, Any, Any], store: ObjectStore, upload: UploadInfo, checksum: str
) -> UploadInfo:
    """All or nothing, so it must fit into memory: at most one piece."""
    name, _, wanted = checksum.partition(" ")
    if name not in ("sha1", "sha256"):
        raise HTTPException(status_code=400)
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > PIECE:
            raise HTTPException(status_code=413)
    digest = hashlib.new(name, data, usedforsecurity=False).digest()
    if base64.b64encode(digest).decode() != wanted.strip():
        raise HTTPException("Checksum Mismatch", status_code=460)
    return await add_piece(store, upload, bytes(data)) if data else upload


@delete("/courses/{course_id:uuid}/uploads/{upload_id:uuid}", status_code=204, include_in_schema=False)
async def cancel(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
    upload_id: FromPath[UUID],
) -> Response[None]:
    """Forget it."""
    course = await course_of(person, course_id, may="write")
    _check_version(request)
    await drop_upload(store, await upload_of(person, course.id, upload_id))
    return Response(None, status_code=204, headers=VERSION)


@post("/courses/{course_id:uuid}/uploads/{upload_id:uuid}/media", status_code=201, include_in_schema=False)
async def finish(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    parts: NamedDependency[SkipValidation[Parts]],
    course_id: FromPath[UUID],
    upload_id: FromPath[UUID],
) -> dict[str, Any] | Response[Any]:
    """Make the picture or video of it; asked again, the answer is the same. A file that is refused is forgotten.

    A video that needs conversion waits for it: 202, and `conversion` says how far it is.
    """
    course = await course_of(person, course_id, may="write")
    upload = await upload_of(person, course.id, upload_id)
    if upload.purpose != "media":
        raise Invalid({"purpose": Message("This upload is an archive, not a picture or video.")})
    if upload.media is not None:
        return media_told(settings, await find_media(upload.media))
    if waiting := await conversion_of(upload):
        return Response({"conversion": conversion_told(waiting)}, status_code=202)
    try:
        async with upload_file(store, upload) as path:
            info, poster = await store_upload(store, course.id, upload.name, upload.type, path)
    except NeedsConversion:
        await queue_conversion(upload)
        parts.conversion_queued.set()
        waiting = await conversion_of(upload)
        return Response({"conversion": waiting and conversion_told(waiting)}, status_code=202)
    except MediaRefused:
        await drop_upload(store, upload)
        raise
    first = await settle_upload(store, upload, info.id)
    return media_told(settings, info if first == info.id else await find_media(first), poster)


@get("/courses/{course_id:uuid}/uploads/{upload_id:uuid}/conversion", include_in_schema=False)
async def conversion(
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    course_id: FromPath[UUID],
    upload_id: FromPath[UUID],
) -> dict[str, Any]:
    """How far it is; when it is done with the video, as `finish` tells it of others."""
    course = await course_of(person, course_id, may="write")
    waiting = await conversion_of(await upload_of(person, course.id, upload_id))
    if waiting is None:
        raise NotFound
    return await conversion_result(settings, waiting)


def _check_version(request: Request[Any, Any, Any]) -> None:
    if request.headers.get("tus-resumable") != VERSION["Tus-Resumable"]:
        raise HTTPException(status_code=412, headers=VERSION | {"Tus-Version": ABLE["Tus-Version"]})


def _metadata(text: str) -> dict[str, str]:
    """`name base64,name base64`."""
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise HTTPException(status_code=400) from error
    return found


def _number(request: Request[Any, Any, Any], name: str) -> int:
    number = read_number(request.headers.get(name, ""), digits=15)
    if number is None:
        raise HTTPException(status_code=400)
    return number


def _answer(status: int, upload: UploadInfo, headers: dict[str, str] | None = None) -> Response[None]:
    expires = upload.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    all_headers = VERSION | {"Upload-Offset": str(upload.received), "Upload-Expires": expires} | (headers or {})
    return Response(None, status_code=status, headers=all_headers)


routes = [able, create, look, go_on, cancel, finish, conversion]
