"""Makes a course of N students, M lessons and E events, in the database of the settings; prints a session and the course."""

import asyncio
import random
import sys
from datetime import timedelta

from courses.catalogue.courses import create_course
from courses.clock import now
from courses.database import close_database, migrate, open_database, writing
from courses.events.ladder import Report
from courses.events.publications import apply, keep
from courses.people.accounts import add_person
from courses.people.sessions import open_session
from courses.students.reading import Entry
from courses.students.roster import add_students, students_of
from courses.tables.lessons import Lesson
from courses.tables.roster import Excuse

WAY = ("scan", "preview", "launch", "return", "claim", "link")
BATCH = 500


async def main(students: int, lessons: int, events: int) -> None:
    """Everybody begins nearly everything; a seeded chance says how far each comes, and what fails or is excused."""
    chance, moment = random.Random(7), now()
    await migrate()
    await open_database()
    teacher = await add_person("bench@example.org", "Bench")
    course = await create_course(teacher, "Bench 实训")
    await add_students(teacher, course, [Entry(f"2026{number:04}", f"学生 {number}") for number in range(students)])
    rows = [
        Lesson(
            course=course, kind="normal", title=f"第 {place + 1} 课：三步拍出一杯好茶", body="",
            created_at=moment + timedelta(place), updated_at=moment, due_at=moment - timedelta(days=1) if place % 2 else None,
        )
        for place in range(lessons)
    ]  # fmt: skip
    await Lesson.insert(*rows)
    people = await students_of(course)
    cells = [(student.id, lesson.id) for student in people for lesson in rows]
    chance.shuffle(cells)
    reports: list[Report] = []
    while len(reports) < events:
        student, lesson = cells[len(reports) % len(cells)]
        steps = list(WAY[: chance.randrange(2, 7)]) + (["fail"] if chance.random() < 0.05 else [])
        start = moment - timedelta(days=chance.randrange(1, 6), minutes=chance.randrange(1000))
        for place, kind in enumerate(steps):
            at = start + timedelta(seconds=20 * place)
            link = f"https://www.xiaohongshu.com/explore/{chance.randrange(16**12):024x}"
            detail = {"link": {"url": link, "note_id": link[-24:]}, "fail": {"message": "签名错误"}}.get(kind, {})
            reports.append(Report(lesson, kind, "xiaohongshu", at, at, student=student, detail=detail))
    for start in range(0, events, BATCH):
        async with writing():
            await keep(reports[start : min(start + BATCH, events)])
            await apply(reports[start : min(start + BATCH, events)])
    excused = chance.sample(cells, len(cells) // 100)
    for start in range(0, len(excused), BATCH):
        await Excuse.insert(
            *(
                Excuse(student=who, lesson=what, at=moment, reason="病假")
                for who, what in excused[start : start + BATCH]
            )
        )
    print(await open_session(teacher), course)
    await close_database()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:4])))
