"""Pictures and videos of a course: upload."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, SkipValidation
from obstore.store import ObjectStore

from courses.catalogue.courses import course_of
from courses.errors import Invalid, Message
from courses.signed_in import SignedIn
from portal.api.answers import MediaAnswer, media_answer
from portal.api.failures import FAILURES
from portal.media.intake import UPLOAD_LIMIT, store_upload
from portal.settings import Settings
from portal.web.multipart import multipart_form


class UploadAnswer(MediaAnswer):
    """What was stored; of a video also its first picture, which can be the lesson's cover."""

    poster: MediaAnswer | None = None


@dataclass
class TakesFile(Operation):
    """Documents the body, which is read as it arrives."""

    def __post_init__(self) -> None:
        file = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        form = Schema(type=OpenAPIType.OBJECT, properties={"file": file}, required=["file"])
        self.request_body = RequestBody(
            required=True,
            description="A JPEG, PNG, WebP, HEIC or AVIF picture, or an MP4 video (H.264), of which pictures are written anew.",
            content={"multipart/form-data": OpenAPIMediaType(schema=form)},
        )


@post(
    "/courses/{course_id:uuid}/media", responses=FAILURES, request_max_body_size=UPLOAD_LIMIT, operation_class=TakesFile
)
async def upload(
    request: Request[Any, Any, Any],
    person: NamedDependency[SignedIn],
    settings: NamedDependency[Settings],
    store: NamedDependency[SkipValidation[ObjectStore]],
    course_id: FromPath[UUID],
) -> UploadAnswer:
    """Upload a picture or video for the lessons of a course."""
    course = await course_of(person, course_id, "write")
    async with multipart_form(request) as (_, uploads):
        if [given.field for given in uploads] != ["file"]:
            raise Invalid({"file": Message("Send one file, as the field “file”.")})
        file = uploads[0]
        info, poster = await store_upload(store, course.id, file.name, file.type, file.path)
    answer = media_answer(settings, info)
    return UploadAnswer(
        answer.id, answer.kind, answer.url, answer.width, answer.height, answer.seconds,
        media_answer(settings, poster) if poster else None,
    )  # fmt: skip


routes = [upload]
