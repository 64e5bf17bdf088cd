"""Adds to the course of class_course.py a long lesson with history and an API key; prints what addresses need, as JSON."""

import asyncio
import json
import sys
from uuid import UUID

from courses.catalogue.courses import course_of
from courses.database import close_database, open_database
from courses.lessons.authoring import edit_lesson, lesson_of
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.people.accounts import find_person
from courses.people.api_keys import create_api_key
from courses.results.own_progress import own_lessons
from courses.students.roster import students_of
from courses.tables.events import Publication
from courses.tokens import share_token
from portal.settings import Settings

#: what takes the parser longest of what a lesson may hold
BODY = ("*a **b [c](d) `" * 1500)[:20_000]


async def main(course: UUID) -> None:
    settings = Settings.from_env()
    await open_database()
    teacher = await find_person("bench@example.org")
    known = await course_of(teacher, course)
    students = await students_of(course)
    lesson = await create_shared_lesson(teacher, course, LessonDraft("normal", "Tea", BODY))
    await edit_lesson(
        teacher, await lesson_of(teacher, lesson, "write"), LessonDraft("normal", "Tea", BODY[::-1]), base=1
    )
    link = (await class_links([lesson]))[lesson]
    published = await Publication.select(Publication.id, Publication.lesson).first()
    print(json.dumps({
        "course_id": str(known.id), "lesson_id": str(lesson), "student_id": str(students[0].id), "link_id": str(link.id),
        "publication_id": str(published["id"]), "token": share_token(settings.keyring, link.code_bytes, students[0].seat),
        "reference": share_token(settings.keyring, link.code_bytes), "link": link.code, "number": "1", "slug": "douyin",
        "export_name": "completion", "media": "x", "file_path": "icon.svg", "room": "AAAAAAAA", "code": "0000-0000-0000-0000",
        "path": "openapi.json", "secret": "x", "device": "ab" * 8, "key": await create_api_key(teacher, "bench"),
        "seen": len(await own_lessons(course, students[0].id)),
    }))  # fmt: skip
    await close_database()


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1])))
