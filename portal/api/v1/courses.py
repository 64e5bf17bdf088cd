"""Courses: create, list, look at."""

from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from courses.catalogue.courses import course_of, courses_of, create_course
from courses.signed_in import SignedIn
from portal.api.answers import CourseAnswer, course_answer
from portal.api.failures import FAILURES


class NewCourse(Struct, forbid_unknown_fields=True):
    """A course to create."""

    title: str
    term: str = ""
    description: str = ""


@post("/courses", responses=FAILURES)
async def create(person: NamedDependency[SignedIn], data: JSONBody[NewCourse]) -> CourseAnswer:
    """Create a course that you own."""
    course_id = await create_course(person, data.title, data.term, data.description)
    return course_answer(await course_of(person, course_id, "write"))


@get("/courses", responses=FAILURES)
async def index(person: NamedDependency[SignedIn], archived: FromQuery[bool] = False) -> list[CourseAnswer]:
    """Your courses, the last changed first; those that are put away only with `archived`."""
    return [course_answer(course) for course in await courses_of(person, archived)]


@get("/courses/{course_id:uuid}", responses=FAILURES)
async def show(person: NamedDependency[SignedIn], course_id: FromPath[UUID]) -> CourseAnswer:
    """A course of yours."""
    return course_answer(await course_of(person, course_id))


routes = [create, index, show]
