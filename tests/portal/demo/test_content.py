"""The demo's lessons can be published on every platform that they go to, and one goes to all."""

import httpx

from portal.demo.content import LESSONS
from portal.lessons.published_text import plain_text
from portal.platforms import Draft, Picture, Video, build
from portal.preflight import refusals
from portal.settings import Settings


def test_every_lesson_is_publishable_where_it_goes() -> None:
    platforms = build(Settings(), httpx.AsyncClient())
    picture = Picture("https://class.example/1.jpg", "jpeg", 1080, 1440, 300_000)
    film = Video("https://class.example/1.mp4", "mp4", "h264", 1080, 1440, 2_000_000, 10)
    for lesson in LESSONS:
        pictures = () if lesson.kind == "video" else (picture,) * len(lesson.captions)
        draft = Draft(
            "1", lesson.kind, lesson.title, plain_text(lesson.body), lesson.topics, pictures,
            film if lesson.kind == "video" else None, picture, lesson.body,
        )  # fmt: skip
        assert {slug: [] for slug in lesson.platforms} == {
            slug: refusals(draft, platforms[slug]) for slug in lesson.platforms
        }
    assert any(set(lesson.platforms) == set(platforms) for lesson in LESSONS)
