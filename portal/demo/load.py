"""Load the demo's courses once."""

import tempfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from obstore.store import ObjectStore

from courses.catalogue.courses import CourseInfo, courses_of, create_course, remove_course
from courses.lessons.creating import create_shared_lesson
from courses.lessons.values import LessonDraft
from courses.media.library import store_picture, store_video
from courses.media.pictures import prepare_picture
from courses.media.values import MediaInfo
from courses.media.videos import prepare_video
from courses.people.accounts import add_person
from courses.signed_in import SignedIn
from courses.students.reading import Entry
from courses.students.roster import add_students
from portal.demo.clip import clip
from portal.demo.content import COURSE, LESSONS, STUDENTS, TEACHER, TEACHER_NAME, TERM, DemoLesson
from portal.demo.history import load_classes
from portal.demo.pictures import picture


async def load_demo(store: ObjectStore, reset: bool = False) -> CourseInfo:
    """The demo course, and the classes beside it; made where they are not there, anew with `reset`.

    A half-made one is never left.
    """
    teacher = await add_person(TEACHER, TEACHER_NAME)
    course = await _load_first(store, teacher, reset)
    await load_classes(teacher, course, reset)
    return course


async def _load_first(store: ObjectStore, teacher: SignedIn, reset: bool) -> CourseInfo:
    known = await _demo_course(teacher)
    if known is not None and not reset and known.lessons >= len(LESSONS):
        return known
    if known is not None:
        await remove_course(None, known)
    course = await create_course(teacher, COURSE, TERM)
    await add_students(None, course, [Entry(f"2026{n:03d}", name) for n, name in enumerate(STUDENTS, 1)])
    for lesson in LESSONS:
        await create_shared_lesson(teacher, course, await _draft(store, course, lesson))
    return await _demo_course(teacher) or await _load_first(store, teacher, False)


async def _demo_course(teacher: SignedIn) -> CourseInfo | None:
    return next((course for course in await courses_of(teacher) if course.title == COURSE), None)


async def _draft(store: ObjectStore, course: UUID, lesson: DemoLesson) -> LessonDraft:
    pictures = [await _picture(store, course, lesson, number) for number in range(len(lesson.captions))]
    draft = LessonDraft(lesson.kind, lesson.title, lesson.body, lesson.topics, lesson.platforms, cover=pictures[0].id)
    if lesson.kind == "normal":
        return replace(draft, pictures=[info.id for info in pictures])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{lesson.scene}.mp4"
        clip(lesson.captions[0], path)
        video, _ = await store_video(store, course, path.name, prepare_video(path))
    return replace(draft, video=video.id)


async def _picture(store: ObjectStore, course: UUID, lesson: DemoLesson, number: int) -> MediaInfo:
    data = picture(lesson.scene, lesson.captions[number], number)
    return await store_picture(store, course, f"{lesson.scene}-{number + 1}.jpg", prepare_picture(data))
