"""A course's logo, which is printed on its slips."""

from uuid import UUID

from courses.audit import record
from courses.catalogue.courses import CourseInfo
from courses.clock import now
from courses.database import unit_of_work, writing
from courses.errors import NotFound
from courses.media.library import media_of
from courses.media.values import MediaInfo
from courses.signed_in import SignedIn
from courses.tables.courses import Course


async def logo_of(course_id: UUID) -> MediaInfo | None:
    """The picture, if the course has one."""
    logo = await Course.select(Course.logo).where(Course.id == course_id).first()
    if logo is None or logo["logo"] is None:
        return None
    return (await media_of(course_id, [logo["logo"]])).get(logo["logo"])


@unit_of_work
async def set_logo(by: SignedIn, course: CourseInfo, media: UUID | None) -> None:
    """Give the course a picture of its own as its logo, or take the logo away. Raises NotFound."""
    if media is not None and media not in await media_of(course.id, [media]):
        raise NotFound
    async with writing():
        await Course.update({Course.logo: media, Course.updated_at: now()}).where(Course.id == course.id)
        await record(
            f"course.{'logo' if media else 'logo_removed'}", by, course=course.id, object=course.id, label=course.title
        )
