"""Makes a course with one lesson, for the platforms named, and N students; prints the link's public id and a token for each."""

import asyncio
import sys
from dataclasses import replace

from courses.catalogue.courses import create_course
from courses.database import close_database, migrate, open_database
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.media.library import open_store, store_picture
from courses.media.pictures import prepare_picture
from courses.people.accounts import add_person
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tokens import share_token
from portal.demo.content import LESSONS
from portal.demo.pictures import picture
from portal.settings import Settings


async def main(students: int, platforms: list[str]) -> None:
    settings = Settings.from_env()
    await migrate()
    await open_database()
    teacher = await add_person("bench@example.org", "Bench")
    course = await create_course(teacher, "Bench")
    await add_students(None, course, [Entry(str(number), f"学生 {number}") for number in range(students)])
    store, lesson = open_store(settings.media), LESSONS[0]
    pictures = [
        await store_picture(store, course, f"{n}.jpg", prepare_picture(picture(lesson.scene, caption, n)))
        for n, caption in enumerate(lesson.captions)
    ]
    draft = LessonDraft("normal", lesson.title, lesson.body, lesson.topics, pictures=[info.id for info in pictures])
    if platforms:
        draft = replace(draft, platforms=platforms)
    made = await create_shared_lesson(teacher, course, draft)
    link = (await class_links([made]))[made]
    print(link.code)
    for student in await students_of(course):
        print(share_token(settings.keyring, link.code_bytes, student.seat))
    await close_database()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2:]))
