"""Makes a course with N lessons, 100 students and what they reached; prints a session, the course, a lesson and its token."""

import asyncio
import sys

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import close_database, migrate, open_database, writing
from courses.events.ladder import RUNGS
from courses.lessons.creating import create_shared_lesson
from courses.lessons.links import class_links
from courses.lessons.values import LessonDraft
from courses.media.library import open_store, store_picture
from courses.media.pictures import prepare_picture
from courses.people.accounts import add_person
from courses.people.sessions import open_session
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.events import Publication
from courses.tokens import share_token
from portal.demo.content import LESSONS
from portal.demo.pictures import picture
from portal.settings import Settings


async def main(lessons: int) -> None:
    settings = Settings.from_env()
    await migrate()
    await open_database()
    teacher = await add_person("bench@example.org", "Bench")
    course = await create_course(teacher, "Bench")
    await add_students(teacher, course, [Entry(str(number), f"学生 {number}") for number in range(100)])
    store = open_store(settings.media)
    pictures = [
        (await store_picture(store, course, f"{n}.jpg", prepare_picture(picture(LESSONS[0].scene, "Bench", n)))).id
        for n in range(3)
    ]
    students, moment, made = await students_of(course), now(), []
    for number in range(lessons):
        text = LESSONS[number % len(LESSONS)]
        draft = LessonDraft("normal", f"Lesson {number} {text.title}", text.body * 3, text.topics, pictures=pictures)
        async with writing():
            made.append(await create_shared_lesson(teacher, course, draft))
            await Publication.insert(
                *(
                    Publication(
                        student=student.id,
                        lesson=made[-1],
                        platform="xiaohongshu",
                        rung=RUNGS[1 + place % 7],
                        at=moment,
                    )
                    for place, student in enumerate(students[: number % 100])
                )
            ) if number % 100 else None
    link = (await class_links([made[0]]))[made[0]]
    print(await open_session(teacher), course, made[0], share_token(settings.keyring, link.code_bytes))
    await close_database()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
